//! Slack's Events API (<https://docs.slack.dev/apis/events-api>).

use serde::Deserialize;
use shared::domain::accounts::{Provider, Subject};
use shared::messages::{UNLINK_MAX, WebhookTask};
use shared::security::webhook::Delivery;

use super::{Read, Unreadable, json};

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    challenge: Option<String>,
    event: Option<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    tokens: Option<Tokens>,
}

/// Ids of users whose tokens are over. Those of bots are not ours: we sign members in and have no bot there.
#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    oauth: Vec<Subject>,
}

pub(super) fn read(body: &[u8], delivery: &Delivery) -> Result<Read, Unreadable> {
    let envelope: Envelope = json(body)?;
    match (envelope.kind.as_str(), envelope.event) {
        ("url_verification", _) => Read::challenge(envelope.challenge),
        ("event_callback", Some(event)) if event.kind == "tokens_revoked" => {
            let users = event.tokens.ok_or(Unreadable::Malformed)?.oauth;
            let unlink = |some: &[Subject]| {
                let (provider, subjects) = (Provider::Slack, some.to_vec());
                WebhookTask::Unlink { provider, subjects }
            };
            Ok(Read::parts(delivery, users.chunks(UNLINK_MAX).map(unlink)))
        }
        // `app_uninstalled` is among these: it names no user, and Slack sends `tokens_revoked` for each besides.
        ("event_callback", Some(_)) | ("app_rate_limited", _) => Ok(Read::NOTHING),
        _ => Err(Unreadable::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(body: &Value) -> Result<Read, Unreadable> {
        read(body.to_string().as_bytes(), &Delivery::of(&[b"1"]))
    }

    fn callback(event: &Value) -> Value {
        json!({
            "token": "XXYYZZ", "team_id": "T123", "api_app_id": "A123", "event": event, "type": "event_callback",
            "event_id": "Ev123", "event_time": 1_234_567_890,
        })
    }

    #[test]
    fn the_challenge_is_said_back() {
        let body = json!({ "token": "x", "challenge": "3eZbrw1aBm2rZg", "type": "url_verification" });
        assert_eq!(of(&body), Ok(Read::Challenge("3eZbrw1aBm2rZg".to_owned())));
        assert_eq!(of(&json!({ "type": "url_verification" })), Err(Unreadable::Malformed));
    }

    #[test]
    fn users_whose_tokens_are_over_are_unlinked_in_portions() {
        let revoked = |users: usize| {
            let users: Vec<String> = (0..users).map(|n| format!("U{n}")).collect();
            callback(&json!({ "type": "tokens_revoked", "tokens": { "oauth": users, "bot": ["UBOT"] } }))
        };
        for (users, jobs) in [(0, 0), (1, 1), (UNLINK_MAX, 1), (UNLINK_MAX + 1, 2)] {
            let read = of(&revoked(users)).unwrap();
            assert_eq!(read.jobs().len(), jobs, "{users}");
            assert!(!format!("{read:?}").contains("UBOT"));
        }
        let two = of(&revoked(UNLINK_MAX + 1)).unwrap();
        assert_ne!(two.jobs()[0].delivery, two.jobs()[1].delivery);
    }

    #[test]
    fn other_events_are_nothing_to_do() {
        for event in [json!({ "type": "app_uninstalled" }), json!({ "type": "message", "text": "secret" })] {
            assert_eq!(of(&callback(&event)), Ok(Read::NOTHING), "{event}");
        }
        assert_eq!(of(&json!({ "type": "app_rate_limited", "minute_rate_limited": 1 })), Ok(Read::NOTHING));
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        for body in [
            json!({}),
            json!({ "type": "event_callback" }),
            json!({ "type": "block_actions", "event": { "type": "x" } }),
            callback(&json!({ "type": "tokens_revoked" })),
            callback(&json!({ "type": "tokens_revoked", "tokens": { "oauth": ["a b"] } })),
        ] {
            assert_eq!(of(&body), Err(Unreadable::Malformed), "{body}");
        }
    }
}
