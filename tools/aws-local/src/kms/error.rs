//! KMS's documented refusals.

use crate::wire::ServiceError;

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::client("ValidationException", message)
}

/// A value breaks a bound of the service's model; the framework words it.
pub(super) fn out_of_bounds(field: &str, constraint: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint: {constraint}"
    ))
}

pub(super) fn missing(field: &str) -> ServiceError {
    out_of_bounds(field, "Member must not be null")
}

pub(super) fn too_long() -> ServiceError {
    validation("The request is larger than any request can be.")
}

pub(super) fn no_such_key(arn: &str) -> ServiceError {
    ServiceError::client("NotFoundException", format!("Key '{arn}' does not exist"))
}

pub(super) fn no_such_alias(arn: &str) -> ServiceError {
    ServiceError::client("NotFoundException", format!("Alias {arn} is not found."))
}

/// What changes a key's state takes no alias.
pub(super) fn alias_not_taken(alias: &str) -> ServiceError {
    ServiceError::client("NotFoundException", format!("Invalid keyId '{alias}'"))
}

pub(super) fn disabled(arn: &str) -> ServiceError {
    ServiceError::client("DisabledException", format!("{arn} is disabled."))
}

pub(super) fn pending_deletion(arn: &str) -> ServiceError {
    ServiceError::client("KMSInvalidStateException", format!("{arn} is pending deletion."))
}

pub(super) fn not_pending_deletion(arn: &str) -> ServiceError {
    ServiceError::client("KMSInvalidStateException", format!("{arn} is not pending deletion."))
}

pub(super) fn wrong_usage(arn: &str, usage: &str, operation: &str) -> ServiceError {
    let message = format!("{arn} key usage is {usage} which is not valid for {operation}.");
    ServiceError::client("InvalidKeyUsageException", message)
}

pub(super) fn no_public_key(arn: &str) -> ServiceError {
    let message = format!("{arn} is a symmetric key and has no public key.");
    ServiceError::client("UnsupportedOperationException", message)
}

/// The service says nothing about what is wrong with a ciphertext.
pub(super) fn invalid_ciphertext() -> ServiceError {
    ServiceError::client("InvalidCiphertextException", "")
}

/// A ciphertext of a key that is gone; the service does not tell it from one that the caller may not use.
pub(super) fn ciphertext_of_no_key() -> ServiceError {
    let message = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, \
                   or you are not allowed to access.";
    ServiceError::client("AccessDeniedException", message)
}

pub(super) fn incorrect_key() -> ServiceError {
    let message = "The key ID in the request does not identify a CMK that can perform this operation on the ciphertext.";
    ServiceError::client("IncorrectKeyException", message)
}

pub(super) fn invalid_signature() -> ServiceError {
    ServiceError::client("KMSInvalidSignatureException", "")
}

pub(super) fn unknown_operation(operation: &str) -> ServiceError {
    ServiceError::client("UnknownOperationException", format!("{operation} is not emulated"))
}

pub(super) fn internal() -> ServiceError {
    ServiceError { code: "KMSInternalException", ..ServiceError::internal("It broke.") }
}

pub(super) fn throttled() -> ServiceError {
    ServiceError::client("ThrottlingException", "You have exceeded the rate at which you may call KMS.")
}
