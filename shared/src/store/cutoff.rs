//! Since when credentials count (SPEC T33, L4): one row in `sessions` and one in `api-keys`, both for everybody. They are
//! written with the flag in one transaction, so there is no moment in which it is raised and a stolen key still good; and
//! nothing ever takes them back. Whoever looks at a credential reads its table's row along with it.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;

use super::in_transaction::InTransaction;
use super::item::{Item, text};
use super::{Db, StoreError, Table};

const EVERYBODY: &str = "everybody";
const SK: &str = "cutoff";
const MOVE: &str = "SET not_before = :at";

/// What ends everything that was given until `at`.
pub(super) fn end_all(db: &Db, at: Timestamp) -> Result<[TransactWriteItem; 2], StoreError> {
    Ok([end(db, Table::Sessions, at)?, end(db, Table::ApiKeys, at)?])
}

fn end(db: &Db, table: Table, at: Timestamp) -> Result<TransactWriteItem, StoreError> {
    let update = Update::builder()
        .set_key(Some(key(table)))
        .update_expression(MOVE)
        .expression_attribute_values(":at", text(at.to_string()));
    update.in_transaction(db, table)
}

/// The key of a table's row.
pub(super) fn key(table: Table) -> Item {
    let (partition, sort) = table.key();
    let sort = sort.map(|sort| (sort.to_owned(), text(SK)));
    [(partition.to_owned(), text(EVERYBODY))].into_iter().chain(sort).collect()
}

/// Since when a table's credentials count; `None`: all do. What does not read counts as a failure, never as none.
#[cfg_attr(
    not(any(feature = "sessions", test)),
    expect(dead_code, reason = "only sign-ins and keys are looked at")
)]
pub(super) fn of(table: Table, item: Option<&Item>) -> Result<Option<Timestamp>, StoreError> {
    let Some(item) = item else { return Ok(None) };
    let at = item.get("not_before").and_then(|at| at.as_s().ok()?.parse().ok());
    at.map(Some).ok_or(StoreError::Corrupt { table: table.suffix(), what: "cutoff" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_a_time_or_not_at_all() {
        let at: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let row = |value| [("not_before".to_owned(), value)].into();
        assert_eq!(of(Table::Sessions, None), Ok(None));
        assert_eq!(of(Table::Sessions, Some(&row(text(at.to_string())))), Ok(Some(at)));
        for odd in [Item::new(), row(text("")), row(text("soon"))] {
            assert!(of(Table::ApiKeys, Some(&odd)).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn each_table_has_its_own_kind_of_key() {
        assert_eq!((key(Table::Sessions).len(), key(Table::ApiKeys).len()), (2, 1));
    }
}
