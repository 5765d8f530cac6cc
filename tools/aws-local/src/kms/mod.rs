//! KMS: symmetric keys that encrypt, Ed25519 keys that sign, speaking the JSON protocol.
//!
//! Emulated: `DescribeKey`, `Encrypt`, `Decrypt`, `GenerateDataKey`, `EnableKey`, `DisableKey`, `GetPublicKey`, `Sign`,
//! `Verify`, `ScheduleKeyDeletion`, `CancelKeyDeletion`. The ciphers are real. Of the service's signing algorithms there is
//! `ED25519_SHA_512` alone. Keys come from the template and from nowhere else; their ids are made from their logical ids.
//! Key policies and grants are not checked; keys are not rotated; a key that was deleted comes back with other material
//! when the stack starts anew.

mod cipher;
mod describe;
mod encryption;
mod error;
mod key;
mod keyring;
mod request;
mod signing;
mod states;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http;
use serde_json::Value;

use crate::calls::Recorder;
use crate::fault::{Faults, Words};
use crate::machine;
use crate::template::{AliasPlan, CryptoKeyPlan};
use crate::wire::{self, ServiceError, answer};
use keyring::Keyring;
use request::Request;

/// More than a ciphertext of the greatest size with its context takes.
const MAX_REQUEST: usize = 65_536;

/// Of faults.
const WORDS: Words<ServiceError> =
    Words { broken: error::internal, throttled: error::throttled, denied: || ServiceError::denied("kms") };

/// Why the keys could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file of an earlier run cannot be read, or written anew.
    #[error("the keys' file cannot be used")]
    File(#[from] std::io::Error),
    /// There is no randomness to make a key of.
    #[error("cannot make a key: the operating system gave no random bytes")]
    Entropy,
    /// A key on disk is of another kind than the template says now.
    #[error(
        "the key {logical_id} on disk is of another kind than in the template; remove the data folder to start afresh"
    )]
    Drift {
        /// The key's logical id.
        logical_id: String,
    },
}

/// The keys of a stack.
#[derive(Debug)]
pub(crate) struct Kms {
    keyring: Mutex<Keyring>,
    faults: Faults,
}

impl Kms {
    /// Reads the keys of an earlier run and makes those of the template that are missing.
    pub(crate) fn open(
        file: Option<PathBuf>,
        keys: &[CryptoKeyPlan],
        aliases: &[AliasPlan],
    ) -> Result<Self, KeysError> {
        let mut keyring = Keyring::open(file, aliases)?;
        keyring.ensure(keys, machine::now_ms())?;
        Ok(Self { keyring: Mutex::new(keyring), faults: Faults::default() })
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Whether another service may encrypt and decrypt with the key of this id, ARN or alias. A key that is not of the
    /// template is somebody else's, and always may: nobody here can say what state it is in.
    pub(crate) fn allows(&self, key: &str) -> bool {
        let keyring = self.lock();
        keyring.find(key).ok().is_none_or(|key| key.usable().is_ok())
    }

    /// Answers one call.
    pub(crate) async fn call(
        &self,
        operation: &str,
        request: http::Request<Body>,
        calls: &Recorder,
        trace: Option<&str>,
    ) -> http::Response<Body> {
        let body = request.into_body();
        let request: Result<Request, _> = wire::request(body, MAX_REQUEST, error::too_long).await;
        calls.used_key(operation, request.as_ref().ok().and_then(|one| self.named(one)).as_deref(), trace);
        let act = || self.dispatch(operation, &request?);
        let fault = self.faults.take(operation);
        let result = fault.around(act, &WORDS).await;
        answer("com.amazonaws.kms", "1.1", result)
    }

    fn dispatch(&self, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        let mut keyring = self.lock();
        let now_ms = machine::now_ms();
        keyring.forget_deleted(now_ms);
        match operation {
            "DescribeKey" => describe::describe(&keyring, request),
            "GetPublicKey" => describe::public_key(&keyring, request),
            "Encrypt" => encryption::encrypt(&keyring, request),
            "Decrypt" => encryption::decrypt(&keyring, request),
            "GenerateDataKey" => encryption::generate_data_key(&keyring, request),
            "Sign" => signing::sign(&keyring, request),
            "Verify" => signing::verify(&keyring, request),
            "EnableKey" => states::set_enabled(&mut keyring, request, true),
            "DisableKey" => states::set_enabled(&mut keyring, request, false),
            "ScheduleKeyDeletion" => states::schedule_deletion(&mut keyring, request, now_ms),
            "CancelKeyDeletion" => states::cancel_deletion(&mut keyring, request),
            other => Err(error::unknown_operation(other)),
        }
    }

    /// The logical id of the key that a request means; a ciphertext names its key too.
    fn named(&self, request: &Request) -> Option<String> {
        let keyring = self.lock();
        let asked = request.key_id.clone().or_else(|| cipher::key_of(request.ciphertext.as_deref()?))?;
        keyring.find(&asked).ok().map(|key| key.logical_id.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Keyring> {
        self.keyring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
