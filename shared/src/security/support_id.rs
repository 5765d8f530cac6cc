//! Rule: what a user may quote to an operator is neither an id nor a guess (SPEC P8, T22).
//! Threat: a support id that is the interaction's id, or from which it can be computed.
//! Refusal: 40 bits of HMAC over the interaction's id with the log key; without the key it is `00000000`.

use core::fmt;
use core::str::FromStr;

use serde::{Serialize, Serializer};

use super::pseudonym::Pseudonyms;
use crate::ids::InteractionId;

/// Crockford's alphabet: no I, L, O or U, so that it can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 8 characters of Crockford base 32, the same for an interaction wherever it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupportId([u8; 8]);

impl SupportId {
    /// Of this interaction, under the log key.
    pub fn derive(pseudonyms: &Pseudonyms, interaction: InteractionId) -> Self {
        let bytes: [u8; 5] = pseudonyms.support_bytes(interaction).unwrap_or_default();
        let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut out = [0; 8];
        for (index, slot) in out.iter_mut().enumerate() {
            let five = (bits >> (35 - 5 * index)) & 31;
            *slot = ALPHABET[usize::try_from(five).unwrap_or_default()];
        }
        Self(out)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for SupportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for SupportId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that is not a support id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a support id")]
pub struct NotASupportId;

impl FromStr for SupportId {
    type Err = NotASupportId;

    fn from_str(text: &str) -> Result<Self, NotASupportId> {
        let bytes: [u8; 8] = text.as_bytes().try_into().map_err(|_| NotASupportId)?;
        if bytes.iter().all(|byte| ALPHABET.contains(byte)) { Ok(Self(bytes)) } else { Err(NotASupportId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::secret::Secret;

    fn keyed(byte: u8) -> Pseudonyms {
        Pseudonyms::new("k1".parse().unwrap(), &Secret::new([byte; 32])).unwrap()
    }

    #[test]
    fn it_is_eight_readable_characters_and_stays_the_same() {
        let id = SupportId::derive(&keyed(1), InteractionId::new(42));
        assert_eq!(id, SupportId::derive(&keyed(1), InteractionId::new(42)));
        assert_eq!(id.to_string().len(), 8);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    }

    #[test]
    fn another_interaction_or_key_gives_another_id() {
        let id = SupportId::derive(&keyed(1), InteractionId::new(42));
        assert_ne!(id, SupportId::derive(&keyed(1), InteractionId::new(43)));
        assert_ne!(id, SupportId::derive(&keyed(2), InteractionId::new(42)));
    }

    #[test]
    fn without_a_key_it_is_zeros() {
        let id = SupportId::derive(&Pseudonyms::unavailable(), InteractionId::new(42));
        assert_eq!(id.as_str(), "00000000");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0000000", "000000000", "0000000I", "0000000u", "ÄÄÄÄ"] {
            assert_eq!(text.parse::<SupportId>(), Err(NotASupportId), "{text}");
        }
    }
}
