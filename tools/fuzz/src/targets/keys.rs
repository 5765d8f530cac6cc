//! What opens doors for machines: the signatures of webhooks, API keys, access and refresh tokens.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use shared::http_event::HttpEvent;
use shared::ids::UserId;
use shared::security::access_token::{self, Access, LIFE_MAX, Realm};
use shared::security::api_key::ApiKey;
use shared::security::key_set::KeySet;
use shared::security::refresh_token::RefreshToken;
use shared::security::secret::Secret;
use shared::security::webhook::{self, Refusal, Scheme, WebhookKeys};

use crate::request::Request;

/// The time of every run: what was signed in the corpus is fresh then.
const NOW_S: i64 = 1_800_000_000;
const SCHEMES: [Scheme; 5] = [Scheme::Generic, Scheme::Twitch, Scheme::Slack, Scheme::GitHub, Scheme::WebSub];

static KEYS: LazyLock<Option<KeySet>> =
    LazyLock::new(|| KeySet::parse(&Secret::new(*b"a key for fuzzing, 32 bytes long")).ok());
static WEBHOOK: LazyLock<Option<WebhookKeys>> =
    LazyLock::new(|| WebhookKeys::parse(&Secret::new(*b"a secret for fuzzing"), Timestamp::UNIX_EPOCH).ok());

fn now() -> Timestamp {
    Timestamp::from_second(NOW_S).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A request as text. Promises: no scheme panics; without our secret nothing is let in; a header of the scheme that came
/// twice, or not at all, is never looked past.
pub(super) fn webhook(data: &[u8]) {
    let request = Request::read(data);
    let (Ok(event), Some(keys)) = (HttpEvent::parse(request.to_event().as_bytes()), WEBHOOK.as_ref()) else {
        return;
    };
    for scheme in SCHEMES {
        let judged = webhook::verify(scheme, &event, keys, now());
        assert!(judged.is_err(), "let in by {scheme:?}");
        let about_time = matches!(judged, Err(Refusal::Stale | Refusal::Future));
        assert!(!about_time, "a stranger learns the time of {scheme:?}");
    }
    let _ = webhook::message_type(&event);
}

/// Any text. Promises: no panic; no token is believed that we did not sign; what is read as a key is written as it was
/// read; a token that we sign for whoever this is reads back, and lasts an hour at most.
pub(super) fn credential(data: &[u8]) {
    let (Ok(text), Some(keys)) = (str::from_utf8(data), KEYS.as_ref()) else { return };
    if let Ok(key) = text.parse::<ApiKey>() {
        assert_eq!(key.reveal(), text);
    }
    if let Ok(token) = text.parse::<RefreshToken>() {
        assert_eq!(token.reveal(), text);
    }
    let realm = Realm::new("https://bot.example.org");
    assert!(access_token::verify(text, keys, &realm, now()).is_err(), "believed: {text}");
    let access = Access {
        user: UserId::new(5001),
        username: text.to_owned(),
        roles: vec![],
        id: "t".to_owned(),
        family: "f".to_owned(),
        epoch: 0,
        expires_at: now().saturating_add(SignedDuration::from_hours(9)).unwrap_or(Timestamp::MAX),
    };
    let Ok(signed) = access_token::sign(&access, keys, &realm, now()) else { return };
    match access_token::verify(&signed, keys, &realm, now()) {
        Ok(read) => {
            assert_eq!(read.username, text);
            assert!(read.expires_at.duration_since(now()) <= LIFE_MAX);
        }
        Err(_) => assert!(signed.len() > access_token::TOKEN_MAX, "{signed}"),
    }
    assert!(access_token::verify(&signed, keys, &Realm::new("https://other.example.org"), now()).is_err());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_harmless() {
        for data in [
            &b""[..],
            b"POST\nx-webhook-signature: sha256=00\nx-webhook-timestamp: 1800000000\n\n{}",
            b"POST\nwebhook-id: a\nwebhook-timestamp: 1\nwebhook-signature: v1,AAAA\n\n{}",
            b"POST\nx-hub-signature: sha1=00\n\n",
        ] {
            webhook(data);
            credential(data);
        }
        assert!(KEYS.is_some() && WEBHOOK.is_some());
    }

    /// The promise can be broken: a request that our secret signed is let in.
    #[test]
    #[should_panic(expected = "let in by GitHub")]
    fn what_our_secret_signed_is_found() {
        webhook(include_bytes!("../../tests/signed-by-our-secret"));
    }
}
