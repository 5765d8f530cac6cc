//! Requests, parsed and bounded as the service does.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer, de};

use super::error;
use crate::wire::ServiceError;

/// A symmetric key encrypts at most 4,096 bytes; a message to sign has at most as many.
pub(super) const MAX_PLAINTEXT: usize = 4_096;
/// A ciphertext or a signature has at most 6,144 bytes.
const MAX_CIPHERTEXT: usize = 6_144;
/// A data key has at most 1,024 bytes.
const MAX_DATA_KEY: i64 = 1_024;

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Request {
    pub(super) key_id: Option<String>,
    #[serde(deserialize_with = "bytes")]
    plaintext: Option<Vec<u8>>,
    #[serde(rename = "CiphertextBlob", deserialize_with = "bytes")]
    pub(super) ciphertext: Option<Vec<u8>>,
    #[serde(rename = "EncryptionContext")]
    pub(super) context: BTreeMap<String, String>,
    #[serde(rename = "EncryptionAlgorithm")]
    encryption_algorithm: Option<String>,
    key_spec: Option<String>,
    number_of_bytes: Option<i64>,
    #[serde(deserialize_with = "bytes")]
    message: Option<Vec<u8>>,
    message_type: Option<String>,
    signing_algorithm: Option<String>,
    #[serde(deserialize_with = "bytes")]
    signature: Option<Vec<u8>>,
    pending_window_in_days: Option<i64>,
}

impl Request {
    pub(super) fn key_id(&self) -> Result<&str, ServiceError> {
        self.key_id.as_deref().ok_or_else(|| error::missing("keyId"))
    }

    pub(super) fn plaintext(&self) -> Result<&[u8], ServiceError> {
        bounded("plaintext", self.plaintext.as_deref(), 1, MAX_PLAINTEXT)
    }

    pub(super) fn ciphertext(&self) -> Result<&[u8], ServiceError> {
        bounded("ciphertextBlob", self.ciphertext.as_deref(), 1, MAX_CIPHERTEXT)
    }

    /// A message to sign as it is, by the one algorithm there is.
    pub(super) fn message(&self) -> Result<&[u8], ServiceError> {
        let algorithm =
            self.signing_algorithm.as_deref().ok_or_else(|| error::missing("signingAlgorithm"))?;
        if algorithm != "ED25519_SHA_512" {
            return Err(error::validation(format!("The signing algorithm {algorithm} is not emulated.")));
        }
        if self.message_type.as_deref().is_some_and(|kind| kind != "RAW") {
            return Err(error::validation("ED25519_SHA_512 takes messages of the type RAW only."));
        }
        bounded("message", self.message.as_deref(), 0, MAX_PLAINTEXT)
    }

    pub(super) fn signature(&self) -> Result<&[u8], ServiceError> {
        bounded("signature", self.signature.as_deref(), 1, MAX_CIPHERTEXT)
    }

    /// Symmetric keys know one algorithm.
    pub(super) fn check_algorithm(&self) -> Result<(), ServiceError> {
        match self.encryption_algorithm.as_deref() {
            None | Some("SYMMETRIC_DEFAULT") => Ok(()),
            Some(other) => Err(error::validation(format!("The algorithm {other} is not emulated."))),
        }
    }

    /// How long a data key is to be, in bytes: said in one of two ways.
    pub(super) fn data_key_length(&self) -> Result<usize, ServiceError> {
        match (self.key_spec.as_deref(), self.number_of_bytes) {
            (Some("AES_256"), None) => Ok(32),
            (Some("AES_128"), None) => Ok(16),
            (None, Some(length @ 1..=MAX_DATA_KEY)) => {
                usize::try_from(length).map_err(|_| error::missing("numberOfBytes"))
            }
            (None, Some(_)) => Err(error::out_of_bounds(
                "numberOfBytes",
                "Member must have value between 1 and 1024, inclusive",
            )),
            (Some(_), None) => {
                Err(error::out_of_bounds("keySpec", "Member must satisfy enum value set: [AES_256, AES_128]"))
            }
            _ => Err(error::validation("Please specify either number of bytes or key spec.")),
        }
    }

