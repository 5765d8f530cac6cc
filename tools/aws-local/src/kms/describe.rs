//! `DescribeKey` and `GetPublicKey`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::key::{Key, Material, State};
use super::keyring::Keyring;
use super::request::Request;
use super::{error, signing};
use crate::wire::{ACCOUNT, ServiceError, seconds};

/// What is known of a key, whatever its state.
pub(super) fn describe(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let key = keyring.find(request.key_id()?)?;
    let mut metadata = json!({
        "AWSAccountId": ACCOUNT, "KeyId": key.id, "Arn": key.arn(), "CreationDate": seconds(key.created_ms),
        "Enabled": key.state == State::Enabled, "Description": key.description, "KeyState": state(key),
        "KeyUsage": key.usage(), "KeySpec": spec(key), "CustomerMasterKeySpec": spec(key),
        "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "MultiRegion": false,
    });
    match key.material {
        Material::Symmetric(_) => metadata["EncryptionAlgorithms"] = json!(["SYMMETRIC_DEFAULT"]),
        Material::Ed25519(_) => metadata["SigningAlgorithms"] = json!([signing::ALGORITHM]),
    }
    if let State::PendingDeletion { at_ms } = key.state {
        metadata["DeletionDate"] = seconds(at_ms);
    }
    Ok(json!({ "KeyMetadata": metadata }))
}

/// The public half of a key that may be used.
pub(super) fn public_key(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let key = keyring.find(request.key_id()?)?;
    let Material::Ed25519(seed) = &key.material else { return Err(error::no_public_key(&key.arn())) };
    key.usable()?;
    Ok(json!({
        "KeyId": key.arn(), "PublicKey": BASE64_STANDARD.encode(signing::public_der(seed)),
        "KeySpec": spec(key), "CustomerMasterKeySpec": spec(key), "KeyUsage": key.usage(),
        "SigningAlgorithms": [signing::ALGORITHM],
    }))
}

const fn state(key: &Key) -> &'static str {
    match key.state {
        State::Enabled => "Enabled",
        State::Disabled => "Disabled",
        State::PendingDeletion { .. } => "PendingDeletion",
    }
}

const fn spec(key: &Key) -> &'static str {
    match key.material {
        Material::Symmetric(_) => "SYMMETRIC_DEFAULT",
        Material::Ed25519(_) => "ECC_NIST_EDWARDS25519",
    }
}
