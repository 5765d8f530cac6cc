//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
use shared::messages::{HandOver, Wake};

use crate::task_stopped::TaskStopped;
use shared::sqs_event::SqsEvent;

/// An invocation, parsed.
#[derive(Clone, Debug)]
pub enum Event {
    /// Messages of the queue.
    Messages(SqsEvent),
    /// Somebody wants to hear something.
    Wake(Wake),
    /// A worker has to go.
    HandOver(HandOver),
    /// A worker's task has stopped.
    TaskStopped(TaskStopped),
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that voice-supervisor knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        if event.get("Records").is_some() {
            return SqsEvent::deserialize(event).map(Self::Messages).map_err(|_| UnknownEvent);
        }
        match event.get("type").and_then(Value::as_str) {
            Some(Wake::TYPE) => Wake::parse(&event).map(Self::Wake).map_err(|_| UnknownEvent),
            Some(HandOver::TYPE) => HandOver::parse(&event).map(Self::HandOver).map_err(|_| UnknownEvent),
            Some(_) => Err(UnknownEvent),
            None => TaskStopped::parse(&event).map(Self::TaskStopped).ok_or(UnknownEvent),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_shape_is_what_it_is() {
        let parse = |event: Value| Event::try_from(event).unwrap();
        assert!(matches!(parse(json!({ "Records": [] })), Event::Messages(_)));
        let wake = json!({ "type": "wake", "version": 1, "shard": 0 });
        assert!(matches!(parse(wake), Event::Wake(_)));
        let hand_over = json!({ "type": "hand_over", "version": 1, "shard": 0, "epoch": 3 });
        assert!(matches!(parse(hand_over), Event::HandOver(_)));
    }

    #[test]
    fn everything_else_is_unknown() {
        for event in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "Records": 1 }),
            json!({ "type": "sleep", "version": 1, "shard": 0 }),
            json!({ "type": "wake", "version": 9, "shard": 0 }),
            json!({ "type": 1 }),
            json!({ "source": "aws.s3", "detail-type": "ECS Task State Change", "detail": {} }),
        ] {
            assert!(Event::try_from(event.clone()).is_err(), "{event}");
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(text in "[\\[\\]{}\":,a-z0-9 ]{0,60}") {
            let _ = serde_json::from_str::<Value>(&text).map(Event::try_from);
        }
    }
}
