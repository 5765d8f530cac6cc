//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde_json::Value;

/// An invocation, parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is 03:00.
    Nightly,
    /// Some audit chains have grown. Which ones is not read: all heads are.
    HeadsMoved,
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that data-retention knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(records) = event.get("Records") {
            let records = records.as_array().filter(|records| !records.is_empty()).ok_or(UnknownEvent)?;
            let of_a_stream = |record: &Value| text(record, "eventSource").as_deref() == Some("aws:dynamodb");
            return if records.iter().all(of_a_stream) { Ok(Self::HeadsMoved) } else { Err(UnknownEvent) };
        }
        // EventBridge Scheduler calls itself the one, a rule of EventBridge the other.
        let scheduled = matches!(text(&event, "source").as_deref(), Some("aws.scheduler" | "aws.events"));
        let is_time = text(&event, "detail-type").as_deref() == Some("Scheduled Event");
        if scheduled && is_time { Ok(Self::Nightly) } else { Err(UnknownEvent) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_events_in_the_folder_are_what_their_names_say() {
        let found = testkit::fixtures("data-retention").unwrap();
        let read: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), Event::try_from(one.event.clone()).unwrap()))
            .collect();
        assert_eq!(read, [("heads-moved", Event::HeadsMoved), ("nightly", Event::Nightly)]);
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
            json!({ "Records": [{ "eventSource": "aws:dynamodb" }, { "eventSource": "aws:sqs" }] }),
            json!({ "source": "aws.events", "detail-type": "ECS Task State Change" }),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
        ] {
            assert_eq!(Event::try_from(event.clone()), Err(UnknownEvent), "{event}");
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(text in "[\\[\\]{}\":,a-zA-Z0-9_. ]{0,80}") {
            let _ = serde_json::from_str::<Value>(&text).map(Event::try_from);
        }
    }
}
