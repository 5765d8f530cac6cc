use proptest::prelude::*;
use serde_json::json;
use testkit::template::{OURS, Template};

use super::*;

fn kind(event: Value) -> Result<&'static str, UnknownEvent> {
    Ok(match Event::try_from(event)? {
        Event::Topic(_) => "topic",
        Event::Bus(_) => "bus",
        Event::Tick => "tick",
        Event::Watch => "watch",
        Event::Orders(_) => "orders",
    })
}

fn sns(message: &str) -> Value {
    json!({
        "EventSource": "aws:sns", "EventVersion": "1.0",
        "Sns": { "MessageId": "m", "TopicArn": "arn", "Message": message, "Timestamp": "2026-01-02T03:04:05.678Z" },
    })
}

#[test]
fn each_shape_is_what_it_is() {
    let order = json!({ "messageId": "m", "body": "{}", "eventSource": "aws:sqs" });
    assert_eq!(kind(json!({ "Records": [order] })), Ok("orders"));
    assert_eq!(kind(json!({ "Records": [sns("{}"), sns("x")] })), Ok("topic"));
    for source in ["aws.scheduler", "aws.events"] {
        assert_eq!(kind(json!({ "source": source, "detail-type": "Scheduled Event" })), Ok("tick"));
    }
    let finding = json!({ "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": {} });
    assert_eq!(kind(finding), Ok("bus"));
}

/// Under whatever prefix: what the template calls the two rules is what they are known by.
#[test]
fn the_two_beats_are_known_by_their_rules() {
    let template = Template::parse(OURS).unwrap();
    let events = &template.resource("SecurityAlarmsFunction")["Properties"]["Events"];
    for (id, expected) in [("Tick", "tick"), ("Watch", "watch")] {
        let name = events[id]["Properties"]["Name"]["Fn::Sub"].as_str().unwrap();
        for prefix in ["timmybot", "timmybot-incidents-watch"] {
            let name = name.replace("${TablePrefix}", prefix);
            let arn = format!("arn:aws:events:eu-central-1:123456789012:rule/{name}");
            let event =
                json!({ "source": "aws.events", "detail-type": "Scheduled Event", "resources": [arn] });
            assert_eq!(kind(event), Ok(expected), "{name}");
        }
    }
    for resources in [json!(null), json!([]), json!([1]), json!("-incidents-watch")] {
        let event =
            json!({ "source": "aws.events", "detail-type": "Scheduled Event", "resources": resources });
        assert_eq!(kind(event), Ok("tick"), "{resources}");
    }
}

#[test]
fn everything_else_is_unknown() {
    for event in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "Records": [{ "eventSource": "aws:sqs" }] }),
        json!({ "Records": [{ "EventSource": "aws:sns" }] }),
        json!({ "Records": [{ "eventSource": "aws:dynamodb" }] }),
        json!({ "Records": [sns("{}"), { "eventSource": "aws:sqs", "messageId": "m", "body": "" }] }),
        json!({ "source": "aws.events", "detail-type": "ECS Task State Change" }),
    ] {
        assert_eq!(kind(event.clone()), Err(UnknownEvent), "{event}");
    }
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(text in "[\\[\\]{}\":,a-zA-Z0-9_. ]{0,80}") {
        let _ = serde_json::from_str::<Value>(&text).map(Event::try_from);
    }
}
