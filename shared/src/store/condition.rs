//! What became of a conditional write: it happened, or its condition did not hold. Everything else is a failure.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

use super::StoreError;

/// The error of a write that may have a condition.
pub(super) trait Conditional: ProvideErrorMetadata {
    /// Whether the condition did not hold.
    fn is_refused(&self) -> bool;
}

impl Conditional for PutItemError {
    fn is_refused(&self) -> bool {
        self.is_conditional_check_failed_exception()
    }
}

impl Conditional for UpdateItemError {
    fn is_refused(&self) -> bool {
        self.is_conditional_check_failed_exception()
    }
}

impl Conditional for DeleteItemError {
    fn is_refused(&self) -> bool {
        self.is_conditional_check_failed_exception()
    }
}

/// What the service answered; `None`: the condition did not hold, and nothing was written.
pub(super) fn held<T, E: Conditional, R>(
    sent: Result<T, SdkError<E, R>>,
    operation: &'static str,
) -> Result<Option<T>, StoreError> {
    match sent {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.as_service_error().is_some_and(E::is_refused) => Ok(None),
        Err(error) => Err(StoreError::unavailable(operation, &error)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, InternalServerError};

    use super::*;

    fn answer<E: Conditional>(error: E) -> Result<Option<u8>, StoreError> {
        held::<u8, E, ()>(Err(SdkError::service_error(error, ())), "test")
    }

    #[test]
    fn a_condition_that_does_not_hold_is_no_failure() {
        let refused = || ConditionalCheckFailedException::builder().build();
        assert_eq!(answer(PutItemError::ConditionalCheckFailedException(refused())), Ok(None));
        assert_eq!(answer(UpdateItemError::ConditionalCheckFailedException(refused())), Ok(None));
        assert_eq!(answer(DeleteItemError::ConditionalCheckFailedException(refused())), Ok(None));
        assert_eq!(held::<u8, PutItemError, ()>(Ok(7), "test"), Ok(Some(7)));
    }

    #[test]
    fn everything_else_is_one() {
        let failed = || InternalServerError::builder().build();
        for answer in [
            answer(PutItemError::InternalServerError(failed())),
            answer(UpdateItemError::InternalServerError(failed())),
            answer(DeleteItemError::InternalServerError(failed())),
            held::<u8, PutItemError, ()>(Err(SdkError::timeout_error("late")), "test"),
        ] {
            assert!(matches!(answer, Err(StoreError::Unavailable { operation: "test", .. })), "{answer:?}");
        }
    }
}
