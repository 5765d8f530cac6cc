//! A planned change of rows: conditional writes that succeed together or not at all.
//!
//! Whoever plans has read the rows; each write is conditional on what was read. The audit store appends its own writes
//! to the same transaction, so that no administrative change exists without its audit row (SPEC T36).

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::TransactWriteItem;

use super::cancelled::{self, CONDITION, CONFLICT, FINE};
use super::{Db, StoreError};

/// How often a plan is made again after losing a race.
pub(crate) const TRIES: u32 = 6;

/// Writes that belong together. Losing a race means planning again from a new reading.
#[derive(Clone, Debug)]
#[must_use = "a change does nothing until it is applied"]
pub struct Change {
    items: Vec<TransactWriteItem>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// Every write happened.
    Done,
    /// Somebody else was first; nothing was written.
    Conflict,
}

impl Change {
    pub(crate) fn new(items: impl IntoIterator<Item = TransactWriteItem>) -> Self {
        Self { items: items.into_iter().collect() }
    }

    /// The writes, to be joined with others in one transaction. At most 4.
    pub fn into_items(self) -> Vec<TransactWriteItem> {
        self.items
    }

    /// Writes them alone. The SDK sends one client token with all its retries, so a retry changes nothing twice.
    pub async fn apply(self, db: &Db, operation: &'static str) -> Result<Applied, StoreError> {
        let sent = db.client().transact_write_items().set_transact_items(Some(self.items)).send().await;
        match sent {
            Ok(_) => Ok(Applied::Done),
            Err(error) if lost_a_race(&error) => Ok(Applied::Conflict),
            Err(error) => Err(StoreError::unavailable(operation, &error)),
        }
    }
}

/// Whether the transaction was cancelled for no other reason than somebody else's writes.
fn lost_a_race<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    let Some(codes) = cancelled::reasons(error) else { return false };
    codes.iter().all(|code| [FINE, CONDITION, CONFLICT].contains(code))
        && codes.iter().any(|code| *code != FINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cancelled::tests::cancelled;

    #[test]
    fn only_the_writes_of_others_are_a_lost_race() {
        assert!(lost_a_race(&cancelled(&["None", "ConditionalCheckFailed"])));
        assert!(lost_a_race(&cancelled(&["TransactionConflict", "ConditionalCheckFailed"])));
        for codes in
            [&["ThrottlingError"][..], &["ConditionalCheckFailed", "ValidationError"], &["None"], &[]]
        {
            assert!(!lost_a_race(&cancelled(codes)), "{codes:?}");
        }
    }
}
