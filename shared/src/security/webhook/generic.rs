//! Our own scheme, for senders that have none: `X-Webhook-Signature`, with or without `sha256=`, is HMAC-SHA256 over
//! `X-Webhook-Timestamp`, a dot and the body (SPEC W18).

use jiff::Timestamp;

use super::mac::{any_gives, hex_tag};
use super::{Delivery, Refusal, WINDOW, WebhookKeys, check_fresh, epoch_seconds};
use crate::http_event::HttpEvent;

/// The header with the tag.
const SIGNATURE: &str = "x-webhook-signature";
/// The header with the seconds since 1970 that were signed.
const TIMESTAMP: &str = "x-webhook-timestamp";

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys, now: Timestamp) -> Result<Delivery, Refusal> {
    let (signature, timestamp) = (event.header_once(SIGNATURE)?, event.header_once(TIMESTAMP)?);
    let tag = hex_tag(signature.strip_prefix("sha256=").unwrap_or(signature))?;
    let sent = epoch_seconds(timestamp)?;
    let parts: [&[u8]; 3] = [timestamp.as_bytes(), b".", event.body()];
    if !any_gives(keys.texts(), &parts, &tag) {
        return Err(Refusal::BadSignature);
    }
    check_fresh(sent, now, WINDOW, WINDOW)?;
    Ok(Delivery::of(&parts))
}
