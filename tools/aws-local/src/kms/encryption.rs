//! `Encrypt`, `Decrypt`, `GenerateDataKey`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::key::{Key, Material};
use super::keyring::Keyring;
use super::request::Request;
use super::{cipher, error};
use crate::machine;
use crate::wire::ServiceError;

const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

pub(super) fn encrypt(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let plaintext = request.plaintext()?;
    request.check_algorithm()?;
    let key = keyring.find(request.key_id()?)?;
    let blob = sealed(key, request, plaintext, "Encrypt")?;
    Ok(json!({
        "CiphertextBlob": BASE64_STANDARD.encode(blob), "KeyId": key.arn(), "EncryptionAlgorithm": ALGORITHM,
    }))
}

/// The ciphertext names its key. A key that the request names has to be the same one.
pub(super) fn decrypt(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let ciphertext = request.ciphertext()?;
    request.check_algorithm()?;
    let asked = request.key_id.as_deref().map(|asked| keyring.find(asked)).transpose()?;
    let id = cipher::key_of(ciphertext).ok_or_else(error::invalid_ciphertext)?;
    if asked.is_some_and(|key| key.id != id) {
        return Err(error::incorrect_key());
    }
    let key = keyring.find(&id).map_err(|_| error::ciphertext_of_no_key())?;
    let material = symmetric(key, "Decrypt")?;
    let plaintext =
        cipher::open(material, &request.context, ciphertext).ok_or_else(error::invalid_ciphertext)?;
    Ok(json!({
        "Plaintext": BASE64_STANDARD.encode(plaintext), "KeyId": key.arn(), "EncryptionAlgorithm": ALGORITHM,
    }))
}

pub(super) fn generate_data_key(keyring: &Keyring, request: &Request) -> Result<Value, ServiceError> {
    let length = request.data_key_length()?;
    let key = keyring.find(request.key_id()?)?;
    let mut plaintext = machine::random::<1_024>().map_err(|_| error::internal())?.to_vec();
    plaintext.truncate(length);
    let blob = sealed(key, request, &plaintext, "GenerateDataKey")?;
    Ok(json!({
        "Plaintext": BASE64_STANDARD.encode(plaintext), "CiphertextBlob": BASE64_STANDARD.encode(blob),
        "KeyId": key.arn(),
    }))
}

fn sealed(key: &Key, request: &Request, plaintext: &[u8], operation: &str) -> Result<Vec<u8>, ServiceError> {
    let material = symmetric(key, operation)?;
    let nonce = machine::random().map_err(|_| error::internal())?;
    cipher::seal(material, &key.id, nonce, &request.context, plaintext).ok_or_else(error::internal)
}

/// The material of a key that encrypts and may be used.
fn symmetric<'a>(key: &'a Key, operation: &str) -> Result<&'a [u8; 32], ServiceError> {
    let Material::Symmetric(material) = &key.material else {
        return Err(error::wrong_usage(&key.arn(), key.usage(), operation));
    };
    key.usable()?;
    Ok(material)
}
