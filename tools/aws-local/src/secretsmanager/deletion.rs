//! `DeleteSecret` and `RestoreSecret`.

use serde_json::{Value, json};

use super::request::{Deletion, Request};
use super::vault::Vault;
use super::{error, saved};
use crate::wire::{ACCOUNT, REGION, ServiceError, seconds};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A forced deletion of what is not there is a success, so that it can be repeated.
pub(super) fn delete_secret(
    vault: &mut Vault,
    request: &Request,
    now_ms: u64,
) -> Result<Value, ServiceError> {
    let (id, deletion) = (request.secret_id()?, request.deletion()?);
    let Some((name, secret)) = vault.get_mut(id) else {
        return match deletion {
            Deletion::AtOnce => Ok(deleted_before(id, now_ms)),
            Deletion::After { .. } => Err(error::no_such_secret()),
        };
    };
    let regions: Vec<&str> = secret.replicas.keys().map(String::as_str).collect();
    if !regions.is_empty() {
        return Err(error::has_replicas(&secret.arn, &regions));
    }
    let (name, arn) = (name.to_owned(), secret.arn.clone());
    let at_ms = match deletion {
        Deletion::AtOnce => {
            vault.remove(&name);
            now_ms
        }
        Deletion::After { .. } if secret.deleted_ms.is_some() => return Err(error::marked_for_deletion()),
        Deletion::After { days } => {
            let at_ms = now_ms + days * DAY_MS;
            secret.deleted_ms = Some(at_ms);
            at_ms
        }
    };
    saved(vault, json!({ "ARN": arn, "Name": name, "DeletionDate": seconds(at_ms) }))
}

fn deleted_before(id: &str, now_ms: u64) -> Value {
    let name = id.rsplit(":secret:").next().unwrap_or(id);
    let arn = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}");
    json!({ "ARN": arn, "Name": name, "DeletionDate": seconds(now_ms) })
}

/// A secret that nobody wanted to delete stays as it is: a success, so that it can be repeated.
pub(super) fn restore_secret(vault: &mut Vault, request: &Request) -> Result<Value, ServiceError> {
    let (name, secret) = vault.get_mut(request.secret_id()?).ok_or_else(error::no_such_secret)?;
    secret.deleted_ms = None;
    let body = json!({ "ARN": secret.arn, "Name": name });
    saved(vault, body)
}
