//! Keeping out those who do not know yet that they were followed.
//!
//! A worker that was frozen for a minute wakes up in the middle of a write. Its lease is gone, but it has not looked. So
//! every row that workers write carries the `epoch` of its last writer, and refuses a lower one.

use aws_sdk_dynamodb::types::AttributeValue;

use super::Saved;
use crate::domain::workers::Epoch;
use crate::store::condition::held;
use crate::store::item::{Item, number};
use crate::store::{Db, StoreError, Table};

/// The condition alone. Give it `:epoch`.
pub const FENCE: &str = "attribute_not_exists(epoch) OR epoch <= :epoch";

/// A condition of one's own joined with the fence; still a constant (SPEC W34).
///
/// ```
/// assert_eq!(
///     shared::fenced!("rev = :seen"),
///     "(rev = :seen) AND (attribute_not_exists(epoch) OR epoch <= :epoch)"
/// );
/// ```
#[macro_export]
macro_rules! fenced {
    ($condition:literal) => {
        concat!("(", $condition, ") AND (attribute_not_exists(epoch) OR epoch <= :epoch)")
    };
}

/// The right to write under an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    epoch: Epoch,
}

impl Fence {
    pub(super) const fn new(epoch: Epoch) -> Self {
        Self { epoch }
    }

    /// The epoch that the row then carries.
    pub const fn epoch(self) -> Epoch {
        self.epoch
    }

    /// What `:epoch` stands for. An update has to `SET epoch = :epoch` as well.
    pub fn value(self) -> AttributeValue {
        number(self.epoch.get())
    }

    /// Marks an item that is put.
    pub(crate) fn mark(self, item: &mut Item) {
        item.insert("epoch".to_owned(), self.value());
    }
}

/// Writes a row that carries its epoch, unless somebody of a later one did. `operation` names the call where it fails.
pub(in crate::store) async fn put_fenced(
    db: &Db,
    table: Table,
    item: Item,
    fence: Fence,
    operation: &'static str,
) -> Result<Saved, StoreError> {
    let put = db.client().put_item().table_name(db.table(table));
    let put = put.set_item(Some(item)).condition_expression(FENCE);
    let sent = put.expression_attribute_values(":epoch", fence.value()).send().await;
    Ok(if held(sent, operation)?.is_some() { Saved::Now } else { Saved::Fenced })
}
