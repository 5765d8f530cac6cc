//! `CreateSecret`, `PutSecretValue`, `GetSecretValue`, `UpdateSecretVersionStage`.

use serde_json::{Value, json};

use super::request::Request;
use super::secret::{CURRENT, NoVersion, NotMoved, Put, Secret, Version};
use super::vault::{self, Vault};
use super::{error, live, live_mut, saved};
use crate::kms::Kms;
use crate::machine;
use crate::wire::{ServiceError, seconds};

pub(super) fn create_secret(vault: &mut Vault, keys: &Kms, request: &Request) -> Result<Value, ServiceError> {
    let (name, token, value) = (request.name()?, request.token()?, request.value()?);
    if let Some((name, existing)) = vault.get(name) {
        return created_before(name, existing, &token, value);
    }
    let arn = vault::arn(name).map_err(|error| ServiceError::internal(error.to_string()))?;
    let mut secret = Secret::new(arn, request.description.clone(), machine::now_ms());
    (secret.kms_key, secret.tags) = (request.kms_key_id.clone(), request.tags()?);
    secret.replicas = request.new_replicas()?;
    let mut body = json!({ "ARN": secret.arn, "Name": name });
    if let Some(value) = value {
        check_key(&secret, keys, error::cannot_encrypt)?;
        secret.put(machine::now_ms(), &token, value.to_owned(), &[]);
        body["VersionId"] = token.into();
    }
    vault.insert(name.to_owned(), secret);
    saved(vault, body)
}

/// A retry of the call that created it has the same token and the same value.
fn created_before(
    name: &str,
    existing: &Secret,
    token: &str,
    value: Option<&str>,
) -> Result<Value, ServiceError> {
    if existing.deleted_ms.is_some() {
        return Err(error::name_marked_for_deletion());
    }
    let version = existing.version(Some(token), None).ok();
    if version.is_some_and(|(_, version)| version.value.as_deref() == value) {
        return Ok(json!({ "ARN": existing.arn, "Name": name, "VersionId": token }));
    }
    Err(error::exists(name))
}

pub(super) fn put_secret_value(
    vault: &mut Vault,
    keys: &Kms,
    request: &Request,
) -> Result<Value, ServiceError> {
    let (token, stages) = (request.token()?, request.stages()?);
    let value = request
        .value()?
        .ok_or_else(|| error::invalid("You must provide either SecretString or SecretBinary."))?;
    let (name, secret) = live_mut(vault, request)?;
    check_key(secret, keys, error::cannot_encrypt)?;
    if secret.put(machine::now_ms(), &token, value.to_owned(), stages) == Put::Conflict {
        return Err(error::version_exists());
    }
    let (id, version) = found(secret, Some(&token), None)?;
    let body = json!({ "ARN": secret.arn, "Name": name, "VersionId": id, "VersionStages": version.stages });
    saved(vault, body)
}

pub(super) fn get_secret_value(vault: &Vault, keys: &Kms, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = live(vault, request)?;
    let (asked_id, stage) = (request.version_id.as_deref(), request.version_stage.as_deref());
    let (id, version) = found(secret, asked_id, stage)?;
    // Announced by a rotation, and not put yet.
    let value = version.value.as_deref().ok_or_else(|| no_value(asked_id, stage))?;
    check_key(secret, keys, error::cannot_decrypt)?;
    Ok(json!({
        "ARN": secret.arn, "Name": name, "VersionId": id, "SecretString": value,
        "VersionStages": version.stages, "CreatedDate": seconds(version.created_ms),
    }))
}

pub(super) fn update_secret_version_stage(
    vault: &mut Vault,
    request: &Request,
) -> Result<Value, ServiceError> {
    let stage = request.version_stage.as_deref().ok_or_else(|| error::invalid("VersionStage is missing."))?;
    let (name, secret) = live_mut(vault, request)?;
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

fn check_key(secret: &Secret, keys: &Kms, refusal: fn() -> ServiceError) -> Result<(), ServiceError> {
    match &secret.kms_key {
        Some(key) if !keys.allows(key) => Err(refusal()),
        _ => Ok(()),
    }
}

fn found<'a>(
    secret: &'a Secret,
    id: Option<&str>,
    stage: Option<&str>,
) -> Result<(&'a str, &'a Version), ServiceError> {
    secret.version(id, stage).map_err(|reason| match reason {
        NoVersion::OtherStage => error::other_stage(),
        NoVersion::NotFound => no_value(id, stage),
    })
}

fn no_value(id: Option<&str>, stage: Option<&str>) -> ServiceError {
    match id {
        Some(id) => error::no_such_version(&format!("VersionId: {id}")),
        None => error::no_such_version(&format!("staging label: {}", stage.unwrap_or(CURRENT))),
    }
}
