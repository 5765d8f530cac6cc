//! The condition of a put that replaces what was read: the row's count of its own writings is still what it was, or
//! there is still no row. So of two who have read the same, one writes, and the other reads again.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::PutBuilder;

use super::item::number;

/// In which attribute the rows of a table count their writings; the first of them is 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    /// There is no row. It names a part of the key, which every row has.
    pub(super) no_row: &'static str,
    /// The count is `:seen`.
    pub(super) same: &'static str,
}

/// `rev`, in a table with the sort key `sk`.
pub(super) const REV: Counter = Counter { no_row: "attribute_not_exists(sk)", same: "rev = :seen" };
/// `version`, in a table with the sort key `sk`.
pub(super) const VERSION: Counter = Counter { no_row: "attribute_not_exists(sk)", same: "version = :seen" };

/// A put, alone or in a transaction.
pub(super) trait IfUnchanged {
    /// Only if nobody has written the row since it was `seen`; 0: there was none.
    fn if_unchanged(self, counter: Counter, seen: u64) -> Self;
}

macro_rules! if_unchanged {
    ($($put:ty),+) => {$(
        impl IfUnchanged for $put {
            fn if_unchanged(self, counter: Counter, seen: u64) -> Self {
                match seen {
                    0 => self.condition_expression(counter.no_row),
                    _ => {
                        let put = self.condition_expression(counter.same);
                        put.expression_attribute_values(":seen", number(seen))
                    }
                }
            }
        }
    )+};
}

if_unchanged!(PutItemFluentBuilder, PutBuilder);

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
    use testkit::Aws;

    use super::*;
    use crate::store::condition::held;
    use crate::store::item::{Item, text};
    use crate::store::{Applied, Change, Db, Table};

    fn item(rev: u64) -> Item {
        let key = [("scope", text("x")), ("sk", text("y")), ("rev", number(rev)), ("version", number(rev))];
        key.map(|(name, value)| (name.to_owned(), value)).into()
    }

    async fn alone(db: &Db, counter: Counter, seen: u64) -> bool {
        let put = db.client().put_item().table_name(db.table(Table::Incidents));
        let sent = put.set_item(Some(item(seen + 1))).if_unchanged(counter, seen).send().await;
        held(sent, "test").unwrap().is_some()
    }

    async fn in_a_transaction(db: &Db, counter: Counter, seen: u64) -> bool {
        let put = Put::builder().table_name(db.table(Table::Incidents));
        let put = put.set_item(Some(item(seen + 1))).if_unchanged(counter, seen).build().unwrap();
        let change = Change::new([TransactWriteItem::builder().put(put).build()]);
        change.apply(db, "test").await.unwrap() == Applied::Done
    }

    #[tokio::test]
    async fn of_two_who_have_read_the_same_one_writes() {
        for counter in [REV, VERSION] {
            let aws = Aws::start().await;
            aws.rows_are_made_up();
            let db = Db::new(aws.dynamodb(), aws.prefix());
            for seen in [0, 2, 4] {
                assert!(alone(&db, counter, seen).await, "{counter:?} {seen}");
                assert!(!alone(&db, counter, seen).await && !in_a_transaction(&db, counter, seen).await);
                assert!(in_a_transaction(&db, counter, seen + 1).await, "{counter:?} {seen}");
                assert!(!alone(&db, counter, seen + 1).await && !in_a_transaction(&db, counter, seen).await);
            }
            assert!(!alone(&db, counter, 0).await, "it is there");
        }
    }

    #[tokio::test]
    async fn what_is_gone_is_not_what_was_seen() {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        assert!(!alone(&db, REV, 3).await && !in_a_transaction(&db, VERSION, 3).await);
    }
}
