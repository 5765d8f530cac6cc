//! Secrets Manager: names, versions, labels and request tokens, speaking the JSON protocol.
//!
//! Emulated: creating, putting, getting, describing, listing secrets and versions, moving labels, deleting and restoring,
//! rotating, replicas on record only. An operation is an arm of [`SecretsManager::dispatch`], a rule of versions and labels
//! belongs to `secret.rs`.
//!
//! A forced deletion is done at once; in the cloud the name may stay taken for a while. `SecretBinary` and resource
//! policies are refused. A secret under a key of the template that is disabled or about to be deleted can be neither read
//! nor written. Other keys are somebody else's, and always work.

mod deletion;
mod describe;
mod error;
mod ever_held;
mod list;
mod password;
mod replication;
mod request;
mod rotation;
mod schedule;
mod secret;
mod values;
mod vault;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http;
use serde_json::Value;

use crate::fault::{Faults, Words};
use crate::kms::Kms;
use crate::lambda::Functions;
use crate::machine;
use crate::template::{SecretPlan, SecretValue};
use crate::wire::{self, ServiceError, answer};
pub use ever_held::EverHeld;
use request::Request;
use secret::{Rotation, Secret};
use vault::Vault;

/// A value of the greatest size fits, escaped at its worst.
const MAX_REQUEST: usize = 1_048_576;

/// Of faults.
const WORDS: Words<ServiceError> = Words {
    broken: error::internal,
    throttled: error::throttled,
    denied: || ServiceError::denied("secretsmanager"),
};

/// Why the secrets could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file of an earlier run cannot be read, or written anew.
    #[error("the secrets' file cannot be used")]
    File(#[from] std::io::Error),
    /// A secret of the template cannot be created.
    #[error("cannot create the secret {name}: {reason}")]
    Create {
        /// The secret's name.
        name: String,
        /// Why not.
        reason: String,
    },
}

/// The secrets of a stack.
#[derive(Debug)]
pub(crate) struct SecretsManager {
    vault: Mutex<Vault>,
    keys: Arc<Kms>,
    functions: Arc<Functions>,
    faults: Faults,
    ever_held: EverHeld,
}

impl SecretsManager {
    /// Reads the secrets of an earlier run and creates those of the template that are missing. Of those that are there,
    /// the template still says the key and the rotation. Nothing is rotated for it.
    pub(crate) fn open(
        file: Option<PathBuf>,
        plans: &[SecretPlan],
        keys: Arc<Kms>,
        functions: Arc<Functions>,
    ) -> Result<Self, OpenError> {
        let mut vault = Vault::open(file)?;
        vault.forget_deleted(machine::now_ms());
        for plan in plans {
            if vault.get(&plan.name).is_none() {
                let secret = create(plan).map_err(|error| OpenError::Create {
                    name: plan.name.clone(),
                    reason: error.to_string(),
                })?;
                vault.insert(plan.name.clone(), secret);
            }
            if let Some((_, secret)) = vault.get_mut(&plan.name) {
                configure(secret, plan);
            }
        }
        vault.save()?;
        let ever_held = EverHeld::default();
        vault
            .iter()
            .flat_map(|(_, secret)| secret.versions())
            .filter_map(|(_, version)| version.value.as_deref())
            .for_each(|value| ever_held.add(value));
        Ok(Self { vault: Mutex::new(vault), keys, functions, faults: Faults::default(), ever_held })
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Every value that was ever asked to be kept.
    pub(crate) const fn ever_held(&self) -> &EverHeld {
        &self.ever_held
    }

    /// Answers one call.
    pub(crate) async fn call(
        self: &Arc<Self>,
        operation: &str,
        request: http::Request<Body>,
    ) -> http::Response<Body> {
        let body = request.into_body();
        let request: Result<Request, _> = wire::request(body, MAX_REQUEST, error::too_long).await;
        let act = || self.dispatch(operation, &request?);
        let fault = self.faults.take(operation);
        let result = fault.around(act, &WORDS).await;
        answer("com.amazonaws.secretsmanager", "1.1", result)
    }

    fn dispatch(self: &Arc<Self>, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        let now_ms = machine::now_ms();
        if let Ok(Some(value)) = request.value() {
            self.ever_held.add(value);
        }
        let mut vault = self.lock();
        vault.forget_deleted(now_ms);
        match operation {
            "CreateSecret" => values::create_secret(&mut vault, &self.keys, request),
            "PutSecretValue" => values::put_secret_value(&mut vault, &self.keys, request),
            "GetSecretValue" => values::get_secret_value(&vault, &self.keys, request),
            "UpdateSecretVersionStage" => values::update_secret_version_stage(&mut vault, request),
            "DescribeSecret" => describe::describe_secret(&vault, request),
            "ListSecretVersionIds" => describe::list_secret_version_ids(&vault, request),
            "ListSecrets" => list::list_secrets(&vault, request),
            "DeleteSecret" => deletion::delete_secret(&mut vault, request, now_ms),
            "RestoreSecret" => deletion::restore_secret(&mut vault, request),
            "ReplicateSecretToRegions" => replication::replicate(&mut vault, request),
            "RemoveRegionsFromReplication" => replication::remove(&mut vault, request),
            "RotateSecret" => {
                let (body, job) = rotation::begin(&mut vault, &self.functions, request, now_ms)?;
                if let Some(job) = job {
                    tokio::spawn(rotation::run(Arc::clone(self), job));
                }
                Ok(body)
            }
            other => Err(error::unsupported(other)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vault> {
        self.vault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret of the template with its first value.
fn create(plan: &SecretPlan) -> Result<Secret, password::GenerateError> {
    let now_ms = machine::now_ms();
    let mut secret = Secret::new(vault::arn(&plan.name)?, None, now_ms);
    let value = match &plan.value {
        SecretValue::Empty => None,
        SecretValue::Given(value) => Some(value.clone()),
        SecretValue::Generated(rules) => Some(password::generate(rules)?),
    };
    if let Some(value) = value {
        secret.put(now_ms, &machine::uuid()?, value, &[]);
    }
    Ok(secret)
}

fn configure(secret: &mut Secret, plan: &SecretPlan) {
    if plan.kms_key.is_some() {
        secret.kms_key.clone_from(&plan.kms_key);
    }
    if let Some(rotation) = &plan.rotation {
        let last_ms = secret.rotation.as_ref().and_then(|before| before.last_ms);
        let (function_arn, rules) = (rotation.function_arn.clone(), rotation.rules.clone());
        secret.rotation = Some(Rotation { function_arn, rules, last_ms });
    }
}

/// A secret that nobody has marked for deletion.
fn live<'a>(vault: &'a Vault, request: &Request) -> Result<(&'a str, &'a Secret), ServiceError> {
    let (name, secret) = vault.get(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    if secret.deleted_ms.is_some() { Err(error::marked_for_deletion()) } else { Ok((name, secret)) }
}

/// Like [`live`], to change it.
fn live_mut<'a>(vault: &'a mut Vault, request: &Request) -> Result<(&'a str, &'a mut Secret), ServiceError> {
    let (name, secret) = vault.get_mut(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    if secret.deleted_ms.is_some() { Err(error::marked_for_deletion()) } else { Ok((name, secret)) }
}

/// A value that cannot be kept fails the call.
fn saved(vault: &Vault, body: Value) -> Result<Value, ServiceError> {
    vault.save().map(|()| body).map_err(|error| ServiceError::internal(error.to_string()))
}
