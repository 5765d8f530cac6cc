//! Signs events the way Discord does: Ed25519 over timestamp ‖ body, both in headers as lower-case hex and decimal.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

/// The seed of the committed test key. It is no secret: never put its public half into a real application.
const COMMITTED_SEED: &[u8; 32] = b"timmybot-test-key-not-a-secret!!";

/// 2026-01-02T12:00:00Z, when the committed events are signed.
pub const COMMITTED_AT: i64 = 1_767_355_200;

/// Plays Discord's half of the signature.
#[derive(Clone, Debug)]
pub struct DiscordKey(SigningKey);

impl DiscordKey {
    /// The key that signed everything in `events/`.
    pub fn committed() -> Self {
        Self::from_seed(*COMMITTED_SEED)
    }

    /// A key of the caller's own; the local stack makes one for each data folder.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// What `DISCORD_PUBLIC_KEYS` takes: 64 hex digits.
    pub fn public_hex(&self) -> String {
        hex::encode(self.0.verifying_key().to_bytes())
    }

    /// The signature of a body at a time, as the header has it.
    pub fn sign(&self, epoch_seconds: i64, body: &[u8]) -> String {
        let message = [epoch_seconds.to_string().as_bytes(), body].concat();
        hex::encode(self.0.sign(&message).to_bytes())
    }

    /// Signs a payload format 2.0 event in place, for its own body.
    pub fn sign_event(&self, event: &mut Value, epoch_seconds: i64) {
        let body = event["body"].as_str().unwrap_or_default().to_owned();
        event["headers"]["x-signature-timestamp"] = epoch_seconds.to_string().into();
        event["headers"]["x-signature-ed25519"] = self.sign(epoch_seconds, body.as_bytes()).into();
        event["requestContext"]["timeEpoch"] = (epoch_seconds * 1000).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_key_stays_what_it_is() {
        let public = "0995bf5a3edfd65f01d3116f74c9fc4a23bb0151165f2ad28b02d734f03344f2";
        assert_eq!(
            DiscordKey::committed().public_hex(),
            public,
            "the events in the folder are signed with it"
        );
        assert!(COMMITTED_SEED.ends_with(b"test-key-not-a-secret!!"), "it says what it is");
    }

    #[test]
    fn an_event_is_signed_for_its_body_and_time() {
        let key = DiscordKey::committed();
        let mut event = serde_json::json!({"body": "{}", "headers": {}, "requestContext": {}});
        key.sign_event(&mut event, COMMITTED_AT);
        assert_eq!(event["headers"]["x-signature-timestamp"], "1767355200");
        assert_eq!(event["headers"]["x-signature-ed25519"], key.sign(COMMITTED_AT, b"{}"));
        assert_ne!(key.sign(COMMITTED_AT, b"{}"), key.sign(COMMITTED_AT + 1, b"{}"));
    }
}
