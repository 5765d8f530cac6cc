//! One key: its material and its state, as a state machine. Time is an argument.

use serde::{Deserialize, Serialize};

use super::error;
use crate::template::{CryptoKeyPlan, CryptoKeySpec};
use crate::wire::{ACCOUNT, REGION, ServiceError};

/// A key. Times are milliseconds since the epoch.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) logical_id: String,
    pub(super) description: String,
    pub(super) created_ms: u64,
    pub(super) state: State,
    pub(super) material: Material,
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    Enabled,
    Disabled,
    /// It is gone from then on.
    PendingDeletion {
        at_ms: u64,
    },
}

/// The secret part.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Material {
    /// A key of AES-256.
    Symmetric([u8; 32]),
    /// A seed of Ed25519.
    Ed25519([u8; 32]),
}

impl Key {
    /// A new key as the template wants it, made of 32 random bytes.
    pub(super) fn new(plan: &CryptoKeyPlan, random: [u8; 32], now_ms: u64) -> Self {
        Self {
            id: plan.id.clone(),
            logical_id: plan.logical_id.clone(),
            description: plan.description.clone(),
            created_ms: now_ms,
            state: if plan.enabled { State::Enabled } else { State::Disabled },
            material: match plan.spec {
                CryptoKeySpec::Symmetric => Material::Symmetric(random),
                CryptoKeySpec::Ed25519 => Material::Ed25519(random),
            },
        }
    }

    pub(super) fn arn(&self) -> String {
        arn(&self.id)
    }

    pub(super) const fn spec(&self) -> CryptoKeySpec {
        match self.material {
            Material::Symmetric(_) => CryptoKeySpec::Symmetric,
            Material::Ed25519(_) => CryptoKeySpec::Ed25519,
        }
    }

    /// `KeyUsage`.
    pub(super) const fn usage(&self) -> &'static str {
        match self.material {
            Material::Symmetric(_) => "ENCRYPT_DECRYPT",
            Material::Ed25519(_) => "SIGN_VERIFY",
        }
    }

    /// Whether the key may be used for what it is for.
    pub(super) fn usable(&self) -> Result<(), ServiceError> {
        match self.state {
            State::Enabled => Ok(()),
            State::Disabled => Err(error::disabled(&self.arn())),
            State::PendingDeletion { .. } => Err(error::pending_deletion(&self.arn())),
        }
    }

    /// Enables or disables the key; once more is no error.
    pub(super) fn set_enabled(&mut self, enabled: bool) -> Result<(), ServiceError> {
        if let State::PendingDeletion { .. } = self.state {
            return Err(error::pending_deletion(&self.arn()));
        }
        self.state = if enabled { State::Enabled } else { State::Disabled };
        Ok(())
    }

    /// The key is gone from `at_ms` on, and of no use until then.
    pub(super) fn schedule_deletion(&mut self, at_ms: u64) -> Result<(), ServiceError> {
        if let State::PendingDeletion { .. } = self.state {
            return Err(error::pending_deletion(&self.arn()));
        }
        self.state = State::PendingDeletion { at_ms };
        Ok(())
    }

    /// A key that is saved is disabled, whatever it was before.
    pub(super) fn cancel_deletion(&mut self) -> Result<(), ServiceError> {
        let State::PendingDeletion { .. } = self.state else {
            return Err(error::not_pending_deletion(&self.arn()));
        };
        self.state = State::Disabled;
        Ok(())
    }

    /// Whether the key's time is over.
    pub(super) const fn is_gone(&self, now_ms: u64) -> bool {
        matches!(self.state, State::PendingDeletion { at_ms } if at_ms <= now_ms)
    }
}

/// Never with the material.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("logical_id", &self.logical_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The ARN of the key with this id.
pub(super) fn arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        let plan = CryptoKeyPlan {
            id: "id".into(),
            logical_id: "K".into(),
            spec: CryptoKeySpec::Symmetric,
            description: String::new(),
            enabled: true,
        };
        Key::new(&plan, [7; 32], 1)
    }

    fn code(result: Result<(), ServiceError>) -> &'static str {
        result.unwrap_err().code
    }

    #[test]
    fn a_key_is_switched_off_and_on() {
        let mut key = key();
        for enabled in [false, false, true, true] {
            key.set_enabled(enabled).unwrap();
            assert_eq!(key.usable().is_ok(), enabled);
        }
        key.set_enabled(false).unwrap();
        assert_eq!(code(key.usable()), "DisabledException");
    }

    #[test]
    fn a_key_that_is_to_be_deleted_is_of_no_use_until_it_is_saved_and_enabled() {
        let mut key = key();
        assert_eq!(code(key.cancel_deletion()), "KMSInvalidStateException");
        key.schedule_deletion(100).unwrap();
        assert_eq!((key.is_gone(99), key.is_gone(100)), (false, true));
        for refused in [key.usable(), key.set_enabled(true), key.set_enabled(false), key.schedule_deletion(9)]
        {
            assert_eq!(code(refused), "KMSInvalidStateException");
        }
        key.cancel_deletion().unwrap();
        assert_eq!((key.state, key.is_gone(100)), (State::Disabled, false));
    }

    #[test]
    fn a_key_is_written_and_read_and_never_shown() {
        let text = serde_json::to_string(&key()).unwrap();
        let read: Key = serde_json::from_str(&text).unwrap();
        assert!(read.material == key().material && read.state == State::Enabled);
        let shown = format!("{:?}", key());
        assert_eq!(shown, "Key { logical_id: \"K\", state: Enabled, .. }");
    }
}
