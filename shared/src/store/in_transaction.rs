//! Parts of a transaction: one write, or one check, of one row.

use aws_sdk_dynamodb::types::TransactWriteItem;
use aws_sdk_dynamodb::types::builders::{ConditionCheckBuilder, DeleteBuilder, PutBuilder, UpdateBuilder};

use super::{Db, StoreError, Table};

/// What can be a part of a transaction.
pub(super) trait InTransaction {
    /// As a part, on a row of this table. Fails only where a store has left something out, before anything is sent.
    fn in_transaction(self, db: &Db, table: Table) -> Result<TransactWriteItem, StoreError>;
}

macro_rules! in_transaction {
    ($($builder:ty => $part:ident),+) => {$(
        impl InTransaction for $builder {
            fn in_transaction(self, db: &Db, table: Table) -> Result<TransactWriteItem, StoreError> {
                let part = self.table_name(db.table(table)).build();
                let incomplete = |_| StoreError::Corrupt { table: table.suffix(), what: "a write is incomplete" };
                Ok(TransactWriteItem::builder().$part(part.map_err(incomplete)?).build())
            }
        }
    )+};
}

in_transaction! {
    ConditionCheckBuilder => condition_check,
    DeleteBuilder => delete,
    PutBuilder => put,
    UpdateBuilder => update
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, Update};
    use testkit::Aws;

    use super::*;
    use crate::store::item::{Item, number};
    use crate::store::{Applied, Change, incident_rows};

    fn key(sk: &str) -> Item {
        incident_rows::key("x", sk)
    }

    /// By `sk`.
    async fn rows(db: &Db) -> Vec<Item> {
        incident_rows::of_scope(db, "x").send().await.unwrap().items.unwrap_or_default()
    }

    #[tokio::test]
    async fn all_parts_of_a_transaction_happen_or_none() {
        let aws = Aws::start().await;
        aws.rows_are_made_up();
        let db = Db::new(aws.dynamodb(), aws.prefix());
        let put = |sk| Put::builder().set_item(Some(key(sk))).in_transaction(&db, Table::Incidents).unwrap();
        assert_eq!(Change::new([put("a"), put("b")]).apply(&db, "test").await, Ok(Applied::Done));
        let parts = |there| {
            let check = ConditionCheck::builder()
                .set_key(Some(key(there)))
                .condition_expression("attribute_exists(sk)")
                .in_transaction(&db, Table::Incidents);
            let delete = Delete::builder().set_key(Some(key("b"))).in_transaction(&db, Table::Incidents);
            let update = Update::builder()
                .set_key(Some(key("c")))
                .update_expression("SET rev = :rev")
                .expression_attribute_values(":rev", number(1))
                .in_transaction(&db, Table::Incidents);
            Change::new([check.unwrap(), delete.unwrap(), update.unwrap()])
        };
        assert_eq!(parts("nowhere").apply(&db, "test").await, Ok(Applied::Conflict));
        assert_eq!(rows(&db).await, [key("a"), key("b")], "nothing was written");
        assert_eq!(parts("a").apply(&db, "test").await, Ok(Applied::Done));
        let written: Item = key("c").into_iter().chain([("rev".to_owned(), number(1))]).collect();
        assert_eq!(rows(&db).await, [key("a"), written]);
    }

    #[tokio::test]
    async fn what_was_left_out_is_found_before_anything_is_sent() {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        let incomplete = StoreError::Corrupt { table: "flags", what: "a write is incomplete" };
        for refused in [
            Put::builder().in_transaction(&db, Table::Flags),
            Delete::builder().in_transaction(&db, Table::Flags),
            Update::builder().in_transaction(&db, Table::Flags),
            ConditionCheck::builder().in_transaction(&db, Table::Flags),
        ] {
            assert_eq!(refused, Err(incomplete.clone()));
        }
    }
}
