//! What became of a conditional write: it happened, or its condition did not hold. Everything else is a failure.
//!
//! A write that asks for it (`return_values_on_condition_check_failure`) is told which row has refused it.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;

use super::StoreError;
use super::item::Item;

/// The error of a write that may have a condition.
pub(super) trait Conditional: ProvideErrorMetadata {
    /// The refusal, if the condition did not hold.
    fn refusal(&self) -> Option<&ConditionalCheckFailedException>;
}

macro_rules! conditional {
    ($($error:ty),+) => {$(
        impl Conditional for $error {
            fn refusal(&self) -> Option<&ConditionalCheckFailedException> {
                match self {
                    Self::ConditionalCheckFailedException(refusal) => Some(refusal),
                    _ => None,
                }
            }
        }
    )+};
}

conditional!(PutItemError, UpdateItemError, DeleteItemError);

/// What the service answered; `None`: the condition did not hold, and nothing was written.
pub(super) fn held<T, E: Conditional, R>(
    sent: Result<T, SdkError<E, R>>,
    operation: &'static str,
) -> Result<Option<T>, StoreError> {
    match sent {
        Ok(output) => Ok(Some(output)),
        Err(error) if refusal(&error).is_some() => Ok(None),
        Err(error) => Err(StoreError::unavailable(operation, &error)),
    }
}

/// The same; if the condition did not hold, the row that has refused the write, if there is one and it was asked for.
pub(super) fn held_or_row<T, E: Conditional, R>(
    sent: Result<T, SdkError<E, R>>,
    operation: &'static str,
) -> Result<Result<T, Option<Item>>, StoreError> {
    let error = match sent {
        Ok(output) => return Ok(Ok(output)),
        Err(error) => error,
    };
    match refusal(&error) {
        Some(refusal) => Ok(Err(refusal.item.clone())),
        None => Err(StoreError::unavailable(operation, &error)),
    }
}

fn refusal<E: Conditional, R>(error: &SdkError<E, R>) -> Option<&ConditionalCheckFailedException> {
    error.as_service_error().and_then(E::refusal)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::InternalServerError;

    use super::*;
    use crate::store::item::text;

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
    fn the_row_that_refuses_a_write_comes_back() {
        let row = Item::from([("sk".to_owned(), text("ban"))]);
        for (item, expected) in [(None, None), (Some(row.clone()), Some(row))] {
            let refused = ConditionalCheckFailedException::builder().set_item(item).build();
            let error = SdkError::service_error(PutItemError::ConditionalCheckFailedException(refused), ());
            assert_eq!(held_or_row::<u8, _, _>(Err(error), "test"), Ok(Err(expected)));
        }
        assert_eq!(held_or_row::<u8, PutItemError, ()>(Ok(7), "test"), Ok(Ok(7)));
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
