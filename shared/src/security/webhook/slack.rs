//! Slack's `v0` (<https://docs.slack.dev/authentication/verifying-requests-from-slack>): HMAC-SHA256 over `v0`, the
//! timestamp and the body with colons between; five minutes (SPEC W21).

use jiff::Timestamp;

use super::mac::{any_gives, hex_tag};
use super::{Delivery, Refusal, WINDOW, WebhookKeys, check_fresh, epoch_seconds};
use crate::http_event::HttpEvent;

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys, now: Timestamp) -> Result<Delivery, Refusal> {
    let (signature, timestamp) = (event.header_once(SIGNATURE)?, event.header_once(TIMESTAMP)?);
    let tag = hex_tag(signature.strip_prefix("v0=").ok_or(Refusal::MalformedSignature)?)?;
    let sent = epoch_seconds(timestamp)?;
    if !any_gives(keys.texts(), &[b"v0:", timestamp.as_bytes(), b":", event.body()], &tag) {
        return Err(Refusal::BadSignature);
    }
    check_fresh(sent, now, WINDOW, WINDOW)?;
    // A retry is signed anew; its body, with the event's id in it, is the same.
    Ok(Delivery::of(&[event.body()]))
}
