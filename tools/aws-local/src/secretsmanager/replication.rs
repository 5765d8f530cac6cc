//! `ReplicateSecretToRegions` and `RemoveRegionsFromReplication`: records only, since there is one region here.

use serde_json::{Value, json};

use super::request::Request;
use super::secret::Secret;
use super::vault::Vault;
use super::{error, live_mut, saved};
use crate::wire::ServiceError;

/// A region that has a replica already keeps it, under the key that is said now.
pub(super) fn replicate(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let replicas = request.new_replicas()?;
    if replicas.is_empty() {
        return Err(error::invalid("AddReplicaRegions is missing."));
    }
    let (_, secret) = live_mut(vault, request)?;
    secret.replicas.extend(replicas);
    let body = json!({ "ARN": secret.arn, "ReplicationStatus": status(secret) });
    saved(vault, body)
}

pub(super) fn remove(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let regions = request.old_replicas()?;
    let (_, secret) = live_mut(vault, request)?;
    if let Some(unknown) = regions.iter().find(|region| !secret.replicas.contains_key(*region)) {
        return Err(error::invalid(&format!("The secret has no replica in {unknown}.")));
    }
    secret.replicas.retain(|region, _| !regions.contains(region));
    let body = json!({ "ARN": secret.arn, "ReplicationStatus": status(secret) });
    saved(vault, body)
}

/// Nothing ever lags behind here.
pub(super) fn status(secret: &Secret) -> Value {
    let replicas = secret.replicas.iter().map(|(region, key)| {
        let mut status = json!({ "Region": region, "Status": "InSync" });
        if let Some(key) = key {
            status["KmsKeyId"] = key.clone().into();
        }
        status
    });
    replicas.collect()
}
