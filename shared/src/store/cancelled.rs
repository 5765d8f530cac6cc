//! Why a transaction was cancelled (`DynamoDB`, "TransactWriteItems": `CancellationReasons`).

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

/// An item's condition did not hold.
pub(super) const CONDITION: &str = "ConditionalCheckFailed";
/// Somebody else was writing the item.
pub(super) const CONFLICT: &str = "TransactionConflict";
/// Nothing was wrong with the item.
pub(super) const FINE: &str = "None";

/// The code of each item, in the items' order; `None`: it was not cancelled for its items.
pub(super) fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Vec<&str>> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return None;
    };
    Some(cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or(FINE)).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use aws_sdk_dynamodb::types::CancellationReason;
    use aws_sdk_dynamodb::types::error::{TransactionCanceledException, TransactionInProgressException};

    use super::*;

    /// An error with these reasons.
    pub(in crate::store) fn cancelled(codes: &[&str]) -> SdkError<TransactWriteItemsError, ()> {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let error = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        SdkError::service_error(TransactWriteItemsError::TransactionCanceledException(error), ())
    }

    #[test]
    fn each_item_has_its_reason() {
        assert_eq!(reasons(&cancelled(&[FINE, CONDITION])), Some(vec![FINE, CONDITION]));
        let unnamed = TransactionCanceledException::builder()
            .cancellation_reasons(CancellationReason::builder().build())
            .build();
        let unnamed = TransactWriteItemsError::TransactionCanceledException(unnamed);
        assert_eq!(reasons(&SdkError::service_error(unnamed, ())), Some(vec![FINE]));
    }

    #[test]
    fn other_errors_have_none() {
        let error = TransactionInProgressException::builder().build();
        let error = TransactWriteItemsError::TransactionInProgressException(error);
        assert_eq!(reasons(&SdkError::service_error(error, ())), None);
    }
}
