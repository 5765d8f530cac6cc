//! What an alarm tells its topics, in the documented JSON.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use crate::template::{AlarmKind, AlarmPlan, MetricAlarm, MetricStat, Source};
use crate::wire::{ACCOUNT, REGION};

/// The region's name as notifications have it.
const PLACE: &str = "EU (Frankfurt)";

/// A change of an alarm's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Of which alarm.
    pub alarm: String,
    /// From which state.
    pub from: State,
    /// To which.
    pub to: State,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The subject of the message.
pub(super) fn subject(change: &Transition) -> String {
    format!("{}: \"{}\" in {PLACE}", change.to.as_str(), change.alarm)
}

/// The message.
pub(super) fn message(alarm: &AlarmPlan, change: &Transition) -> String {
    let mut body = json!({
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": ACCOUNT,
        "NewStateValue": change.to.as_str(),
        "NewStateReason": change.reason,
        "StateChangeTime": change.at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        "Region": PLACE,
        "AlarmArn": arn(&alarm.name),
        "OldStateValue": change.from.as_str(),
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    });
    match &alarm.kind {
        AlarmKind::Metric(metric) => body["Trigger"] = trigger(metric),
        AlarmKind::Composite(rule) => body["AlarmRule"] = rule.to_string().into(),
    }
    body.to_string()
}

/// The ARN of an alarm.
pub(super) fn arn(alarm: &str) -> String {
    format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}")
}

fn trigger(alarm: &MetricAlarm) -> Value {
    let mut trigger = json!({
        "Period": alarm.source.period_s(),
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison.as_str(),
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.missing.as_str(),
        "EvaluateLowSampleCountPercentile": "",
    });
    match &alarm.source {
        Source::Metric(metric) => {
            trigger["MetricName"] = metric.metric.clone().into();
            trigger["Namespace"] = metric.namespace.clone().into();
            trigger["StatisticType"] = "Statistic".into();
            trigger["Statistic"] = statistic(metric).into();
            trigger["Unit"] = Value::Null;
            trigger["Dimensions"] = dimensions(metric);
        }
        Source::Math { id, label, expression, metrics } => {
            let computed = json!({
                "Id": id, "Label": label, "Expression": expression.to_string(), "ReturnData": true,
            });
            let stats = metrics.iter().map(|(id, metric)| {
                let own = json!({
                    "Dimensions": dimensions(metric), "MetricName": metric.metric, "Namespace": metric.namespace,
                });
                let stat =
                    json!({ "Metric": own, "Period": metric.period_s, "Stat": metric.statistic.as_str() });
                json!({ "Id": id, "MetricStat": stat, "ReturnData": false })
            });
            trigger["Metrics"] = std::iter::once(computed).chain(stats).collect();
        }
    }
    trigger
}

/// `SUM`, `SAMPLE_COUNT`: the older API's words.
fn statistic(metric: &MetricStat) -> String {
    let word = metric.statistic.as_str();
    let upper = |(at, c): (usize, char)| {
        let gap = (at > 0 && c.is_ascii_uppercase()).then_some('_');
        gap.into_iter().chain([c.to_ascii_uppercase()])
    };
    word.char_indices().flat_map(upper).collect()
}

fn dimensions(metric: &MetricStat) -> Value {
    metric.dimensions.iter().map(|(name, value)| json!({ "value": value, "name": name })).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alarm, plan};
    use super::*;
    use crate::template::{Missing, Statistic};

    fn change() -> Transition {
        Transition {
            alarm: "TimmyBot-X".into(),
            from: State::Ok,
            to: State::Alarm,
            reason: "Threshold Crossed".into(),
            at: "2026-11-23T16:05:00.123Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_metric_alarms_message_has_the_documented_fields() {
        let plan = plan("TimmyBot-X", AlarmKind::Metric(Box::new(alarm(1, 1, Missing::NotBreaching))));
        let message: Value = serde_json::from_str(&message(&plan, &change())).unwrap();
        let expected = json!({
            "AlarmName": "TimmyBot-X", "AlarmDescription": "docs/runbooks/x.md", "AWSAccountId": "000000000000",
            "NewStateValue": "ALARM", "NewStateReason": "Threshold Crossed",
            "StateChangeTime": "2026-11-23T16:05:00.123+0000", "Region": "EU (Frankfurt)",
            "AlarmArn": "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:TimmyBot-X", "OldStateValue": "OK",
            "OKActions": ["arn:aws:sns:eu-central-1:000000000000:t"],
            "AlarmActions": ["arn:aws:sns:eu-central-1:000000000000:t"], "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "m", "Namespace": "N", "StatisticType": "Statistic", "Statistic": "SUM", "Unit": null,
                "Dimensions": [{ "value": "v", "name": "d" }], "Period": 300, "EvaluationPeriods": 1,
                "DatapointsToAlarm": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0,
                "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": "",
            },
        });
        assert_eq!(message, expected);
        assert_eq!(subject(&change()), "ALARM: \"TimmyBot-X\" in EU (Frankfurt)");
    }

    #[test]
    fn a_computed_and_a_composite_one_say_by_what() {
        let mut computed = alarm(1, 1, Missing::NotBreaching);
        let Source::Metric(metric) = computed.source.clone() else { panic!("a metric") };
        assert_eq!(
            statistic(&MetricStat { statistic: Statistic::SampleCount, ..metric.clone() }),
            "SAMPLE_COUNT"
        );
        let metrics = [("m1".to_owned(), metric)].into();
        let expression = "m1 * 2".parse().unwrap();
        computed.source = Source::Math { id: "e".into(), label: None, expression, metrics };
        let plan_of = |kind| plan("TimmyBot-X", kind);
        let said = message(&plan_of(AlarmKind::Metric(Box::new(computed))), &change());
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["Trigger"]["Metrics"][0]["Expression"], "m1 * 2");
        assert_eq!(said["Trigger"]["Metrics"][1]["MetricStat"]["Metric"]["MetricName"], "m");
        assert!(said["Trigger"]["MetricName"].is_null());
        let said = message(&plan_of(AlarmKind::Composite("ALARM(a)".parse().unwrap())), &change());
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&said["AlarmRule"], &said["Trigger"]), (&json!("ALARM(a)"), &Value::Null));
    }
}
