//! `EnableKey`, `DisableKey`, `ScheduleKeyDeletion`, `CancelKeyDeletion`.

use serde_json::{Value, json};

use super::key::Key;
use super::keyring::Keyring;
use super::request::Request;
use crate::wire::{ServiceError, seconds};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

pub(super) fn set_enabled(
    keyring: &mut Keyring,
    request: &Request,
    enabled: bool,
) -> Result<Value, ServiceError> {
    keyring.change(request.key_id()?, |key| key.set_enabled(enabled))?;
    Ok(json!({}))
}

pub(super) fn schedule_deletion(
    keyring: &mut Keyring,
    request: &Request,
    now_ms: u64,
) -> Result<Value, ServiceError> {
    let days = request.window_days()?;
    let at_ms = now_ms + days * DAY_MS;
    let key = keyring.change(request.key_id()?, |key| key.schedule_deletion(at_ms))?;
    Ok(json!({
        "KeyId": key.arn(), "DeletionDate": seconds(at_ms), "KeyState": "PendingDeletion",
        "PendingWindowInDays": days,
    }))
}

pub(super) fn cancel_deletion(keyring: &mut Keyring, request: &Request) -> Result<Value, ServiceError> {
    let key = keyring.change(request.key_id()?, Key::cancel_deletion)?;
    Ok(json!({ "KeyId": key.arn() }))
}
