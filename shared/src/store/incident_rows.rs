//! What the stores over `incidents` have in common: the keys `scope`, `sk` of its rows, and how one is written.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use super::condition::held;
use super::item::{Item, text};
use super::unchanged::{IfUnchanged, REV};
use super::{Db, StoreError, Table};

const OF_SCOPE: &str = "#scope = :scope";

/// The key of a row.
pub(super) fn key(scope: &str, sk: impl Into<String>) -> Item {
    Item::from([("scope".to_owned(), text(scope)), ("sk".to_owned(), text(sk))])
}

/// What does not read, or cannot be written, of a row.
pub(super) const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Incidents.suffix(), what }
}

/// All rows of a scope, strongly consistent, before it is sent.
pub(super) fn of_scope(db: &Db, scope: &str) -> QueryFluentBuilder {
    let call = db.client().query().table_name(db.table(Table::Incidents)).consistent_read(true);
    call.key_condition_expression(OF_SCOPE)
        .expression_attribute_names("#scope", "scope")
        .expression_attribute_values(":scope", text(scope))
}

/// Writes a row if its `rev` is still what was seen; 0: there was none. `false`: somebody else has written.
pub(super) async fn put(db: &Db, item: Item, seen: u64, operation: &'static str) -> Result<bool, StoreError> {
    let call = db.client().put_item().table_name(db.table(Table::Incidents));
    let sent = call.set_item(Some(item)).if_unchanged(REV, seen).send().await;
    Ok(held(sent, operation)?.is_some())
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};

    use super::*;
    use crate::store::item::number;

    fn row(scope: &str, sk: &str, rev: u64) -> Item {
        key(scope, sk).into_iter().chain([("rev".to_owned(), number(rev))]).collect()
    }

    #[tokio::test]
    async fn a_row_is_found_by_its_key_and_in_its_scope_only() {
        let aws = Aws::start().await;
        aws.rows_are_made_up();
        let db = Db::new(aws.dynamodb(), aws.prefix());
        let (ops, cause) = (row("channel", "ops", 1), row("cause", "ops", 1));
        for item in [&ops, &cause] {
            assert_eq!(put(&db, item.clone(), 0, "test").await, Ok(true));
        }
        let read = db.get(Table::Incidents, key("channel", "ops"), "test").await;
        assert_eq!(read, Ok(Some(ops.clone())));
        let found = of_scope(&db, "channel").send().await.unwrap();
        assert_eq!(found.items(), [ops]);
    }

    #[tokio::test]
    async fn a_row_is_written_over_what_was_seen_and_nothing_else() {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        for (seen, written) in [(1, false), (0, true), (0, false), (1, true), (1, false), (2, true)] {
            let item = row("containment", "state", seen + 1);
            assert_eq!(put(&db, item, seen, "test").await, Ok(written), "{seen}");
        }
    }

    #[tokio::test]
    async fn a_table_that_fails_is_nobody_else() {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        aws.fault(Fault::Status500);
        let written = put(&db, row("channel", "ops", 1), 0, "test").await;
        assert!(matches!(written, Err(StoreError::Unavailable { operation: "test", .. })));
    }
}
