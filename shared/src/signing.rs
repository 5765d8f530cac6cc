//! Signing with a key that never leaves KMS: Ed25519, the text as it is (`ED25519_SHA_512`, `RAW`). What comes back is a
//! signed note; its public half is a [`KeyDocument`], so that anybody can check it without us.

use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use tokio::sync::OnceCell;

use crate::aws_code::code;
pub use crate::security::key_document::KeyDocument;
use crate::security::signed_note::{BadNote, KeyName, NoteKey, SignedNote};

/// What an Ed25519 key begins with as a `SubjectPublicKeyInfo` in DER (RFC 8410); 32 bytes follow.
const DER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A key of ours in KMS.
#[derive(Debug)]
pub struct Signer {
    client: Client,
    key_id: String,
    name: KeyName,
    public: OnceCell<NoteKey>,
}

/// Nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// KMS failed, refused or took too long.
    #[error("the key cannot be used: {code}")]
    Unavailable {
        /// The service's error code, or `timeout`, `dispatch`, `response`.
        code: String,
    },
    /// The key is of another kind than Ed25519.
    #[error("the key is no Ed25519 key")]
    OtherKind,
    /// The text is no note's, or what came back is no signature of it.
    #[error(transparent)]
    Note(#[from] BadNote),
}

impl SigningError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable { code } => code,
            Self::OtherKind => "other_kind",
            Self::Note(BadNote::BadSignature) => "bad_signature",
            Self::Note(_) => "malformed",
        }
    }
}

impl Signer {
    /// With the key of this id, ARN or alias, under this name. Nothing is asked yet.
    pub fn new(sdk: &SdkConfig, key_id: &str, name: KeyName) -> Self {
        Self { client: Client::new(sdk), key_id: key_id.to_owned(), name, public: OnceCell::new() }
    }

    /// The public half. It is asked for once: a key has the same one for its life.
    pub async fn key(&self) -> Result<&NoteKey, SigningError> {
        self.public.get_or_try_init(|| self.fetch()).await
    }

    /// The text, signed. The signature is checked before anybody sees it.
    pub async fn sign(&self, text: String) -> Result<SignedNote, SigningError> {
        let key = self.key().await?;
        let sent = self
            .client
            .sign()
            .key_id(&self.key_id)
            .message(Blob::new(text.as_bytes()))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512)
            .send()
            .await;
        let output = sent.map_err(|error| SigningError::Unavailable { code: code(&error) })?;
        let signature = output.signature.map(Blob::into_inner).unwrap_or_default();
        Ok(SignedNote::new(text, key, &signature)?)
    }

    async fn fetch(&self) -> Result<NoteKey, SigningError> {
        let sent = self.client.get_public_key().key_id(&self.key_id).send().await;
        let output = sent.map_err(|error| SigningError::Unavailable { code: code(&error) })?;
        let der = output.public_key.map(Blob::into_inner).unwrap_or_default();
        let public = der.strip_prefix(&DER).and_then(|bytes| bytes.try_into().ok());
        let public: &[u8; 32] = public.ok_or(SigningError::OtherKind)?;
        NoteKey::new(self.name.clone(), public).map_err(|_| SigningError::OtherKind)
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};

    use super::*;

    fn signer(aws: &Aws, key: &str) -> Signer {
        Signer::new(aws.sdk_config(), key, "bot.example.org/audit".parse().unwrap())
    }

    #[tokio::test]
    async fn what_is_signed_is_believed_under_the_published_key() {
        let aws = Aws::start().await;
        let signer = signer(&aws, "alias/timmybot-audit");
        let note = signer.sign("one\ntwo\n".to_owned()).await.unwrap();
        let document = serde_json::to_string(&KeyDocument::new([signer.key().await.unwrap()])).unwrap();
        let keys = KeyDocument::parse(&document).unwrap();
        let read: SignedNote = note.to_string().parse().unwrap();
        assert_eq!(read.verify(&keys).unwrap(), [&keys[0]]);
        assert_eq!(keys[0].name().as_str(), "bot.example.org/audit");
    }

    #[tokio::test]
    async fn the_public_half_is_asked_for_once_and_again_after_a_failure() {
        let aws = Aws::start().await;
        let signer = signer(&aws, "alias/timmybot-audit");
        aws.fault_next("GetPublicKey", Fault::Status500, 1);
        let failed = signer.sign("one\n".to_owned()).await.unwrap_err();
        assert_eq!(failed.code(), "KMSInternalException");
        aws.record_calls();
        for _ in 0..2 {
            signer.sign("one\n".to_owned()).await.unwrap();
        }
        let operations: Vec<String> = aws.take_calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(operations, ["GetPublicKey", "Sign", "Sign"]);
    }

    #[tokio::test]
    async fn another_kind_of_key_and_a_failing_service_sign_nothing() {
        let aws = Aws::start().await;
        let other = signer(&aws, "alias/timmybot-data").sign("one\n".to_owned()).await.unwrap_err();
        assert_eq!(other.code(), "UnsupportedOperationException");
        let none = signer(&aws, "alias/none").sign("one\n".to_owned()).await.unwrap_err();
        assert_eq!(none.code(), "NotFoundException");
        let signer = signer(&aws, "alias/timmybot-audit");
        let bad = signer.sign("no line".to_owned()).await.unwrap_err();
        assert_eq!(bad, SigningError::Note(BadNote::Form));
        aws.fault_next("Sign", Fault::Throttle, 1);
        let throttled = signer.sign("one\n".to_owned()).await.unwrap_err();
        assert_eq!(throttled.code(), "ThrottlingException");
    }
}
