//! Rule: a button does only what we signed for this tenant, and nothing else (SPEC P2, W17).
//! Threat: a forged or altered custom id, or one that was copied from another guild's message.
//! Refusal: every one of these is the same [`BadCustomId`]; the text is read only after its MAC was checked.
//!
//! `t1.<kid>.<action>[.<argument>].<mac>`, at most 100 characters (Discord's limit). The MAC is HMAC-SHA256 over
//! (purpose, kid, tenant, action), cut to 16 bytes: 2^128 guesses, each of which costs a request.

mod action;
mod deed;
mod erasure;
mod filter;
#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

pub use action::{Action, Handle, Loop};
pub use deed::{INCIDENTS_TENANT, IncidentDeed};
pub use erasure::ErasureAsked;
pub use filter::{AuditFilter, AuditPage, GuildsPage};

use super::{key_set::KeySet, secret::Secret};

/// Discord's limit on a custom id, in characters.
pub const MAX_LENGTH: usize = 100;
/// Names what is signed, so that a MAC made for another purpose with the same key is worth nothing here.
const PURPOSE: &[u8] = b"timmybot custom-id t1";
const VERSION: &str = "t1";
const MAC_BYTES: usize = 16;
const MIN_KEY_BYTES: usize = 32;
const MAX_KID: usize = 16;

/// A custom id that is not ours, not for this tenant, or altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the custom id is not one of ours for this tenant")]
pub struct BadCustomId;

/// The keys cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// There is no key.
    #[error("there is no custom-id key")]
    None,
    /// A key id is not 1 to 16 of `a`–`z`, `0`–`9`.
    #[error("a custom-id key has a bad key id")]
    Kid,
    /// A key is shorter than 32 bytes.
    #[error("a custom-id key is too short")]
    Short,
}

/// Signs with the first key and accepts any, so that keys can rotate.
#[derive(Debug)]
pub struct CustomIds {
    keys: Vec<(String, Secret)>,
}

impl CustomIds {
    /// Takes (key id, key) pairs, the current one first.
    pub fn new(keys: Vec<(String, Secret)>) -> Result<Self, BadKeys> {
        if keys.is_empty() {
            return Err(BadKeys::None);
        }
        if !keys.iter().all(|(kid, _)| is_kid(kid)) {
            return Err(BadKeys::Kid);
        }
        if keys.iter().any(|(_, key)| key.expose().len() < MIN_KEY_BYTES) {
            return Err(BadKeys::Short);
        }
        Ok(Self { keys })
    }

    /// Takes the keys as the secret holds them.
    pub fn from_key_set(keys: &KeySet) -> Result<Self, BadKeys> {
        Self::new(keys.iter().map(|(kid, key)| (kid.as_str().to_owned(), key.clone())).collect())
    }

    /// The custom id of `action` for `tenant` (the text of `discord::envelope::Tenant`).
    pub fn sign(&self, action: &Action, tenant: &str) -> String {
        let action = action.to_string();
        // `new` refuses an empty list; without a key the id is one that nobody accepts.
        let Some((kid, key)) = self.keys.first() else { return String::new() };
        let mac = mac(key, kid, tenant, &action);
        format!("{VERSION}.{kid}.{action}.{mac}")
    }

    /// Checks the MAC for `tenant`, then reads the action.
    pub fn parse(&self, text: &str, tenant: &str) -> Result<Action, BadCustomId> {
        if text.len() > MAX_LENGTH {
            return Err(BadCustomId);
        }
        let rest = text.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')).ok_or(BadCustomId)?;
        let (kid, rest) = rest.split_once('.').ok_or(BadCustomId)?;
        let (action, given) = rest.rsplit_once('.').ok_or(BadCustomId)?;
        let (kid, key) = self.keys.iter().find(|(known, _)| known == kid).ok_or(BadCustomId)?;
        let expected = mac(key, kid, tenant, action);
        // Texts are compared, not decoded bytes: base64's unused bits cannot make a second valid id.
        if !bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
            return Err(BadCustomId);
        }
        action.parse()
    }
}

fn is_kid(kid: &str) -> bool {
    (1..=MAX_KID).contains(&kid.len()) && kid.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// 22 characters of base64url.
fn mac(key: &Secret, kid: &str, tenant: &str, action: &str) -> String {
    // HMAC takes keys of any length; the fallback is unreachable and can never equal a given MAC of 22 characters.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return "-".to_owned() };
    for part in [PURPOSE, kid.as_bytes(), tenant.as_bytes(), action.as_bytes()] {
        // The length goes first: ("1", "2skip") and ("12", "skip") must not be the same bytes.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..MAC_BYTES])
}
