use std::net::{Ipv4Addr, SocketAddr};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::lambda::Functions;
use crate::template::{Comparison, MetricStat, Missing, Plan, Statistic};

const TOPIC: &str = "arn:aws:sns:eu-central-1:000000000000:t";

/// More than 10 in the sum of 300 s.
pub(super) fn alarm(evaluation_periods: u32, datapoints_to_alarm: u32, missing: Missing) -> MetricAlarm {
    let metric = MetricStat {
        namespace: "N".into(),
        metric: "m".into(),
        dimensions: [("d".to_owned(), "v".to_owned())].into(),
        statistic: Statistic::Sum,
        period_s: 300,
    };
    MetricAlarm {
        source: Source::Metric(metric),
        evaluation_periods,
        datapoints_to_alarm,
        threshold: 10.0,
        comparison: Comparison::GreaterThanThreshold,
        missing,
    }
}

pub(super) fn plan(name: &str, kind: AlarmKind) -> AlarmPlan {
    AlarmPlan {
        name: name.into(),
        description: Some("docs/runbooks/x.md".into()),
        kind,
        alarm_actions: vec![TOPIC.into()],
        ok_actions: vec![TOPIC.into()],
        insufficient_data_actions: Vec::new(),
    }
}

pub(super) struct World {
    sns: Arc<Sns>,
    sqs: Arc<Sqs>,
    pub(super) cloudwatch: CloudWatch,
}

pub(super) fn world(alarms: &[AlarmPlan]) -> World {
    let text = "Resources:\n  T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: t } }\n  \
                Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: q } }\n";
    let plan = Plan::parse(text, &BTreeMap::new()).unwrap();
    let sqs = Arc::new(Sqs::new(&plan.queues, SocketAddr::from((Ipv4Addr::LOCALHOST, 1))));
    let sns = Arc::new(Sns::new(&plan.topics, Arc::clone(&sqs), Arc::new(Functions::default())));
    let cloudwatch = CloudWatch::new(alarms, Arc::clone(&sns), Arc::clone(&sqs));
    World { sns, sqs, cloudwatch }
}

impl World {
    /// What the topic heard of which alarm, oldest first.
    fn told(&self) -> Vec<(String, String)> {
        let read = |message: &str| serde_json::from_str::<Value>(message).unwrap();
        let told = self.sns.published("t").into_iter().map(|one| read(&one.message));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        told.map(|one| (text(&one["AlarmName"]), text(&one["NewStateValue"]))).collect()
    }
}

fn at(second: i64) -> Timestamp {
    "2026-11-23T16:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

fn line(value: u32, at: Timestamp) -> String {
    json!({
        "_aws": { "Timestamp": at.as_millisecond(), "CloudWatchMetrics": [{
            "Namespace": "N", "Dimensions": [["d"]], "Metrics": [{ "Name": "m" }],
        }] },
        "d": "v", "m": value,
    })
    .to_string()
}

fn own(name: &str) -> AlarmPlan {
    plan(name, AlarmKind::Metric(Box::new(alarm(1, 1, Missing::NotBreaching))))
}

#[tokio::test]
async fn an_alarm_goes_off_at_one_more_and_comes_back_when_it_is_over() {
    let world = world(&[own("a")]);
    assert_eq!(world.cloudwatch.state("a"), Ok(State::InsufficientData));
    for attempt in 0..10 {
        world.cloudwatch.hear(&line(1, at(attempt)));
    }
    world.cloudwatch.evaluate(at(10));
    assert_eq!(world.cloudwatch.state("a"), Ok(State::Ok));
    world.cloudwatch.hear(&line(1, at(299)));
    let changes = world.cloudwatch.evaluate(at(299));
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].from, changes[0].to), (State::Ok, State::Alarm));
    assert!(changes[0].reason.contains("[11.0] was greater than"), "{}", changes[0].reason);
    assert_eq!(world.cloudwatch.evaluate(at(299)), [], "it is told once");
    world.cloudwatch.evaluate(at(300));
    let states = ["OK", "ALARM", "OK"].map(|state| ("a".to_owned(), state.to_owned()));
    assert_eq!(world.told(), states);
}

#[tokio::test]
async fn a_composite_alarm_follows_its_alarms_at_once() {
    let rule = AlarmKind::Composite("ALARM(a)".parse().unwrap());
    let world = world(&[plan("c", rule), own("a")]);
    world.cloudwatch.hear(&line(11, at(0)));
    let changes = world.cloudwatch.evaluate(at(0));
    let told: Vec<_> = changes.iter().map(|change| (change.alarm.as_str(), change.to)).collect();
    assert_eq!(told, [("a", State::Alarm), ("c", State::Alarm)]);
    assert!(changes[1].reason.starts_with(
        "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:a transitioned to ALARM at Monday 23"
    ));
    let changes = world.cloudwatch.evaluate(at(300));
    assert!(changes.iter().all(|change| change.to == State::Ok) && changes.len() == 2, "{changes:?}");
}

