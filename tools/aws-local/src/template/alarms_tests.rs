use super::super::Plan;
use super::*;

const METRIC: &str = "Namespace: N, MetricName: m, Statistic: Sum, Period: 300, EvaluationPeriods: 1, Threshold: 10, \
                      ComparisonOperator: GreaterThanThreshold";

fn parse(properties: &str) -> Result<Plan, TemplateError> {
    let text = format!(
        "Resources:\n  T: {{ Type: 'AWS::SNS::Topic', Properties: {{ TopicName: t }} }}\n  \
         A: {{ Type: 'AWS::CloudWatch::Alarm', Properties: {{ AlarmName: a, {properties} }} }}\n"
    );
    Plan::parse(&text, &BTreeMap::new())
}

fn composite(rule: &str) -> Result<Plan, TemplateError> {
    let text = format!(
        "Resources:\n  A: {{ Type: 'AWS::CloudWatch::Alarm', Properties: {{ AlarmName: a, {METRIC} }} }}\n  \
         C: {{ Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {{ AlarmName: c, AlarmRule: !Sub '{rule}' }} }}\n"
    );
    Plan::parse(&text, &BTreeMap::new())
}

fn only(plan: &Plan) -> &MetricAlarm {
    let [AlarmPlan { kind: AlarmKind::Metric(alarm), .. }] = plan.alarms.as_slice() else {
        panic!("one alarm")
    };
    alarm
}

#[test]
fn an_alarm_has_its_metric_its_threshold_and_its_topics() {
    let more = "Dimensions: [{ Name: Q, Value: !GetAtt T.TopicName }], TreatMissingData: notBreaching, \
                AlarmDescription: d, AlarmActions: [!Ref T], OKActions: [!Ref T]";
    let plan = parse(&format!("{METRIC}, {more}")).unwrap();
    let alarm = only(&plan);
    let stat = MetricStat {
        namespace: "N".into(),
        metric: "m".into(),
        dimensions: [("Q".to_owned(), "t".to_owned())].into(),
        statistic: Statistic::Sum,
        period_s: 300,
    };
    assert_eq!(alarm.source, Source::Metric(stat));
    assert_eq!((alarm.evaluation_periods, alarm.datapoints_to_alarm), (1, 1));
    assert_eq!((alarm.comparison, alarm.missing), (Comparison::GreaterThanThreshold, Missing::NotBreaching));
    assert!(
        alarm.comparison.breaches(10.5, alarm.threshold) && !alarm.comparison.breaches(10.0, alarm.threshold)
    );
    let topic = ["arn:aws:sns:eu-central-1:000000000000:t".to_owned()];
    assert_eq!((&plan.alarms[0].alarm_actions[..], &plan.alarms[0].ok_actions[..]), (&topic[..], &topic[..]));
    assert!(plan.alarms[0].insufficient_data_actions.is_empty());
    assert_eq!(plan.alarms[0].description.as_deref(), Some("d"));
}

#[test]
fn what_is_not_said_is_what_the_service_takes() {
    let plan =
        parse(&METRIC.replace("EvaluationPeriods: 1", "EvaluationPeriods: 3, TreatMissingData: breaching"))
            .unwrap();
    assert_eq!(only(&plan).datapoints_to_alarm, 3);
    assert_eq!(only(&parse(METRIC).unwrap()).missing, Missing::Missing);
}

#[test]
fn figures_may_be_computed() {
    let metric = "MetricStat: { Metric: { Namespace: N, MetricName: m }, Stat: Sum, Period: 60 }";
    let math = |expression: &str, second: &str| {
        parse(&format!(
            "EvaluationPeriods: 1, Threshold: '0.5', ComparisonOperator: LessThanThreshold, \
             Metrics: [{{ Id: e, Expression: '{expression}', Label: l }}, {{ Id: m1, {metric} }}{second}]"
        ))
    };
    let plan = math("m1 * 2", "").unwrap();
    let Source::Math { id, label, metrics, .. } = &only(&plan).source else { panic!("math") };
    assert_eq!((id.as_str(), label.as_deref(), metrics["m1"].period_s), ("e", Some("l"), 60));
    assert_eq!(only(&plan).source.period_s(), 60);
    for (expression, second) in [
        ("m2", ""),
        ("m1 +", ""),
        ("m1", ", { Id: f, Expression: 'm1' }"),
        (
            "m1",
            ", { Id: m2, MetricStat: { Metric: { Namespace: N, MetricName: n }, Stat: Sum, Period: 120 } }",
        ),
        ("m1", ", { Id: m2, MetricStat: { Stat: Sum, Period: 60 } }"),
    ] {
        assert!(math(expression, second).is_err(), "{expression} {second}");
    }
}

#[test]
fn what_is_not_emulated_is_refused() {
    for (from, to) in [
        ("Statistic: Sum", "ExtendedStatistic: p99"),
        ("Statistic: Sum", "Statistic: Median"),
        ("Period: 300", "Period: 10"),
        ("EvaluationPeriods: 1", "EvaluationPeriods: 0"),
        ("EvaluationPeriods: 1", "EvaluationPeriods: 2"),
        ("Threshold: 10", "Threshold: high"),
        ("GreaterThanThreshold", "LessThanLowerThreshold"),
        ("Namespace: N", "Namespace: N, TreatMissingData: perhaps"),
        ("Namespace: N", "Namespace: N, Unit: Count"),
        ("Namespace: N", "Namespace: N, Dimensions: [{ Name: Q }]"),
        ("Namespace: N,", ""),
    ] {
        let changed = METRIC.replace(from, to);
        assert_ne!(changed, METRIC);
        assert!(parse(&changed).is_err(), "{to}");
    }
}

#[test]
fn a_composite_alarm_is_about_alarms_that_there_are() {
    let plan = composite("ALARM(\"${A}\")").unwrap();
    assert!(matches!(&plan.alarms[1].kind, AlarmKind::Composite(rule) if rule.alarms() == ["a"].into()));
    for rule in ["ALARM(b)", "ALARM(c)", "ALARM("] {
        assert!(composite(rule).is_err(), "{rule}");
    }
}

#[test]
fn the_words_of_the_service_read_back() {
    assert!(
        Comparison::LessThanThreshold.breaches(1.0, 2.0) && !Comparison::LessThanThreshold.breaches(2.0, 2.0)
    );
    assert!(Comparison::LessThanOrEqualToThreshold.breaches(2.0, 2.0));
    assert!(Comparison::GreaterThanOrEqualToThreshold.breaches(2.0, 2.0));
    assert_eq!(
        (Statistic::SampleCount.as_str(), Missing::NotBreaching.as_str()),
        ("SampleCount", "notBreaching")
    );
}
