//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
use shared::event_source::EventSource;
use shared::messages::{Restored, RetentionRun};
use shared::sqs_event::SqsEvent;

/// An invocation, parsed.
#[derive(Clone, Debug)]
pub enum Event {
    /// It is 03:00, an operator wants to know what would be done, or we have asked ourselves to go on.
    Nightly(RetentionRun),
    /// Some audit chains have grown. Which ones is not read: all heads are.
    HeadsMoved,
    /// A table was restored from a backup.
    Restored(Restored),
    /// Somebody asks about their own data.
    Privacy(SqsEvent),
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that data-retention knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        match EventSource::of(&event) {
            Some(EventSource::Schedule) => Ok(Self::Nightly(RetentionRun::new(false))),
            Some(EventSource::DynamoDb) => Ok(Self::HeadsMoved),
            Some(EventSource::Sqs) => {
                SqsEvent::deserialize(event).map(Self::Privacy).map_err(|_| UnknownEvent)
            }
            Some(EventSource::Direct) => of_message(&event),
            Some(EventSource::EventBus | EventSource::Sns) | None => Err(UnknownEvent),
        }
    }
}

fn of_message(event: &Value) -> Result<Event, UnknownEvent> {
    if event.get("type").and_then(Value::as_str) == Some(Restored::TYPE) {
        return Restored::parse(event).map(Event::Restored).map_err(|_| UnknownEvent);
    }
    RetentionRun::parse(event).map(Event::Nightly).map_err(|_| UnknownEvent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn kind(event: Value) -> Result<&'static str, UnknownEvent> {
        Ok(match Event::try_from(event)? {
            Event::Nightly(run) if run.is_dry() => "dry run",
            Event::Nightly(_) => "night",
            Event::HeadsMoved => "heads",
            Event::Restored(_) => "restored",
            Event::Privacy(_) => "privacy",
        })
    }

    #[test]
    fn the_events_in_the_folder_are_what_their_names_say() {
        let found = testkit::fixtures("data-retention").unwrap();
        let read: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), kind(one.event.clone()).unwrap())).collect();
        let expected = [
            ("dry-run", "dry run"),
            ("erase-guild", "privacy"),
            ("erase-user", "privacy"),
            ("export", "privacy"),
            ("heads-moved", "heads"),
            ("nightly", "night"),
            ("restored", "restored"),
            ("status", "privacy"),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn each_shape_is_what_it_is() {
        let record = json!({ "messageId": "m", "body": "{}", "eventSource": "aws:sqs" });
        assert_eq!(kind(json!({ "Records": [record] })), Ok("privacy"));
        for (dry, expected) in [(true, "dry run"), (false, "night")] {
            let run = serde_json::to_value(RetentionRun::new(dry)).unwrap();
            assert_eq!(kind(run), Ok(expected));
        }
        for source in ["aws.scheduler", "aws.events"] {
            assert_eq!(kind(json!({ "source": source, "detail-type": "Scheduled Event" })), Ok("night"));
        }
    }

    #[test]
    fn everything_else_is_unknown() {
        for event in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "Records": [{ "eventSource": "aws:sqs" }] }),
            json!({ "Records": [{ "eventSource": "aws:sns" }] }),
            json!({ "Records": [{ "eventSource": "aws:dynamodb" }, { "eventSource": "aws:sqs" }] }),
            json!({ "type": "retention_run", "version": 2, "dry_run": true, "checkpoint": null }),
            json!({ "type": "rotate_now", "version": 1 }),
            json!({ "source": "aws.events", "detail-type": "ECS Task State Change" }),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
            json!({
                "source": "aws.s3", "detail-type": "x",
                "type": "retention_run", "version": 1, "dry_run": false, "checkpoint": null,
            }),
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
}
