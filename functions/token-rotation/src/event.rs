//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize;
use serde_json::Value;
use shared::event_source::EventSource;

use crate::checkpoint::Checkpoint;

/// An invocation, parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// It is 02:00.
    Nightly,
    /// An operator wants everything new.
    Now,
    /// We have asked ourselves to go on.
    Continue(Checkpoint),
    /// Secrets Manager rotates a key of ours.
    Step(Step),
}

/// A step of a rotation (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Step {
    #[serde(rename = "Step")]
    pub(crate) which: Which,
    /// The secret's ARN.
    pub(crate) secret_id: String,
    /// The new version's id.
    pub(crate) client_request_token: String,
}

/// Which step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Which {
    #[serde(rename = "createSecret")]
    Create,
    #[serde(rename = "setSecret")]
    Set,
    #[serde(rename = "testSecret")]
    Test,
    #[serde(rename = "finishSecret")]
    Finish,
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that token-rotation knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        match EventSource::of(&event) {
            Some(EventSource::Schedule) => Ok(Self::Nightly),
            Some(EventSource::Direct) => of_message(&event),
            _ => Err(UnknownEvent),
        }
    }
}

fn of_message(event: &Value) -> Result<Event, UnknownEvent> {
    if event.get("Step").is_some() {
        return Step::deserialize(event).map(Event::Step).map_err(|_| UnknownEvent);
    }
    match event.get("type").and_then(Value::as_str) {
        Some("rotate_now") => Ok(Event::Now),
        Some(Checkpoint::TYPE) => {
            Checkpoint::deserialize(event).map(Event::Continue).map_err(|_| UnknownEvent)
        }
        _ => Err(UnknownEvent),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_shape_is_what_it_is() {
        let parse = |event: Value| Event::try_from(event).unwrap();
        for source in ["aws.scheduler", "aws.events"] {
            let nightly = json!({ "source": source, "detail-type": "Scheduled Event", "detail": "{}" });
            assert_eq!(parse(nightly), Event::Nightly);
        }
        assert_eq!(parse(json!({ "type": "rotate_now", "version": 1 })), Event::Now);
        let checkpoint = Checkpoint::nightly(Timestamp::UNIX_EPOCH);
        assert_eq!(parse(serde_json::to_value(&checkpoint).unwrap()), Event::Continue(checkpoint));
        for (name, which) in [
            ("createSecret", Which::Create),
            ("setSecret", Which::Set),
            ("testSecret", Which::Test),
            ("finishSecret", Which::Finish),
        ] {
            let step =
                json!({ "Step": name, "SecretId": "arn", "ClientRequestToken": "t", "RotationToken": "r" });
            assert!(matches!(parse(step), Event::Step(step) if step.which == which), "{name}");
        }
    }

    #[test]
    fn the_events_in_the_folder_are_what_their_names_say() {
        let kind = |event: Value| match Event::try_from(event).unwrap() {
            Event::Nightly => "night",
            Event::Now => "now",
            Event::Continue(_) => "continue",
            Event::Step(_) => "step",
        };
        let found: Vec<_> = testkit::fixtures("token-rotation").unwrap();
        let mut read: Vec<_> = found.iter().map(|one| (one.name.as_str(), kind(one.event.clone()))).collect();
        read.sort_unstable();
        assert_eq!(
            read,
            [
                ("continue", "continue"),
                ("create-secret", "step"),
                ("finish-secret", "step"),
                ("nightly", "night"),
                ("rotate-now", "now"),
                ("set-secret", "step"),
                ("test-secret", "step")
            ]
        );
    }

    #[test]
    fn everything_else_is_unknown() {
        for event in [
            json!(null),
            json!({}),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
            json!({ "source": "aws.events", "detail-type": "ECS Task State Change" }),
            json!({ "Step": "dropSecret", "SecretId": "arn", "ClientRequestToken": "t" }),
            json!({ "Step": "createSecret" }),
            json!({ "type": "rotation_continue", "version": 9 }),
            json!({ "source": "aws.s3", "detail-type": "x", "type": "rotate_now", "version": 1 }),
            json!({ "Records": [], "type": "rotate_now", "version": 1 }),
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
