//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
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
        if event.get("Records").is_some() {
            return of_records(&event);
        }
        match text(&event, "type") {
            Some(Restored::TYPE) => {
                return Restored::parse(&event).map(Self::Restored).map_err(|_| UnknownEvent);
            }
            Some(_) => return RetentionRun::parse(&event).map(Self::Nightly).map_err(|_| UnknownEvent),
            None => {}
        }
        // EventBridge Scheduler calls itself the one, a rule of EventBridge the other.
        let scheduled = matches!(text(&event, "source"), Some("aws.scheduler" | "aws.events"));
        let is_time = text(&event, "detail-type") == Some("Scheduled Event");
        if scheduled && is_time { Ok(Self::Nightly(RetentionRun::new(false))) } else { Err(UnknownEvent) }
    }
}

fn of_records(event: &Value) -> Result<Event, UnknownEvent> {
    let records = event.get("Records").and_then(Value::as_array).ok_or(UnknownEvent)?;
    let all_of = |source: &str| records.iter().all(|record| text(record, "eventSource") == Some(source));
    match records.as_slice() {
        [] => Err(UnknownEvent),
        _ if all_of("aws:dynamodb") => Ok(Event::HeadsMoved),
        _ if all_of("aws:sqs") => SqsEvent::deserialize(event).map(Event::Privacy).map_err(|_| UnknownEvent),
        _ => Err(UnknownEvent),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
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
            json!({ "Records": [] }),
            json!({ "Records": {} }),
            json!({ "Records": [{ "eventSource": "aws:sqs" }] }),
            json!({ "Records": [{ "eventSource": "aws:sns" }] }),
            json!({ "Records": [{ "eventSource": "aws:dynamodb" }, { "eventSource": "aws:sqs" }] }),
            json!({ "type": "retention_run", "version": 2, "dry_run": true, "checkpoint": null }),
            json!({ "type": "rotate_now", "version": 1 }),
            json!({ "source": "aws.events", "detail-type": "ECS Task State Change" }),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
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
