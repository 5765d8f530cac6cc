//! Which service of AWS wrote an event that invokes a function, by the event's envelope.

use serde_json::Value;

/// Who wrote an event, as its envelope says. It proves nothing: who may invoke a function is its policy's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSource {
    /// `EventBridge`, because it is time: a rule with a schedule, or Scheduler.
    Schedule,
    /// A rule of `EventBridge` that passes on what somebody else has put on a bus.
    EventBus,
    /// The stream of a table.
    DynamoDb,
    /// A topic.
    Sns,
    /// A queue.
    Sqs,
    /// No service: a message as somebody has sent it, without an envelope.
    Direct,
}

impl EventSource {
    /// `None` if the envelope is of no kind that is known here, or of several at once.
    pub fn of(event: &Value) -> Option<Self> {
        if let Some(records) = event.get("Records") {
            return of_records(records);
        }
        match (event.get("source"), event.get("detail-type")) {
            (None, None) => Some(Self::Direct),
            (Some(Value::String(source)), Some(Value::String(kind))) => of_bus(source, kind),
            _ => None,
        }
    }
}

fn of_bus(source: &str, kind: &str) -> Option<EventSource> {
    // A rule with a schedule calls itself the one, EventBridge Scheduler the other.
    if matches!(source, "aws.events" | "aws.scheduler") {
        return (kind == "Scheduled Event").then_some(EventSource::Schedule);
    }
    Some(EventSource::EventBus)
}

/// Whom all records are of. Lambda sends no batch that is empty or mixed.
fn of_records(records: &Value) -> Option<EventSource> {
    let mut sources = records.as_array()?.iter().map(of_record);
    let first = sources.next()??;
    sources.all(|source| source == Some(first)).then_some(first)
}

/// SNS writes `EventSource`, the others write `eventSource`.
fn of_record(record: &Value) -> Option<EventSource> {
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    match (text("eventSource"), text("EventSource")) {
        (Some("aws:dynamodb"), None) => Some(EventSource::DynamoDb),
        (Some("aws:sqs"), None) => Some(EventSource::Sqs),
        (None, Some("aws:sns")) => Some(EventSource::Sns),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn record(source: &str) -> Value {
        let name = if source == "aws:sns" { "EventSource" } else { "eventSource" };
        json!({ name: source })
    }

    const SERVICES: [(&str, EventSource); 3] = [
        ("aws:dynamodb", EventSource::DynamoDb),
        ("aws:sns", EventSource::Sns),
        ("aws:sqs", EventSource::Sqs),
    ];

    #[test]
    fn records_are_of_the_service_that_all_of_them_name() {
        for (name, source) in SERVICES {
            for count in 1..4 {
                let records = vec![record(name); count];
                assert_eq!(
                    EventSource::of(&json!({ "Records": records })),
                    Some(source),
                    "{count} of {name}"
                );
            }
            for (other, _) in SERVICES.into_iter().filter(|(other, _)| *other != name) {
                let mixed = json!({ "Records": [record(name), record(name), record(other)] });
                assert_eq!(EventSource::of(&mixed), None, "{name} and {other}");
            }
        }
    }

    #[test]
    fn time_is_told_by_rules_and_by_scheduler() {
        for source in ["aws.events", "aws.scheduler"] {
            let event = |kind: &str| json!({ "source": source, "detail-type": kind, "detail": {} });
            assert_eq!(EventSource::of(&event("Scheduled Event")), Some(EventSource::Schedule));
            assert_eq!(EventSource::of(&event("ECS Task State Change")), None);
        }
        let claimed = json!({ "source": "aws.s3", "detail-type": "Scheduled Event" });
        assert_eq!(EventSource::of(&claimed), Some(EventSource::EventBus), "others cannot tell the time");
    }

    #[test]
    fn what_others_put_on_a_bus_is_of_the_bus() {
        for (source, kind) in [("aws.ecs", "ECS Task State Change"), ("", "")] {
            let event = json!({ "source": source, "detail-type": kind });
            assert_eq!(EventSource::of(&event), Some(EventSource::EventBus));
        }
    }

    #[test]
    fn a_message_without_an_envelope_is_direct() {
        for event in [json!({ "type": "wake" }), json!({ "Step": "createSecret" }), json!({}), json!(null)] {
            assert_eq!(EventSource::of(&event), Some(EventSource::Direct), "{event}");
        }
    }

    #[test]
    fn half_an_envelope_is_none() {
        for event in [
            json!({ "Records": [] }),
            json!({ "Records": {} }),
            json!({ "Records": null, "type": "wake" }),
            json!({ "Records": [{}] }),
            json!({ "Records": [1] }),
            json!({ "Records": [{ "eventSource": "aws:s3" }] }),
            json!({ "Records": [{ "eventSource": "aws:sns" }] }),
            json!({ "Records": [{ "EventSource": "aws:sqs" }] }),
            json!({ "Records": [{ "eventSource": "aws:sqs", "EventSource": "aws:sns" }] }),
            json!({ "source": "aws.ecs" }),
            json!({ "detail-type": "Scheduled Event" }),
            json!({ "source": 1, "detail-type": "Scheduled Event" }),
            json!({ "source": "aws.events", "detail-type": null }),
        ] {
            assert_eq!(EventSource::of(&event), None, "{event}");
        }
    }

    #[test]
    fn records_are_not_looked_past() {
        let both = json!({ "Records": [record("aws:sqs")], "source": "aws.events", "detail-type": "Scheduled Event" });
        assert_eq!(EventSource::of(&both), Some(EventSource::Sqs));
        let neither = json!({ "Records": [], "source": "aws.events", "detail-type": "Scheduled Event" });
        assert_eq!(EventSource::of(&neither), None);
    }

    /// Every event that a function of ours is invoked by in its tests has an envelope that is known.
    #[test]
    fn the_events_in_the_folders_are_of_somebody() {
        for function in ["data-retention", "security-alarms", "token-rotation"] {
            for fixture in testkit::fixtures(function).unwrap() {
                assert!(EventSource::of(&fixture.event).is_some(), "{function}/{}", fixture.name);
            }
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(text in "[\\[\\]{}\":,a-zA-Z0-9_. ]{0,80}") {
            let _ = serde_json::from_str::<Value>(&text).map(|event| EventSource::of(&event));
        }

        #[test]
        fn what_is_none_of_the_envelopes_words_changes_nothing(name in "[a-zA-Z_]{1,12}", value in ".{0,12}") {
            prop_assume!(!["Records", "source"].contains(&name.as_str()));
            for (service, source) in SERVICES {
                let event = json!({ "Records": [record(service)], name.as_str(): value.as_str() });
                prop_assert_eq!(EventSource::of(&event), Some(source));
            }
            prop_assert_eq!(EventSource::of(&json!({ name: value })), Some(EventSource::Direct));
        }
    }
}
