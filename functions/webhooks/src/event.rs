//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
use shared::event_source::EventSource;
use shared::http_event::HttpEvent;
use shared::sqs_event::SqsEvent;

/// An invocation, parsed.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A sender, through the HTTP API.
    Http(HttpEvent),
    /// Messages of our queue.
    Messages(SqsEvent),
    /// It is the hour at which subscriptions are renewed.
    Nightly,
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that webhooks knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    /// What has a `requestContext` came from outside and is nothing but a request, whatever else it says.
    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        if event.get("requestContext").is_some() {
            let request = HttpEvent::parse(event.to_string().as_bytes());
            return request.map(Self::Http).map_err(|_| UnknownEvent);
        }
        if event.get("Records").is_some() {
            return SqsEvent::deserialize(event).map(Self::Messages).map_err(|_| UnknownEvent);
        }
        let nightly = EventSource::of(&event) == Some(EventSource::Schedule);
        if nightly { Ok(Self::Nightly) } else { Err(UnknownEvent) }
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
        let context = json!({ "http": { "method": "POST" } });
        assert!(matches!(parse(json!({ "requestContext": context })), Event::Http(_)));
        let records = json!({ "Records": [{ "messageId": "1", "body": "{}", "receiptHandle": "x" }] });
        assert!(matches!(parse(records), Event::Messages(batch) if batch.records.len() == 1));
        for source in ["aws.scheduler", "aws.events"] {
            let nightly = json!({ "source": source, "detail-type": "Scheduled Event", "detail": {} });
            assert!(matches!(parse(nightly), Event::Nightly));
        }
    }

    #[test]
    fn a_request_from_outside_is_never_a_message() {
        let both = json!({
            "Records": [{ "messageId": "1", "body": "{}" }], "source": "aws.events",
            "requestContext": { "http": { "method": "POST" } },
        });
        assert!(matches!(Event::try_from(both), Ok(Event::Http(_))));
    }

    #[test]
    fn everything_else_is_unknown() {
        for event in [
            json!(null),
            json!({}),
            json!({ "requestContext": {} }),
            json!({ "Records": 1 }),
            json!({ "Records": [{ "body": "{}" }] }),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
            json!({ "type": "webhook_job" }),
        ] {
            assert!(Event::try_from(event.clone()).is_err(), "{event}");
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(text in "[\\[\\]{}\":,a-zA-Z0-9 ]{0,60}") {
            let _ = serde_json::from_str::<Value>(&text).map(Event::try_from);
        }
    }
}
