//! SQS's documented refusals. SDKs of today match on the code of the older protocol, sent as `x-amzn-query-error`.

use crate::wire::ServiceError;

/// A refusal with its shape and its older code.
fn refusal(code: &'static str, query_code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError { query_code: Some(query_code), ..ServiceError::client(code, message) }
}

pub(super) fn no_such_queue() -> ServiceError {
    let message = "The specified queue does not exist.";
    refusal("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", message)
}

pub(super) fn unsupported(what: &str) -> ServiceError {
    let message = format!("{what} is not emulated");
    refusal("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", message)
}

pub(super) fn invalid_value(parameter: &str, reason: &str) -> ServiceError {
    let message = format!("Value for parameter {parameter} is invalid. Reason: {reason}");
    refusal("InvalidParameterValueException", "InvalidParameterValue", message)
}

pub(super) fn missing(parameter: &str) -> ServiceError {
    let message = format!("The request must contain the parameter {parameter}.");
    refusal("MissingRequiredParameterException", "MissingParameter", message)
}

pub(super) fn invalid_contents() -> ServiceError {
    refusal("InvalidMessageContents", "InvalidMessageContents", "The message has no allowed character.")
}

pub(super) fn invalid_handle() -> ServiceError {
    refusal("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
}

pub(super) fn not_in_flight() -> ServiceError {
    let message = "The specified message isn't in flight.";
    refusal("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", message)
}

pub(super) fn purge_in_progress() -> ServiceError {
    let message = "Only one PurgeQueue operation is allowed every 60 seconds.";
    refusal("PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress", message)
}

pub(super) fn empty_batch() -> ServiceError {
    let message = "There should be at least one entry in the request.";
    refusal("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", message)
}

pub(super) fn batch_too_big() -> ServiceError {
    let message = "Maximum number of entries per request are 10.";
    refusal("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", message)
}

pub(super) fn throttled() -> ServiceError {
    refusal("RequestThrottled", "AWS.SimpleQueueService.RequestThrottled", "Rate exceeded.")
}

/// Of the older protocol is the code, which has no `Exception` at its end.
pub(super) fn denied() -> ServiceError {
    ServiceError { query_code: Some("AccessDenied"), ..ServiceError::denied("sqs") }
}

pub(super) fn batch_too_long() -> ServiceError {
    let message = "Batch requests cannot be longer than 1048576 bytes.";
    refusal("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong", message)
}

pub(super) fn ids_not_distinct() -> ServiceError {
    let message = "Two or more batch entries in the request have the same Id.";
    refusal("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", message)
}
