//! GitHub's `X-Hub-Signature-256`
//! (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>): HMAC-SHA256 over the body.
//! It says no time: a recording stays good, and only the memory of what came refuses it (SPEC W21).

use super::mac::{any_gives, hex_tag};
use super::{Delivery, Refusal, WebhookKeys};
use crate::http_event::HttpEvent;

const SIGNATURE: &str = "x-hub-signature-256";

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys) -> Result<Delivery, Refusal> {
    let signature = event.header_once(SIGNATURE)?;
    let tag = hex_tag(signature.strip_prefix("sha256=").ok_or(Refusal::MalformedSignature)?)?;
    if !any_gives(keys.texts(), &[event.body()], &tag) {
        return Err(Refusal::BadSignature);
    }
    // `X-GitHub-Delivery` is not signed.
    Ok(Delivery::of(&[event.body()]))
}