#[tokio::test]
async fn an_alarm_can_be_tripped_and_the_next_evaluation_puts_it_right() {
    let world = world(&[own("a")]);
    world.cloudwatch.evaluate(at(0));
    world.cloudwatch.set("a", State::Alarm, "tried", at(1)).unwrap();
    world.cloudwatch.set("a", State::Alarm, "tried again", at(2)).unwrap();
    assert_eq!(world.told().len(), 2, "the second changed nothing");
    assert_eq!(world.cloudwatch.set("b", State::Alarm, "", at(1)), Err(NoSuchAlarm));
    assert_eq!(world.cloudwatch.state("b"), Err(NoSuchAlarm));
    assert_eq!(world.cloudwatch.evaluate(at(60))[0].to, State::Ok);
}

/// As in the cloud, where a composite alarm is looked at when one of its alarms moves.
#[tokio::test]
async fn a_composite_alarm_that_was_tripped_stays_so_until_an_alarm_of_its_moves() {
    let rule = AlarmKind::Composite("ALARM(a)".parse().unwrap());
    let world = world(&[plan("c", rule), own("a"), own("b")]);
    world.cloudwatch.evaluate(at(0));
    world.cloudwatch.set("c", State::Alarm, "tried", at(1)).unwrap();
    world.cloudwatch.set("b", State::Alarm, "tried", at(1)).unwrap();
    world.cloudwatch.evaluate(at(60));
    assert_eq!((world.cloudwatch.state("b"), world.cloudwatch.state("c")), (Ok(State::Ok), Ok(State::Alarm)));
    world.cloudwatch.set("a", State::Alarm, "tried", at(61)).unwrap();
    world.cloudwatch.evaluate(at(120));
    assert_eq!(world.cloudwatch.state("c"), Ok(State::Ok));
}

#[tokio::test]
async fn queues_and_invocations_are_metrics_too() {
    let depth = |dimension: (&str, &str), namespace: &str, metric: &str| {
        let mut alarm = alarm(1, 1, Missing::NotBreaching);
        alarm.threshold = 0.0;
        alarm.source = Source::Metric(MetricStat {
            namespace: namespace.into(),
            metric: metric.into(),
            dimensions: [(dimension.0.to_owned(), dimension.1.to_owned())].into(),
            statistic: Statistic::Maximum,
            period_s: 60,
        });
        AlarmKind::Metric(Box::new(alarm))
    };
    let world = world(&[
        plan("queue", depth(("QueueName", "q"), "AWS/SQS", "ApproximateNumberOfMessagesVisible")),
        plan("errors", depth(("FunctionName", "f"), "AWS/Lambda", "Errors")),
    ]);
    let now = machine::now();
    world.cloudwatch.evaluate(now);
    assert_eq!(world.cloudwatch.state("queue"), Ok(State::Ok));
    world.sqs.deliver("q", "x".into());
    let took = core::time::Duration::from_millis(5);
    world.cloudwatch.invoked(&Invoked { function: "f", took, failed: false });
    assert_eq!(world.cloudwatch.evaluate(now)[0].alarm, "queue");
    world.cloudwatch.invoked(&Invoked { function: "f", took, failed: true });
    world.cloudwatch.evaluate(machine::now());
    assert_eq!(world.cloudwatch.state("errors"), Ok(State::Alarm));
}

#[tokio::test]
async fn a_log_that_is_followed_is_heard_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, format!("{}\n", line(11, at(0)))).unwrap();
    let world = world(&[own("a")]);
    world.cloudwatch.follow(log.clone());
    world.cloudwatch.evaluate(at(0));
    assert_eq!(world.cloudwatch.state("a"), Ok(State::Ok), "what was there before is not news");
    let more = std::fs::read_to_string(&log).unwrap() + &line(11, at(1)) + "\n";
    std::fs::write(&log, more).unwrap();
    world.cloudwatch.evaluate(at(1));
    assert_eq!(world.cloudwatch.state("a"), Ok(State::Alarm));
}

#[test]
fn states_have_the_services_words() {
    assert_eq!(State::ALL.map(State::as_str), ["OK", "ALARM", "INSUFFICIENT_DATA"]);
}
