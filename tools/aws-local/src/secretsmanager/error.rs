//! Secrets Manager's documented refusals.

use crate::wire::ServiceError;

pub(super) fn invalid(message: &str) -> ServiceError {
    ServiceError::client("InvalidParameterException", message)
}

pub(super) fn no_such_secret() -> ServiceError {
    ServiceError::client("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

pub(super) fn no_such_version(what: &str) -> ServiceError {
    let message = format!("Secrets Manager can't find the specified secret value for {what}");
    ServiceError::client("ResourceNotFoundException", message)
}

pub(super) fn other_stage() -> ServiceError {
    let message = "You provided a VersionStage that is not associated to the provided VersionId.";
    ServiceError::client("InvalidRequestException", message)
}

/// The service names the version that has the label.
pub(super) fn attached_to(stage: &str, version: &str) -> ServiceError {
    let message = format!(
        "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to version \
         {version}, so you must explicitly reference that version in RemoveFromVersionId."
    );
    ServiceError::client("InvalidParameterException", message)
}

pub(super) fn exists(name: &str) -> ServiceError {
    let message = format!("The operation failed because the secret {name} already exists.");
    ServiceError::client("ResourceExistsException", message)
}

pub(super) fn version_exists() -> ServiceError {
    let message =
        "You can't use ClientRequestToken because that value is already in use for a version of this secret.";
    ServiceError::client("ResourceExistsException", message)
}

/// The limit is in the service's model, so the refusal is the framework's and no modelled error.
pub(super) fn too_long() -> ServiceError {
    let message = "1 validation error detected: Value at 'secretString' failed to satisfy constraint: \
                   Member must have length less than or equal to 65536";
    ServiceError::client("ValidationException", message)
}

pub(super) fn unsupported(operation: &str) -> ServiceError {
    ServiceError::client("UnknownOperationException", format!("{operation} is not emulated"))
}