    /// How long a key that is to be deleted can still be saved, in days.
    pub(super) fn window_days(&self) -> Result<u64, ServiceError> {
        let days = self.pending_window_in_days.unwrap_or(30);
        match u64::try_from(days) {
            Ok(days @ 7..=30) => Ok(days),
            _ => Err(error::validation("The pending window must be between 7 and 30 days, inclusive.")),
        }
    }
}

fn bounded<'a>(
    field: &str,
    value: Option<&'a [u8]>,
    least: usize,
    most: usize,
) -> Result<&'a [u8], ServiceError> {
    let value = value.ok_or_else(|| error::missing(field))?;
    if value.len() < least {
        let constraint = format!("Member must have length greater than or equal to {least}");
        return Err(error::out_of_bounds(field, &constraint));
    }
    if value.len() > most {
        let constraint = format!("Member must have length less than or equal to {most}");
        return Err(error::out_of_bounds(field, &constraint));
    }
    Ok(value)
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| BASE64_STANDARD.decode(text).map_err(de::Error::custom)).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(body: &Value) -> Request {
        serde_json::from_value(body.clone()).unwrap()
    }

    fn base64(length: usize) -> String {
        BASE64_STANDARD.encode(vec![7; length])
    }

    #[test]
    fn limits_are_those_of_the_service() {
        let plaintext = |length| request(&json!({ "Plaintext": base64(length) })).plaintext().is_ok();
        assert_eq!([0, 1, 4_096, 4_097].map(plaintext), [false, true, true, false]);
        let ciphertext = |length| request(&json!({ "CiphertextBlob": base64(length) })).ciphertext().is_ok();
        assert_eq!([0, 1, 6_144, 6_145].map(ciphertext), [false, true, true, false]);
        let signature = |length| request(&json!({ "Signature": base64(length) })).signature().is_ok();
        assert_eq!([0, 1, 6_144, 6_145].map(signature), [false, true, true, false]);
        let message = |length| {
            let body = json!({ "Message": base64(length), "SigningAlgorithm": "ED25519_SHA_512" });
            request(&body).message().is_ok()
        };
        assert_eq!([0, 4_096, 4_097].map(message), [true, true, false]);
        let window = |days: i64| request(&json!({ "PendingWindowInDays": days })).window_days().is_ok();
        assert_eq!([-1, 6, 7, 30, 31].map(window), [false, false, true, true, false]);
        assert_eq!(request(&json!({})).window_days(), Ok(30));
    }

    #[test]
    fn what_is_missing_is_said() {
        let empty = Request::default();
        for refused in [
            empty.key_id().map(|_| ()),
            empty.plaintext().map(|_| ()),
            empty.ciphertext().map(|_| ()),
            empty.message().map(|_| ()),
            empty.signature().map(|_| ()),
            empty.data_key_length().map(|_| ()),
        ] {
            assert_eq!(refused.unwrap_err().code, "ValidationException");
        }
        assert!(serde_json::from_value::<Request>(json!({ "Plaintext": "not base64" })).is_err());
    }

    #[test]
    fn messages_are_signed_as_they_are() {
        let message = |kind: &str, algorithm: &str| {
            request(&json!({ "Message": "AAAA", "MessageType": kind, "SigningAlgorithm": algorithm }))
                .message()
                .is_ok()
        };
        assert!(message("RAW", "ED25519_SHA_512"));
        assert!(!message("DIGEST", "ED25519_SHA_512"));
        assert!(!message("DIGEST", "ED25519_PH_SHA_512"));
        assert!(!message("RAW", "ECDSA_SHA_256"));
    }

    #[test]
    fn the_length_of_a_data_key_is_said_in_one_way() {
        let length = |body: Value| request(&body).data_key_length().ok();
        assert_eq!(length(json!({ "KeySpec": "AES_256" })), Some(32));
        assert_eq!(length(json!({ "KeySpec": "AES_128" })), Some(16));
        assert_eq!(length(json!({ "NumberOfBytes": 1024 })), Some(1024));
        for bad in [
            json!({ "KeySpec": "AES_256", "NumberOfBytes": 32 }),
            json!({ "KeySpec": "AES_512" }),
            json!({ "NumberOfBytes": 0 }),
            json!({ "NumberOfBytes": 1025 }),
        ] {
            assert_eq!(length(bad.clone()), None, "{bad}");
        }
    }
}
