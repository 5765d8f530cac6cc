//! Secrets Manager: names, versions, labels and request tokens, speaking the JSON protocol.
//!
//! Emulated so far: creating, putting, getting, describing, listing versions, moving labels. An operation is an arm of
//! [`SecretsManager::dispatch`], a rule of versions and labels belongs to `secret.rs`.

mod error;
mod password;
mod request;
mod secret;
mod vault;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http;
use serde_json::{Map, Value, json};

use crate::fault::{Fault, Faults};
use crate::machine;
use crate::template::{SecretPlan, SecretValue};
use crate::wire::{ServiceError, answer};
use request::Request;
use secret::{NoVersion, NotMoved, Put, Secret, Version};
use vault::Vault;

/// A value of the greatest size fits, escaped at its worst.
const MAX_REQUEST: usize = 1_048_576;

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
    faults: Faults,
}

impl SecretsManager {
    /// Reads the secrets of an earlier run and creates those of the template that are missing.
    pub(crate) fn open(file: Option<PathBuf>, plans: &[SecretPlan]) -> Result<Self, OpenError> {
        let mut vault = Vault::open(file)?;
        for plan in plans.iter().filter(|plan| vault.get(&plan.name).is_none()).collect::<Vec<_>>() {
            let secret = create(plan)
                .map_err(|error| OpenError::Create { name: plan.name.clone(), reason: error.to_string() })?;
            vault.insert(plan.name.clone(), secret);
        }
        vault.save()?;
        Ok(Self { vault: Mutex::new(vault), faults: Faults::default() })
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Answers one call.
    pub(crate) async fn call(&self, operation: &str, request: http::Request<Body>) -> http::Response<Body> {
        let body = axum::body::to_bytes(request.into_body(), MAX_REQUEST).await;
        let result = body
            .map_err(|_| error::too_long())
            .and_then(|body| {
                serde_json::from_slice(&body)
                    .map_err(|error| ServiceError::client("SerializationException", error.to_string()))
            })
            .and_then(|request| self.dispatch_with(self.faults.take(operation), operation, &request));
        answer("com.amazonaws.secretsmanager", "1.1", result)
    }

    fn dispatch_with(&self, fault: Fault, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        let broken = || ServiceError { code: "InternalServiceError", ..ServiceError::internal("It broke.") };
        match fault {
            Fault::None => self.dispatch(operation, request),
            Fault::AnswerLost => self.dispatch(operation, request).and(Err(broken())),
            _ => Err(broken()),
        }
    }

    fn dispatch(&self, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        let mut vault = self.lock();
        match operation {
            "CreateSecret" => create_secret(&mut vault, request),
            "PutSecretValue" => put_secret_value(&mut vault, request),
            "GetSecretValue" => get_secret_value(&vault, request),
            "DescribeSecret" => describe_secret(&vault, request),
            "UpdateSecretVersionStage" => update_secret_version_stage(&mut vault, request),
            "ListSecretVersionIds" => list_secret_version_ids(&vault, request),
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

fn create_secret(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, token, value) = (request.name()?, request.token()?, request.value()?);
    if let Some((name, existing)) = vault.get(name) {
        // A retry of the call that created it: same token, same value.
        let repeated = existing
            .version(Some(&token), None)
            .is_ok_and(|(_, version)| Some(version.value.as_str()) == value);
        let body = json!({ "ARN": existing.arn, "Name": name, "VersionId": token });
        return if repeated { Ok(body) } else { Err(error::exists(name)) };
    }
    let arn = vault::arn(name).map_err(|error| ServiceError::internal(error.to_string()))?;
    let mut secret = Secret::new(arn, request.description.clone(), machine::now_ms());
    (secret.kms_key, secret.tags) = (request.kms_key_id.clone(), request.tags()?);
    let mut body = json!({ "ARN": secret.arn, "Name": name });
    if let Some(value) = value {
        secret.put(machine::now_ms(), &token, value.to_owned(), &[]);
        body["VersionId"] = token.into();
    }
    vault.insert(name.to_owned(), secret);
    saved(vault, body)
}

fn put_secret_value(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let (token, stages) = (request.token()?, request.stages()?);
    let value = request
        .value()?
        .ok_or_else(|| error::invalid("You must provide either SecretString or SecretBinary."))?;
    let (name, secret) = vault.get_mut(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    if secret.put(machine::now_ms(), &token, value.to_owned(), stages) == Put::Conflict {
        return Err(error::version_exists());
    }
    let (id, version) = found(secret, Some(&token), None)?;
    let body = json!({ "ARN": secret.arn, "Name": name, "VersionId": id, "VersionStages": version.stages });
    saved(vault, body)
}

fn update_secret_version_stage(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let stage = request.version_stage.as_deref().ok_or_else(|| error::invalid("VersionStage is missing."))?;
    let (name, secret) = vault.get_mut(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    let (from, to) = (request.remove_from_version_id.as_deref(), request.move_to_version_id.as_deref());
    secret.move_stage(machine::now_ms(), stage, from, to).map_err(|reason| match reason {
        NotMoved::NoVersion => error::no_such_version("the version ids that you gave"),
        NotMoved::Elsewhere(version) => error::attached_to(stage, &version),
        NotMoved::Nowhere => error::invalid("The staging label is attached to no version."),
        NotMoved::Needed => error::invalid("You can only move AWSCURRENT, and a label that is attached."),
    })?;
    let body = json!({ "ARN": secret.arn, "Name": name });
    saved(vault, body)
}

fn get_secret_value(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = vault.get(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    let (id, version) = found(secret, request.version_id.as_deref(), request.version_stage.as_deref())?;
    Ok(json!({
        "ARN": secret.arn, "Name": name, "VersionId": id, "SecretString": version.value,
        "VersionStages": version.stages, "CreatedDate": seconds(version.created_ms),
    }))
}

fn describe_secret(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = vault.get(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    let labelled = secret.versions().filter(|(_, version)| !version.stages.is_empty());
    let stages: Map<String, Value> =
        labelled.map(|(id, version)| (id.to_owned(), json!(version.stages))).collect();
    let mut body = json!({
        "ARN": secret.arn, "Name": name, "VersionIdsToStages": stages,
        "CreatedDate": seconds(secret.created_ms), "LastChangedDate": seconds(secret.changed_ms),
    });
    if let Some(description) = &secret.description {
        body["Description"] = description.clone().into();
    }
    if let Some(key) = &secret.kms_key {
        body["KmsKeyId"] = key.clone().into();
    }
    body["Tags"] = secret.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(body)
}

fn list_secret_version_ids(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = vault.get(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    let versions: Vec<Value> = secret
        .versions()
        .filter(|(_, version)| request.include_deprecated || !version.stages.is_empty())
        .map(|(id, version)| {
            json!({ "VersionId": id, "VersionStages": version.stages, "CreatedDate": seconds(version.created_ms) })
        })
        .collect();
    Ok(json!({ "ARN": secret.arn, "Name": name, "Versions": versions }))
}

fn found<'a>(
    secret: &'a Secret,
    id: Option<&str>,
    stage: Option<&str>,
) -> Result<(&'a str, &'a Version), ServiceError> {
    secret.version(id, stage).map_err(|reason| match (reason, id) {
        (NoVersion::OtherStage, _) => error::other_stage(),
        (NoVersion::NotFound, Some(id)) => error::no_such_version(&format!("VersionId: {id}")),
        (NoVersion::NotFound, None) => {
            error::no_such_version(&format!("staging label: {}", stage.unwrap_or(secret::CURRENT)))
        }
    })
}

/// A value that cannot be kept fails the call.
fn saved(vault: &Vault, body: Value) -> Result<Value, ServiceError> {
    vault.save().map(|()| body).map_err(|error| ServiceError::internal(error.to_string()))
}

/// The protocol's times are seconds with a fraction.
fn seconds(ms: u64) -> Value {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    text.parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
}
