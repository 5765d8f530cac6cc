//! Rule: a sender's secrets are one or two texts of a decent length, or a key set of ours (SPEC W21).
//! Threat: an empty secret, with which everybody's MAC is right; a secret that can be guessed.
//! Refusal: the whole set; a source without secrets is an error with an alarm and never "verified".

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::security::key_set::{KeySet, KeySetError};
use crate::security::secret::Secret;

/// The most secrets that verify at a time.
pub const KEYS_MAX: usize = 2;
/// The least length of a secret, in bytes. Twitch takes 10 to 100, Slack gives 32.
pub const SECRET_MIN: usize = 16;
/// What Standard Webhooks' secrets begin with; base64 follows.
const STANDARD_PREFIX: &str = "whsec_";

/// The secrets of one sender.
#[derive(Clone, Debug)]
pub struct WebhookKeys(Vec<Key>);

/// The two readings of one secret.
#[derive(Clone, Debug)]
struct Key {
    /// The bytes of its text.
    text: Secret,
    /// What the text stands for, where Standard Webhooks' form says so.
    raw: Secret,
}

/// Why the secrets are refused. Says nothing of what was in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhookKeys {
    /// Neither a text, nor `{"secrets":[…]}`, nor a key set.
    #[error("the webhook's secret is malformed")]
    Malformed,
    /// None, or more than [`KEYS_MAX`].
    #[error("a webhook has one or two secrets")]
    Count,
    /// One is shorter than [`SECRET_MIN`].
    #[error("a webhook's secret is too short")]
    Short,
    /// What we issued is no key set.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    secrets: Vec<Secret>,
}

impl WebhookKeys {
    /// Reads a secret's value: a text that the other side gave or was given; `{"secrets":["new","old"]}` while it
    /// changes; or a key set of ours, whose older keys end by themselves.
    pub fn parse(value: &Secret, now: Timestamp) -> Result<Self, BadWebhookKeys> {
        let text = core::str::from_utf8(value.expose()).map_err(|_| BadWebhookKeys::Malformed)?.trim();
        if !text.starts_with('{') {
            return Self::of([Secret::new(text)]);
        }
        match serde_json::from_str::<Document>(text) {
            Ok(Document { secrets }) => Self::of(secrets),
            Err(_) => Ok(Self(KeySet::parse(value)?.at(now).iter().map(|(_, key)| issued(key)).collect())),
        }
    }

    fn of(secrets: impl IntoIterator<Item = Secret>) -> Result<Self, BadWebhookKeys> {
        let keys = secrets.into_iter().map(given).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() || keys.len() > KEYS_MAX { Err(BadWebhookKeys::Count) } else { Ok(Self(keys)) }
    }

    /// What the other side is told when it asks for a secret: the newest one's text.
    pub fn newest(&self) -> Option<&Secret> {
        self.texts().next()
    }

    /// As the bytes of their texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().map(|key| &key.text)
    }

    /// As Standard Webhooks reads them.
    pub(super) fn raws(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().map(|key| &key.raw)
    }
}

fn given(text: Secret) -> Result<Key, BadWebhookKeys> {
    if text.expose().len() < SECRET_MIN {
        return Err(BadWebhookKeys::Short);
    }
    let Some(encoded) = text.expose().strip_prefix(STANDARD_PREFIX.as_bytes()) else {
        return Ok(Key { raw: text.clone(), text });
    };
    let raw = BASE64.decode(encoded).map(Secret::new).map_err(|_| BadWebhookKeys::Malformed)?;
    if raw.expose().len() < SECRET_MIN { Err(BadWebhookKeys::Short) } else { Ok(Key { text, raw }) }
}

/// A key of ours is told to its sender as hex digits, or as `whsec_` and base64.
fn issued(key: &Secret) -> Key {
    let text = Zeroizing::new(HEXLOWER.encode(key.expose()));
    Key { text: Secret::new(text.as_bytes()), raw: key.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> Result<WebhookKeys, BadWebhookKeys> {
        WebhookKeys::parse(&Secret::new(value), "2026-01-02T03:04:05Z".parse().unwrap())
    }

    fn texts(keys: &WebhookKeys) -> Vec<&[u8]> {
        keys.texts().map(Secret::expose).collect()
    }

    #[test]
    fn a_text_two_texts_and_a_key_set_are_read() {
        assert_eq!(texts(&parse(" 8f742231b10e8888abcd \n").unwrap()), [b"8f742231b10e8888abcd"]);
        let two = parse(r#"{"secrets":["the newer secret","the older secret"]}"#).unwrap();
        assert_eq!(texts(&two), [b"the newer secret", b"the older secret"]);
        let hex = "ab".repeat(32);
        let ours = parse(&format!(r#"{{"keys":[{{"kid":"k1","key":"{hex}"}}]}}"#)).unwrap();
        assert_eq!(
            (texts(&ours), ours.raws().next().unwrap().expose()),
            (vec![hex.as_bytes()], &[0xab; 32][..])
        );
    }

    #[test]
    fn the_newest_is_the_first_and_what_the_other_side_is_told() {
        let two = parse(r#"{"secrets":["the newer secret","the older secret"]}"#).unwrap();
        assert_eq!(two.newest().unwrap().expose(), b"the newer secret");
    }

    #[test]
    fn an_older_key_of_ours_ends_by_itself() {
        let set = |until: &str| {
            let [new, old] = ["ab", "cd"].map(|byte| byte.repeat(32));
            format!(
                r#"{{"keys":[{{"kid":"k2","key":"{new}"}},{{"kid":"k1","key":"{old}","until":"{until}"}}]}}"#
            )
        };
        assert_eq!(texts(&parse(&set("2026-01-02T03:04:06Z")).unwrap()).len(), 2);
        assert_eq!(texts(&parse(&set("2026-01-02T03:04:05Z")).unwrap()).len(), 1);
    }

    #[test]
    fn standard_webhooks_form_is_taken_apart() {
        let keys = parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(keys.raws().next().unwrap().expose().len(), 24);
        assert_eq!(keys.texts().next().unwrap().expose(), b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn none_short_many_and_odd_ones_are_refused() {
        for (value, expected) in [
            ("", BadWebhookKeys::Short),
            ("short", BadWebhookKeys::Short),
            (r#"{"secrets":[]}"#, BadWebhookKeys::Count),
            (r#"{"secrets":["a secret of some length",""]}"#, BadWebhookKeys::Short),
            (
                r#"{"secrets":["a secret of some l","a secret of some m","a secret of some n"]}"#,
                BadWebhookKeys::Count,
            ),
            (r#"{"keys":[]}"#, BadWebhookKeys::KeySet(KeySetError::Empty)),
            ("whsec_not base64, at all", BadWebhookKeys::Malformed),
            ("whsec_c2hvcnQ=", BadWebhookKeys::Short),
        ] {
            assert_eq!(parse(value).err(), Some(expected), "{value}");
        }
        let binary = WebhookKeys::parse(&Secret::new(vec![0xff; 32]), Timestamp::UNIX_EPOCH);
        assert_eq!(binary.err(), Some(BadWebhookKeys::Malformed));
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?}", parse("8f742231b10e8888abcd").unwrap());
        assert!(!text.contains("8f74") && text.contains("<redacted>"), "{text}");
    }
}
