//! `WebSub` (<https://www.w3.org/TR/websub/#authenticated-content-distribution>): `X-Hub-Signature` is `method=hex`, an HMAC
//! over the body. the hub of `YouTube` signs with SHA-1, whose HMAC is still sound; the standard allows no weaker one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::{Choice, ConstantTimeEq as _};

use super::mac::{any_gives, hex_tag};
use super::{Delivery, Refusal, WebhookKeys};
use crate::http_event::HttpEvent;
use crate::security::secret::Secret;
use crate::security::signature::decode_hex;

const SIGNATURE: &str = "x-hub-signature";

pub(super) fn verify(event: &HttpEvent, keys: &WebhookKeys) -> Result<Delivery, Refusal> {
    let (method, hex) = event.header_once(SIGNATURE)?.split_once('=').ok_or(Refusal::MalformedSignature)?;
    let body = event.body();
    let fits = match method {
        "sha1" => any_gives_sha1(keys, body, hex)?,
        "sha256" => any_gives(keys.texts(), &[body], &hex_tag(hex)?),
        // The standard's longer ones; no hub that we subscribe at uses them.
        _ => return Err(Refusal::MalformedSignature),
    };
    if !fits {
        return Err(Refusal::BadSignature);
    }
    Ok(Delivery::of(&[body]))
}

fn any_gives_sha1(keys: &WebhookKeys, body: &[u8], hex: &str) -> Result<bool, Refusal> {
    let expected: [u8; 20] = decode_hex(hex).ok_or(Refusal::MalformedSignature)?;
    let fits = |key: &Secret| {
        let mac = Hmac::<Sha1>::new_from_slice(key.expose()).map(|mac| mac.chain_update(body).finalize());
        // HMAC takes keys of every length, see the other one.
        mac.map_or(Choice::from(0), |tag| <[u8; 20]>::from(tag.into_bytes()).ct_eq(&expected))
    };
    Ok(keys.texts().fold(Choice::from(0), |found, key| found | fits(key)).into())
}
