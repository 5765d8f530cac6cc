//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde_json::Value;
use shared::http_event::HttpEvent;
use shared::messages::{AccountJob, AccountsRevoked, UseToken};

/// An invocation, parsed.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A browser, through the HTTP API.
    Http(HttpEvent),
    /// Somebody waits for a reply.
    Job(AccountJob),
    /// A service does not honour accounts any more.
    Revoked(AccountsRevoked),
    /// Another function wants something done with a token.
    Use(UseToken),
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that oauth knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    /// What has a `requestContext` came from outside and is nothing but a request, whatever else it says.
    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        if event.get("requestContext").is_some() {
            let request = HttpEvent::parse(event.to_string().as_bytes());
            return request.map(Self::Http).map_err(|_| UnknownEvent);
        }
        match event.get("type").and_then(Value::as_str) {
            Some(AccountJob::TYPE) => AccountJob::parse(&event).map(Self::Job).map_err(|_| UnknownEvent),
            Some(AccountsRevoked::TYPE) => {
                AccountsRevoked::parse(&event).map(Self::Revoked).map_err(|_| UnknownEvent)
            }
            Some(UseToken::TYPE) => UseToken::parse(&event).map(Self::Use).map_err(|_| UnknownEvent),
            _ => Err(UnknownEvent),
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
        let context = json!({ "http": { "method": "GET" } });
        assert!(matches!(parse(json!({ "requestContext": context })), Event::Http(_)));
        let job = json!({ "type": "account_job", "version": 1, "user": "1", "interaction_id": "2" });
        assert!(matches!(parse(job), Event::Job(_)));
        let call = json!({ "call": "playlist", "address": "youtube:PL1" });
        let wanted = json!({ "type": "use_token", "version": 1, "user": "1", "call": call });
        assert!(matches!(parse(wanted), Event::Use(_)));
    }

    #[test]
    fn a_request_from_outside_is_never_an_order() {
        let job = json!({
            "type": "account_job", "version": 1, "user": "1", "interaction_id": "2",
            "requestContext": { "http": { "method": "POST" } },
        });
        assert!(matches!(Event::try_from(job), Ok(Event::Http(_))));
    }

    #[test]
    fn the_events_in_the_folder_are_what_their_names_say() {
        let kind = |event: Value| match Event::try_from(event).unwrap() {
            Event::Http(_) => "http",
            Event::Job(_) => "job",
            Event::Revoked(_) => "revoked",
            Event::Use(_) => "use",
        };
        let found: Vec<_> = testkit::fixtures("oauth").unwrap();
        let mut read: Vec<_> = found.iter().map(|one| (one.name.as_str(), kind(one.event.clone()))).collect();
        read.sort_unstable();
        assert_eq!(
            read,
            [
                ("account-job", "job"),
                ("accounts-revoked", "revoked"),
                ("begin", "http"),
                ("callback", "http"),
                ("callback-denied", "http"),
                ("link-page", "http"),
                ("use-token", "use")
            ]
        );
    }

    #[test]
    fn everything_else_is_unknown() {
        for event in [
            json!(null),
            json!({}),
            json!({ "requestContext": {} }),
            json!({ "type": "wake", "version": 1, "shard": 0 }),
            json!({ "type": "account_job", "version": 9, "user": "1", "interaction_id": "2" }),
            json!({ "type": "use_token", "version": 1, "user": "1", "call": { "call": "token" } }),
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
