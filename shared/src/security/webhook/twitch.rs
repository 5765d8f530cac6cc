//! Twitch's `EventSub` (<https://dev.twitch.tv/docs/eventsub/handling-webhook-events>): HMAC-SHA256 over message id,
//! timestamp and body; at most ten minutes old (SPEC W19).

use jiff::{SignedDuration, Timestamp};

use super::mac::{any_gives, hex_tag};
use super::{Delivery, Refusal, WebhookKeys, check_fresh};
use crate::http_event::{HeaderFault, HttpEvent};

const ID: &str = "twitch-eventsub-message-id";
const TIMESTAMP: &str = "twitch-eventsub-message-timestamp";
const SIGNATURE: &str = "twitch-eventsub-message-signature";
const TYPE: &str = "twitch-eventsub-message-type";
/// How old a message may be.
const PAST: SignedDuration = SignedDuration::from_mins(10);
/// How far Twitch's clock may be ahead of ours.
const FUTURE: SignedDuration = SignedDuration::from_mins(1);

/// What Twitch wants with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Something happened.
    Notification,
    /// The address is being verified: the body's challenge is to be echoed.
    Verification,
    /// A subscription has ended.
    Revocation,
}

/// The message's type. Nobody signs it: it says how to read the body, and never that something may be done.
pub fn message_type(event: &HttpEvent) -> Result<Option<MessageType>, HeaderFault> {
    Ok(match event.header_once(TYPE)? {
        "notification" => Some(MessageType::Notification),
        "webhook_callback_verification" => Some(MessageType::Verification),
        "revocation" => Some(MessageType::Revocation),
        _ => None,
    })
}

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys, now: Timestamp) -> Result<Delivery, Refusal> {
    let [id, timestamp, signature] = [ID, TIMESTAMP, SIGNATURE].map(|name| event.header_once(name));
    let (id, timestamp, signature) = (id?, timestamp?, signature?);
    let tag = hex_tag(signature.strip_prefix("sha256=").ok_or(Refusal::MalformedSignature)?)?;
    let sent: Timestamp = timestamp.parse().map_err(|_| Refusal::MalformedTimestamp)?;
    if !any_gives(keys.texts(), &[id.as_bytes(), timestamp.as_bytes(), event.body()], &tag) {
        return Err(Refusal::BadSignature);
    }
    check_fresh(sent, now, PAST, FUTURE)?;
    // A retry has the id of the first try.
    Ok(Delivery::of(&[id.as_bytes()]))
}
