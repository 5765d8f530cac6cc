//! An application's key: what Discord signs interactions with.

use ed25519_dalek::{Signer as _, SigningKey};

/// An Ed25519 key.
#[derive(Clone, Debug)]
pub struct Key(SigningKey);

impl Key {
    /// From its 32 bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// Its public half, as the developer portal shows it: 64 hex digits.
    pub fn public_hex(&self) -> String {
        hex::encode(self.0.verifying_key().to_bytes())
    }

    /// The signature of a body at a time in seconds, as `X-Signature-Ed25519` has it.
    pub fn sign(&self, at: &str, body: &[u8]) -> String {
        hex::encode(self.0.sign(&[at.as_bytes(), body].concat()).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signature;

    use super::*;

    #[test]
    fn a_signature_holds_for_its_time_and_body_alone() {
        let key = Key::from_seed([7; 32]);
        let bytes: [u8; 64] = hex::decode(key.sign("1767355200", b"{}")).unwrap().try_into().unwrap();
        let holds = |message: &[u8]| {
            key.0.verifying_key().verify_strict(message, &Signature::from_bytes(&bytes)).is_ok()
        };
        assert!(holds(b"1767355200{}"));
        assert!(!holds(b"1767355201{}"));
        assert_eq!(key.public_hex().len(), 64);
    }
}
