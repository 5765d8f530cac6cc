//! Rule: whoever gets a webhook of ours can check by Standard Webhooks that it is ours
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
//! Threat: somebody who found the receiver's address invents incidents, or says that one is over.
//! Refusal: a key that is not `whsec_` and the base64 of 24 to 64 bytes signs nothing.

use data_encoding::BASE64;

use super::mac::tag;
use crate::clock::{NoEntropy, Rng};
use crate::security::secret::Secret;

/// What the text of a key begins with.
const PREFIX: &str = "whsec_";
/// The lengths that the specification asks for, in bytes.
const LENGTHS: core::ops::RangeInclusive<usize> = 24..=64;

/// A key that signs our webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey(Secret);

/// Not a key. Says nothing of what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing key is whsec_ and the base64 of 24 to 64 bytes")]
pub struct BadSigningKey;

impl SigningKey {
    /// Reads the text that both sides hold.
    pub fn parse(text: &Secret) -> Result<Self, BadSigningKey> {
        let encoded = text.expose().trim_ascii().strip_prefix(PREFIX.as_bytes()).ok_or(BadSigningKey)?;
        let key = BASE64.decode(encoded).map(Secret::new).map_err(|_| BadSigningKey)?;
        if LENGTHS.contains(&key.expose().len()) { Ok(Self(key)) } else { Err(BadSigningKey) }
    }

    /// A new one.
    pub fn new(rng: Rng) -> Result<Self, NoEntropy> {
        rng.bytes::<32>().map(|bytes| Self(Secret::new(bytes)))
    }

    /// The text that the other side is given.
    pub fn to_text(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}", BASE64.encode(self.0.expose())))
    }

    /// The value of `webhook-signature` for a message of this id, sent at this second.
    pub fn sign(&self, id: &str, at_s: i64, body: &[u8]) -> String {
        let at = at_s.to_string();
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", at.as_bytes(), b".", body];
        format!("v1,{}", BASE64.encode(&tag(&self.0, &parts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_signs_as_the_specification_does() {
        let key = SigningKey::parse(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signed = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_new_one_is_long_enough_and_reads_back() {
        let key = SigningKey::new(Rng::fixed(7)).unwrap();
        assert_eq!(SigningKey::parse(&key.to_text()), Ok(key.clone()));
        assert_ne!(SigningKey::new(Rng::fixed(8)).unwrap(), key);
        assert!(!format!("{key:?}").contains("whsec_"));
    }

    #[test]
    fn what_is_too_short_too_long_or_no_base64_is_none() {
        let of = |bytes: usize| format!("whsec_{}", BASE64.encode(&vec![7; bytes]));
        for (bytes, good) in [(0, false), (23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(SigningKey::parse(&Secret::new(of(bytes))).is_ok(), good, "{bytes}");
        }
        for text in ["", "whsec_", "whsec_not base64", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsek_AAAA"] {
            assert_eq!(SigningKey::parse(&Secret::new(text)), Err(BadSigningKey), "{text}");
        }
    }
}
