use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:timmybot-alerts";
const NAMES: Names<'static> = Names { alert_topic: TOPIC, alarm_suffix: None, secret_prefix: "/timmybot" };

fn now() -> Timestamp {
    "2026-11-23T16:30:00Z".parse().unwrap()
}

fn published(message: &str) -> Published {
    let timestamp = "2026-11-23T16:05:30.168Z".parse().unwrap();
    Published { topic_arn: TOPIC.to_owned(), subject: None, message: message.to_owned(), timestamp }
}

/// What an event says, a line each.
fn told(event: Value) -> Vec<String> {
    let signals: Vec<Signal> = match Event::try_from(event).unwrap() {
        Event::Topic(all) => all.iter().flat_map(|one| of_topic(one, NAMES, now())).collect(),
        Event::Bus(bus) => of_bus(&bus, NAMES, now()),
        Event::Tick => return vec!["a tick".to_owned()],
        Event::Watch => return vec!["a watch".to_owned()],
        Event::Orders(orders) => return vec![format!("{} orders", orders.records.len())],
    };
    signals.into_iter().map(|signal| line(&signal)).collect()
}

fn line(signal: &Signal) -> String {
    let label = signal.label.as_ref().map(|label| format!("/{label}")).unwrap_or_default();
    let detail = signal.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{} {:?} {}{label}{detail}", signal.at, signal.change, signal.alert)
}

#[test]
fn the_events_in_the_folder_are_what_their_names_say() {
    let found = testkit::fixtures("security-alarms").unwrap();
    assert!(found.len() >= 15);
    let read: BTreeMap<String, Vec<String>> =
        found.into_iter().map(|one| (one.name, told(one.event))).collect();
    insta::assert_json_snapshot!("events", read);
}

#[test]
fn nothing_that_names_somebody_goes_on() {
    for one in testkit::fixtures("security-alarms").unwrap() {
        let told = told(one.event).join("\n");
        for raw in ["123456789012", "203.0.113", "ada", "mallory", "arn:", "AROA", "ASIA"] {
            assert!(!told.contains(raw), "{}: {told}", one.name);
        }
    }
}

#[test]
fn another_topic_is_not_believed() {
    let elsewhere = Published { topic_arn: "arn:aws:sns:eu-central-1:1:else".into(), ..published("{}") };
    assert_eq!(line(&of_topic(&elsewhere, NAMES, now())[0]), "2026-11-23T16:05:30.168Z Fires malformed");
}

#[test]
fn what_cannot_be_read_is_malformed_and_shows_nothing_of_itself() {
    for message in [
        "",
        "Hello",
        "null",
        "[]",
        "{}",
        r#"{"AlarmName":"TimmyBot-AuthFailures"}"#,
        "{\"type\":\"token_rotation\"}",
    ] {
        let signals = of_topic(&published(message), NAMES, now());
        assert_eq!(signals, [malformed(published("").timestamp)], "{message}");
    }
}

/// Whoever publishes later than we hear it has another clock.
#[test]
fn no_time_is_to_come() {
    let late = Published { timestamp: Timestamp::MAX, ..published("Hello") };
    assert_eq!(of_topic(&late, NAMES, now())[0].at, now());
}

proptest! {
    #[test]
    fn any_message_is_a_signal_that_names_nobody(text in "\\PC{0,200}", digits in "[0-9]{15,30}") {
        for message in [text.clone(), json!({
            "AlarmName": format!("{text}{digits}"), "NewStateValue": "ALARM", "NewStateReason": format!("{digits} {text}"),
            "StateChangeTime": "2026-11-23T16:05:30.123+0000",
        }).to_string()] {
            let signals = of_topic(&published(&message), NAMES, now());
            prop_assert!(!signals.is_empty(), "unknown is never nothing");
            for signal in signals {
                prop_assert!(signal.at <= now());
                prop_assert!(!line(&signal).contains(&digits));
            }
        }
    }
}
