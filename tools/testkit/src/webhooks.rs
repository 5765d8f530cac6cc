//! Signs webhooks the way their senders do, by each one's documentation and not by our own code, so that the two are held
//! against each other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::Value;
use sha1::Sha1;
use sha2::Sha256;

use crate::signing::DiscordKey;

/// The secret that everything in `events/webhooks` is signed with. It is none: never give it to a real service.
pub const COMMITTED_SECRET: &str = "timmybot-test-secret-not-a-secret";

/// Somebody who signs with a secret that both sides hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Our own scheme.
    Generic,
    /// `X-Hub-Signature-256`.
    GitHub,
    /// Slack's `v0`.
    Slack,
    /// Standard Webhooks, at the address of the generic ones.
    Standard,
    /// Twitch's `EventSub`.
    Twitch,
    /// The hub of `YouTube`.
    YouTube,
}

impl Sender {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Generic, Self::GitHub, Self::Slack, Self::Standard, Self::Twitch, Self::YouTube];

    /// The last part of the address that it sends to.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Generic | Self::Standard => "generic",
            Self::GitHub => "github",
            Self::Slack => "slack",
            Self::Twitch => "twitch",
            Self::YouTube => "youtube",
        }
    }

    /// The headers of a signed message: its signature first. `id` is the message's, where its sender gives it one.
    pub fn headers(
        self,
        secret: &str,
        id: &str,
        epoch_seconds: i64,
        body: &[u8],
    ) -> Vec<(&'static str, String)> {
        let (key, at) = (secret.as_bytes(), epoch_seconds.to_string());
        match self {
            Self::Generic => vec![
                ("x-webhook-signature", format!("sha256={}", hex_mac(key, &[at.as_bytes(), b".", body]))),
                ("x-webhook-timestamp", at),
            ],
            Self::GitHub => vec![
                ("x-hub-signature-256", format!("sha256={}", hex_mac(key, &[body]))),
                ("x-github-delivery", id.to_owned()),
            ],
            Self::Slack => {
                let tag = hex_mac(key, &[b"v0:", at.as_bytes(), b":", body]);
                vec![("x-slack-signature", format!("v0={tag}")), ("x-slack-request-timestamp", at)]
            }
            Self::Standard => {
                let key = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
                let key = key.unwrap_or_else(|| secret.as_bytes().to_vec());
                let tag = STANDARD.encode(mac(&key, &[id.as_bytes(), b".", at.as_bytes(), b".", body]));
                let signature = format!("v1,{tag}");
                vec![
                    ("webhook-signature", signature),
                    ("webhook-id", id.to_owned()),
                    ("webhook-timestamp", at),
                ]
            }
            Self::Twitch => {
                let at = Timestamp::from_second(epoch_seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string();
                let tag = hex_mac(key, &[id.as_bytes(), at.as_bytes(), body]);
                vec![
                    ("twitch-eventsub-message-signature", format!("sha256={tag}")),
                    ("twitch-eventsub-message-id", id.to_owned()),
                    ("twitch-eventsub-message-timestamp", at),
                ]
            }
            Self::YouTube => vec![("x-hub-signature", format!("sha1={}", hex_mac_sha1(key, body)))],
        }
    }

    /// Who sends such an event: its path says so, and for the generic one its headers.
    fn of(event: &Value) -> Option<Self> {
        let path = event["rawPath"].as_str()?.strip_prefix("/webhooks/")?;
        let is_standard = !event["headers"]["webhook-id"].is_null();
        Self::ALL.into_iter().find(|one| one.source() == path && (*one == Self::Standard) == is_standard)
    }
}

/// Signs an event of `events/webhooks` in place, for its own body. Questions without a signature stay as they are.
pub fn sign_event(event: &mut Value, epoch_seconds: i64) {
    if event["requestContext"]["http"]["method"] != "POST" {
        return;
    }
    if event["rawPath"] == "/webhooks/discord" {
        return DiscordKey::committed().sign_event(event, epoch_seconds);
    }
    let Some(sender) = Sender::of(event) else { return };
    let names = ["twitch-eventsub-message-id", "webhook-id", "x-github-delivery"];
    let id = names.iter().find_map(|name| event["headers"][*name].as_str()).unwrap_or_default().to_owned();
    let body = event["body"].as_str().unwrap_or_default().to_owned();
    for (name, value) in sender.headers(COMMITTED_SECRET, &id, epoch_seconds, body.as_bytes()) {
        event["headers"][name] = value.into();
    }
    event["requestContext"]["timeEpoch"] = (epoch_seconds * 1000).into();
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // Keys of every length are keys (RFC 2104, section 3); a tag of nothing fits nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn hex_mac(key: &[u8], parts: &[&[u8]]) -> String {
    hex::encode(mac(key, parts))
}

fn hex_mac_sha1(key: &[u8], body: &[u8]) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(key).map(|mac| mac.chain_update(body).finalize());
    mac.map(|tag| hex::encode(tag.into_bytes())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The examples in GitHub's, Slack's and Standard Webhooks' documentation.
    #[test]
    fn documented_examples_come_out() {
        let github = Sender::GitHub.headers("It's a Secret to Everybody", "1", 0, b"Hello, World!");
        assert_eq!(github[0].1, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let slack =
            Sender::Slack.headers("8f742231b10e8888abcd99yyyzzz85a5", "", 1_531_420_618, body.as_bytes());
        assert_eq!(slack[0].1, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
        let standard = Sender::Standard.headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(standard[0].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_event_is_signed_by_its_path() {
        for (path, header) in [
            ("generic", "x-webhook-signature"),
            ("twitch", "twitch-eventsub-message-signature"),
            ("youtube", "x-hub-signature"),
            ("discord", "x-signature-ed25519"),
        ] {
            let mut event = json!({
                "rawPath": format!("/webhooks/{path}"), "body": "{}", "headers": {},
                "requestContext": { "http": { "method": "POST" } },
            });
            sign_event(&mut event, 7);
            assert!(event["headers"][header].is_string(), "{event}");
        }
        let mut question = json!({ "rawPath": "/webhooks/youtube", "headers": {}, "requestContext": { "http": { "method": "GET" } } });
        let before = question.clone();
        sign_event(&mut question, 7);
        assert_eq!(question, before);
    }
}
