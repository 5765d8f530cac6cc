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
mod slack;
mod standard;
mod twitch;
mod websub;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

pub use self::keys::{BadWebhookKeys, KEYS_MAX, SECRET_MIN, WebhookKeys};
pub use self::twitch::{MessageType, message_type};
use crate::http_event::{HeaderFault, HttpEvent};

/// The largest body that is looked at, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;
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

/// Why a message was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Over [`BODY_MAX`].
    #[error("too_large")]
    TooLarge,
    /// A header of the scheme is absent.
    #[error("missing_header")]
    MissingHeader,
    /// A header of the scheme came more than once.
    #[error("repeated_header")]
    RepeatedHeader,
    /// The signature has another form than the scheme's.
    #[error("malformed_signature")]
    MalformedSignature,
    /// The timestamp has another form than the scheme's.
    #[error("malformed_timestamp")]
    MalformedTimestamp,
    /// No secret of ours gives this signature.
    #[error("bad_signature")]
    BadSignature,
    /// Sent too long ago.
    #[error("stale")]
    Stale,
    /// Sent further ahead than clocks lie apart.
    #[error("future")]
    Future,
}

impl Refusal {
    /// The cause as a constant, for logs and metric dimensions.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::MissingHeader => "missing_header",
            Self::RepeatedHeader => "repeated_header",
            Self::MalformedSignature => "malformed_signature",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::Future => "future",
        }
    }
}

impl From<HeaderFault> for Refusal {
    fn from(fault: HeaderFault) -> Self {
        match fault {
            HeaderFault::Missing => Self::MissingHeader,
            HeaderFault::Repeated => Self::RepeatedHeader,
        }
    }
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivery(String);

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

/// Up to 12 ASCII digits: no sign, no space, no fraction.
fn epoch_seconds(text: &str) -> Result<Timestamp, Refusal> {
    let digits = !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or(Refusal::MalformedTimestamp)
}

fn fresh(
    sent: Timestamp,
    now: Timestamp,
    past: SignedDuration,
    future: SignedDuration,
) -> Result<(), Refusal> {
    let age = now.duration_since(sent);
    if age > past {
        Err(Refusal::Stale)
    } else if age < -future {
        Err(Refusal::Future)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
