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

/// A secret that is to be deleted can be described, restored and nothing else.
pub(super) fn marked_for_deletion() -> ServiceError {
    invalid_request("You can't perform this operation on the secret because it was marked for deletion.")
}

pub(super) fn name_marked_for_deletion() -> ServiceError {
    invalid_request(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
}

pub(super) fn has_replicas(arn: &str, regions: &[&str]) -> ServiceError {
    invalid(&format!(
        "You can't delete secret {arn} that still has replica regions [{}].",
        regions.join(", ")
    ))
}

pub(super) fn invalid_request(message: &str) -> ServiceError {
    ServiceError::client("InvalidRequestException", message)
}

pub(super) fn invalid_next_token() -> ServiceError {
    ServiceError::client("InvalidNextTokenException", "The NextToken value is invalid.")
}

/// The key that protects the secret cannot be used, when reading.
pub(super) fn cannot_decrypt() -> ServiceError {
    let message = "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
    ServiceError::client("DecryptionFailure", message)
}

/// The key that protects the secret cannot be used, when writing.
pub(super) fn cannot_encrypt() -> ServiceError {
    let message = "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the \
                   KMS key is available, enabled, and not in an invalid state.";
    ServiceError::client("EncryptionFailure", message)
}

pub(super) fn no_rotation_function() -> ServiceError {
    invalid_request("No Lambda rotation function ARN is associated with this secret.")
}

pub(super) fn cannot_invoke() -> ServiceError {
    let message = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants \
                   access to the principal secretsmanager.amazonaws.com.";
    ServiceError::client("AccessDeniedException", message)
}

pub(super) fn rotation_not_done() -> ServiceError {
    invalid_request("A previous rotation isn't complete. That rotation will be reattempted.")
}

/// See [`too_long`].
pub(super) fn out_of_bounds(field: &str, constraint: &str) -> ServiceError {
    let message =
        format!("1 validation error detected: Value at '{field}' failed to satisfy constraint: {constraint}");
    ServiceError::client("ValidationException", message)
}

pub(super) fn internal() -> ServiceError {
    ServiceError::internal("It broke.")
}

pub(super) fn throttled() -> ServiceError {
    ServiceError::client("ThrottlingException", "Rate exceeded")
}

pub(super) fn unsupported(operation: &str) -> ServiceError {
    ServiceError::client("UnknownOperationException", format!("{operation} is not emulated"))
}
