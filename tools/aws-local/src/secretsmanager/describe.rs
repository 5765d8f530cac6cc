//! `DescribeSecret` and `ListSecretVersionIds`, which also a secret answers that is to be deleted.

use serde_json::{Map, Value, json};

use super::request::Request;
use super::secret::{Rotation, Secret};
use super::vault::Vault;
use super::{error, replication, schedule};
use crate::wire::{REGION, ServiceError, seconds};

pub(super) fn describe_secret(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = vault.get(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    let mut body = description(name, secret);
    body["VersionIdsToStages"] = stages(secret);
    if !secret.replicas.is_empty() {
        body["ReplicationStatus"] = replication::status(secret);
    }
    Ok(body)
}

/// What describing and listing have in common.
pub(super) fn description(name: &str, secret: &Secret) -> Value {
    let mut body = json!({
        "ARN": secret.arn, "Name": name,
        "CreatedDate": seconds(secret.created_ms), "LastChangedDate": seconds(secret.changed_ms),
    });
    if let Some(description) = &secret.description {
        body["Description"] = description.clone().into();
    }
    if let Some(key) = &secret.kms_key {
        body["KmsKeyId"] = key.clone().into();
    }
    if let Some(at_ms) = secret.deleted_ms {
        body["DeletedDate"] = seconds(at_ms);
    }
    if !secret.replicas.is_empty() {
        body["PrimaryRegion"] = REGION.into();
    }
    if let Some(rotation) = &secret.rotation {
        add_rotation(&mut body, rotation, secret.created_ms);
    }
    body["Tags"] = secret.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    body
}

fn add_rotation(body: &mut Value, rotation: &Rotation, created_ms: u64) {
    body["RotationEnabled"] = true.into();
    body["RotationLambdaARN"] = rotation.function_arn.clone().into();
    body["RotationRules"] = json!(rotation.rules);
    if let Some(last_ms) = rotation.last_ms {
        body["LastRotatedDate"] = seconds(last_ms);
    }
    if let Some(next_ms) = schedule::next_ms(&rotation.rules, rotation.last_ms.unwrap_or(created_ms)) {
        body["NextRotationDate"] = seconds(next_ms);
    }
}

/// Versions without a label are deprecated, and not told.
pub(super) fn stages(secret: &Secret) -> Value {
    let labelled = secret.versions().filter(|(_, version)| !version.stages.is_empty());
    let stages = labelled.map(|(id, version)| (id.to_owned(), json!(version.stages)));
    Value::Object(stages.collect::<Map<String, Value>>())
}

pub(super) fn list_secret_version_ids(vault: &Vault, request: &Request) -> Result<Value, ServiceError> {
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
