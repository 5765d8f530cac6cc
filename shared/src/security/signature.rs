//! Rule: nothing of a Discord request is believed before Ed25519 has verified timestamp ‖ raw body (SPEC W20), with
//! `verify_strict`, and before the timestamp is fresh: at most 300 s old, at most 60 s ahead.
//! Threat: forged interactions, replays, a malleable signature, a key of small order that verifies anything.
//! Refusal: every failure is a 401 with an empty body, in every mode, for ever; the cause goes to the log only.

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};

use crate::http_event::{HeaderFault, HttpEvent};

/// Discord's header with the hex signature.
pub const SIGNATURE_HEADER: &str = "x-signature-ed25519";
/// Discord's header with the timestamp that was signed.
pub const TIMESTAMP_HEADER: &str = "x-signature-timestamp";
/// The largest body that is looked at, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;
/// How old a signature may be.
pub const PAST_WINDOW: SignedDuration = SignedDuration::from_secs(300);
/// How far ahead of our clock a signature may be.
pub const FUTURE_WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// Why a request was not let in. All of them look the same from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The Lambda event is not an HTTP request that we can read.
    #[error("malformed_event")]
    MalformedEvent,
    /// Not a POST.
    #[error("wrong_method")]
    WrongMethod,
    /// Over [`BODY_MAX`].
    #[error("too_large")]
    TooLarge,
    /// A signature header is absent.
    #[error("missing_header")]
    MissingHeader,
    /// A signature header came more than once.
    #[error("repeated_header")]
    RepeatedHeader,
    /// The signature has another form than its scheme's; for Discord 128 lower-case hex digits.
    #[error("malformed_signature")]
    MalformedSignature,
    /// The timestamp has another form than its scheme's; for Discord a plain decimal number.
    #[error("malformed_timestamp")]
    MalformedTimestamp,
    /// No key of ours verifies it.
    #[error("bad_signature")]
    BadSignature,
    /// Signed longer ago than its scheme allows; for Discord [`PAST_WINDOW`].
    #[error("stale")]
    Stale,
    /// Signed further ahead than its scheme allows; for Discord [`FUTURE_WINDOW`].
    #[error("future")]
    Future,
    /// The interaction's id was seen before, or could not be checked (see [`super::replay`]).
    #[error("replayed")]
    Replayed,
}

impl Refusal {
    /// The cause as a constant, for logs and metric dimensions.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MalformedEvent => "malformed_event",
            Self::WrongMethod => "wrong_method",
            Self::TooLarge => "too_large",
            Self::MissingHeader => "missing_header",
            Self::RepeatedHeader => "repeated_header",
            Self::MalformedSignature => "malformed_signature",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::Replayed => "replayed",
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

/// A body whose signature has been verified. There is no other way to make one.
#[derive(Debug)]
pub struct Verified<'a> {
    body: &'a [u8],
}

impl<'a> Verified<'a> {
    /// The bytes that Discord signed.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// The application's public keys: the current one, and the next during a change-over.
#[derive(Clone, Debug)]
pub struct DiscordKeys(Vec<VerifyingKey>);

/// `DISCORD_PUBLIC_KEYS` is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// There is no key at all; nothing could ever be verified.
    #[error("DISCORD_PUBLIC_KEYS is empty: copy the public key from the application's page")]
    Empty,
    /// A key is not 64 hex digits, not a point of the curve, or of small order.
    #[error("DISCORD_PUBLIC_KEYS: key {0} is not a usable Ed25519 public key (64 hex digits)")]
    Malformed(usize),
}

impl core::str::FromStr for DiscordKeys {
    type Err = BadKeys;

    /// Reads hex keys separated by commas.
    fn from_str(text: &str) -> Result<Self, BadKeys> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let keys = parts
            .enumerate()
            .map(|(at, part)| parse_key(part).ok_or(BadKeys::Malformed(at + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(BadKeys::Empty) } else { Ok(Self(keys)) }
    }
}

fn parse_key(hex: &str) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(&decode_hex::<32>(&hex.to_ascii_lowercase())?).ok()?;
    (!key.is_weak()).then_some(key)
}

/// Checks, in the order that is fixed here: method, size, headers exactly once, signature, freshness.
pub fn verify<'a>(event: &'a HttpEvent, keys: &DiscordKeys, now: Timestamp) -> Result<Verified<'a>, Refusal> {
    if event.method() != "POST" {
        return Err(Refusal::WrongMethod);
    }
    let body = event.body();
    if body.len() > BODY_MAX {
        return Err(Refusal::TooLarge);
    }
    let signature = event.header_once(SIGNATURE_HEADER)?;
    let timestamp = event.header_once(TIMESTAMP_HEADER)?;
    let signature = decode_hex::<64>(signature).ok_or(Refusal::MalformedSignature)?;
    let signed_at = epoch_seconds(timestamp)?;
    if !keys.verify(timestamp.as_bytes(), body, &Signature::from_bytes(&signature)) {
        return Err(Refusal::BadSignature);
    }
    check_fresh(signed_at, now, PAST_WINDOW, FUTURE_WINDOW)?;
    Ok(Verified { body })
}

impl DiscordKeys {
    fn verify(&self, timestamp: &[u8], body: &[u8], signature: &Signature) -> bool {
        let message = [timestamp, body].concat();
        self.0.iter().any(|key| key.verify_strict(&message, signature).is_ok())
    }
}

/// Lower-case only: one signature has one spelling. (A lenient decoder elsewhere reads `zz` as `00`.)
pub(super) fn decode_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// Up to 12 ASCII digits: no sign, no space, no fraction.
pub(super) fn epoch_seconds(text: &str) -> Result<Timestamp, Refusal> {
    let digits = !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or(Refusal::MalformedTimestamp)
}

/// Whether what was signed then is neither older than `past` nor further ahead than `future`.
pub(super) fn check_fresh(
    signed_at: Timestamp,
    now: Timestamp,
    past: SignedDuration,
    future: SignedDuration,
) -> Result<(), Refusal> {
    let age = now.duration_since(signed_at);
    if age > past {
        return Err(Refusal::Stale);
    }
    if age < -future {
        return Err(Refusal::Future);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
