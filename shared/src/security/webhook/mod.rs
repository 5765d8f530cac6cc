//! Rule: nothing of a webhook is believed before its sender's MAC has verified over the raw bytes, then its age, then that
//! it is new (SPEC W18, W19, W21). Size and headers come first, what is in the body last.
//! Threat: forged events; a recorded one sent again; a comparison that tells how far a guess was right; a sender whose
//! secret is not set up and who is therefore "verified".
//! Refusal: 401, with `missing_signature` or `invalid_signature` and nothing more; the cause goes to the log. Two secrets
//! verify at a time, so that one can be changed.

mod generic;
mod github;
mod keys;
mod mac;
mod signing_key;
mod slack;
mod source;
mod standard;
mod twitch;
mod websub;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::keys::{BadWebhookKeys, KEYS_MAX, SECRET_MIN, WebhookKeys};
pub use self::signing_key::{BadSigningKey, SigningKey};
pub use self::source::{UnknownSource, WebhookSource};
pub use self::twitch::{MessageType, message_type};
use crate::http_event::HttpEvent;
pub use crate::security::signature::{BODY_MAX, Refusal};
use crate::security::signature::{check_fresh, decode_hex, epoch_seconds};

/// How old or how far ahead a message of Slack's, of the generic and of the standard scheme may be.
pub const WINDOW: SignedDuration = SignedDuration::from_secs(300);

/// How a sender signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Our own headers, or those of Standard Webhooks where they are there.
    Generic,
    /// Twitch's `EventSub`.
    Twitch,
    /// Slack's `v0`.
    Slack,
    /// `X-Hub-Signature-256`, as GitHub and those who follow it.
    GitHub,
    /// `X-Hub-Signature` of `WebSub`, as the hub of `YouTube`.
    WebSub,
}

/// A message whose sender is known. There is no other way to make one than [`verify`].
#[derive(Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    body: &'a [u8],
    delivery: Delivery,
}

impl<'a> Signed<'a> {
    /// The bytes that were signed.
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// What tells this message from others of its sender; a repetition has the same.
    pub const fn delivery(&self) -> &Delivery {
        &self.delivery
    }
}

/// A message's name among those of its sender: a hash of what was signed and never changes, 64 hex digits. A header that
/// nobody signed is not in it: whoever sends a recording again could change it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delivery(String);

/// What is to be a delivery's name is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the 64 hex digits of a delivery")]
pub struct BadDelivery;

impl Delivery {
    /// Of these signed parts.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            // A length before each part: no two lists of parts are one text.
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        Self(HEXLOWER.encode(&hasher.finalize()))
    }

    /// As the key of a row.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of one of the things that this message tells; the first has the message's own.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        match number {
            0 => self.clone(),
            _ => Self::of(&[self.0.as_bytes(), &number.to_be_bytes()]),
        }
    }

    /// The hash itself.
    pub fn digest(&self) -> [u8; 32] {
        // Each constructor made sure of it.
        decode_hex(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for Delivery {
    type Error = BadDelivery;

    fn try_from(text: String) -> Result<Self, BadDelivery> {
        decode_hex::<32>(&text).map(|_| Self(text)).ok_or(BadDelivery)
    }
}

impl From<Delivery> for String {
    fn from(delivery: Delivery) -> Self {
        delivery.0
    }
}

/// Checks, in the order that is fixed here: size, headers exactly once, MAC in constant time, age. Whether it is new is the
/// store's to say.
pub fn verify<'a>(
    scheme: Scheme,
    event: &'a HttpEvent,
    keys: &WebhookKeys,
    now: Timestamp,
) -> Result<Signed<'a>, Refusal> {
    let body = event.body();
    if body.len() > BODY_MAX {
        return Err(Refusal::TooLarge);
    }
    let delivery = match scheme {
        Scheme::Generic if standard::is_meant(event) => standard::verify(event, keys, now)?,
        Scheme::Generic => generic::verify(event, keys, now)?,
        Scheme::Twitch => twitch::verify(event, keys, now)?,
        Scheme::Slack => slack::verify(event, keys, now)?,
        Scheme::GitHub => github::verify(event, keys)?,
        Scheme::WebSub => websub::verify(event, keys)?,
    };
    Ok(Signed { body, delivery })
}

#[cfg(test)]
mod tests;
