//! `Sign` and `Verify`, with Ed25519.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use serde_json::{Value, json};

use super::error;
use super::key::{Key, Material};
use super::keyring::Keyring;
use super::request::Request;
use crate::wire::ServiceError;

pub(super) const ALGORITHM: &str = "ED25519_SHA_512";

pub(super) fn sign(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let message = request.message()?;
    let key = keyring.find(request.key_id()?)?;
    let signature = signer(key, "Sign")?.sign(message).to_bytes();
    Ok(json!({
        "KeyId": key.arn(), "Signature": BASE64_STANDARD.encode(signature), "SigningAlgorithm": ALGORITHM,
    }))
}

/// A signature that does not hold is a refusal, never an answer that says no.
pub(super) fn verify(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let (message, signature) = (request.message()?, request.signature()?);
    let key = keyring.find(request.key_id()?)?;
    let public = signer(key, "Verify")?.verifying_key();
    let holds = Signature::from_slice(signature)
        .is_ok_and(|signature| public.verify_strict(message, &signature).is_ok());
    if !holds {
        return Err(error::invalid_signature());
    }
    Ok(json!({ "KeyId": key.arn(), "SignatureValid": true, "SigningAlgorithm": ALGORITHM }))
}

/// The public half as an X.509 `SubjectPublicKeyInfo` in DER (RFC 8410): a fixed head, then the 32 bytes.
pub(super) fn public_der(seed: &[u8; 32]) -> Vec<u8> {
    const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    [&HEAD[..], &SigningKey::from_bytes(seed).verifying_key().to_bytes()].concat()
}

/// The private half of a key that signs and may be used.
fn signer(key: &Key, operation: &str) -> Result<SigningKey, ServiceError> {
    let Material::Ed25519(seed) = &key.material else {
        return Err(error::wrong_usage(&key.arn(), key.usage(), operation));
    };
    key.usable()?;
    Ok(SigningKey::from_bytes(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8032, 7.1, test 1; the encoding is what `openssl pkey -pubout -outform DER` gives for it.
    #[test]
    fn the_public_half_is_encoded_as_others_do() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let expected =
            "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(hex::encode(public_der(&seed.try_into().unwrap())), expected);
    }
}
