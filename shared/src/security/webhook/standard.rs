//! Standard Webhooks (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>):
//! `webhook-signature` holds one `v1,BASE64` or several with spaces between, over id, timestamp and body with dots between.

use data_encoding::BASE64;
use jiff::Timestamp;

use super::mac::{TAG_LEN, any_gives};
use super::{Delivery, Refusal, WINDOW, WebhookKeys, check_fresh, epoch_seconds};
use crate::http_event::HttpEvent;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURES: &str = "webhook-signature";
/// The symmetric scheme. Others (`v1a` is Ed25519) are passed over, as the specification asks.
const VERSION: &str = "v1";
/// More signatures than a sender has keys are somebody's guesses.
const SIGNATURES_MAX: usize = 8;

/// Whether a sender follows this standard: one of its headers is there.
pub(super) fn is_meant(event: &HttpEvent) -> bool {
    [ID, TIMESTAMP, SIGNATURES].iter().any(|name| event.header_joined(name).is_some())
}

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys, now: Timestamp) -> Result<Delivery, Refusal> {
    let (id, timestamp) = (event.header_once(ID)?, event.header_once(TIMESTAMP)?);
    // Its value has a comma, so the rule for other headers does not fit; a repeated one is malformed below.
    let signatures = event.header_joined(SIGNATURES).ok_or(Refusal::MissingHeader)?;
    let tags = tags(signatures)?;
    let sent = epoch_seconds(timestamp)?;
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", event.body()];
    let fits = tags.iter().fold(false, |found, tag| any_gives(keys.raws(), &parts, tag) | found);
    if !fits {
        return Err(Refusal::BadSignature);
    }
    check_fresh(sent, now, WINDOW, WINDOW)?;
    // A retry has the id of the first try and another time.
    Ok(Delivery::of(&[id.as_bytes()]))
}

fn tags(signatures: &str) -> Result<Vec<[u8; TAG_LEN]>, Refusal> {
    let mut tags = Vec::new();
    for (at, signature) in signatures.split(' ').enumerate() {
        let (version, encoded) = signature.split_once(',').ok_or(Refusal::MalformedSignature)?;
        if at >= SIGNATURES_MAX || encoded.contains(',') {
            return Err(Refusal::MalformedSignature);
        }
        if version == VERSION {
            let tag = BASE64.decode(encoded.as_bytes()).map_err(|_| Refusal::MalformedSignature)?;
            tags.push(tag.try_into().map_err(|_| Refusal::MalformedSignature)?);
        }
    }
    if tags.is_empty() { Err(Refusal::MalformedSignature) } else { Ok(tags) }
}
