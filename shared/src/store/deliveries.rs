//! Webhooks' messages that came, in `webhook-dedup` (SPEC W19, W21): one conditional write, so that of many copies exactly
//! one is first. A row says whether its message was handed on: if we die before that, the sender's next try is not taken
//! for a repetition.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};

use super::condition::{held, held_or_row};
use super::item::{Item, number, text};
use super::{Db, StoreError, Table};
use crate::security::webhook::{Delivery, Scheme};

/// A row that has expired is as good as none: the table may keep it for days.
const NOT_REMEMBERED: &str = "attribute_not_exists(delivery) OR expires_at <= :now";
const NOT_HANDED_ON: &str = "attribute_not_exists(handed_on)";
const HANDED_ON: &str = "SET handed_on = :true";

/// Whether a message is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It never came, or long ago.
    First,
    /// It came, and nobody knows whether it was handed on: hand it on, whoever handles it takes it once.
    Unfinished,
    /// It came and was handed on.
    Repeated,
}

/// The messages of all senders. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeliveryStore {
    db: Db,
}

/// How long a message is remembered: longer than it can be fresh, and longer than its sender tries again. A message that
/// says no time is good for ever, so those are remembered for as long as a table can be asked to at a fair price.
pub const fn memory(scheme: Scheme) -> SignedDuration {
    match scheme {
        Scheme::Generic | Scheme::Twitch | Scheme::Slack => SignedDuration::from_hours(24),
        Scheme::GitHub | Scheme::WebSub => SignedDuration::from_hours(30 * 24),
    }
}

impl DeliveryStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Whether a message of this source is new; remembers it in the same write. On failure nobody knows, and the caller
    /// refuses, so that the sender tries again.
    pub async fn see(
        &self,
        source: &str,
        delivery: &Delivery,
        memory: SignedDuration,
        now: Timestamp,
    ) -> Result<Sight, StoreError> {
        let until = now.saturating_add(memory).unwrap_or(Timestamp::MAX).as_second().saturating_add(1);
        let mut item = key(source, delivery);
        item.insert("expires_at".to_owned(), number(until));
        let put = self.db.client().put_item().table_name(self.db.table(Table::WebhookDedup));
        let sent = put
            .set_item(Some(item))
            .condition_expression(NOT_REMEMBERED)
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(row) = held_or_row(sent, "deliveries.see")? else { return Ok(Sight::First) };
        let handed_on = row.as_ref().and_then(|row| row.get("handed_on"));
        let done = handed_on.is_some_and(|value| value.as_bool() == Ok(&true));
        Ok(if done { Sight::Repeated } else { Sight::Unfinished })
    }

    /// Writes down that a message was handed on: from now on it is repeated.
    pub async fn handed_on(&self, source: &str, delivery: &Delivery) -> Result<(), StoreError> {
        let call = self.db.client().update_item().table_name(self.db.table(Table::WebhookDedup));
        let sent = call
            .set_key(Some(key(source, delivery)))
            .update_expression(HANDED_ON)
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .send()
            .await;
        sent.map(drop).map_err(|error| StoreError::unavailable("deliveries.handed_on", &error))
    }

    /// Forgets a message that was seen and not handed on, so that its next copy is the first again. One that was handed on
    /// stays.
    pub async fn forget(&self, source: &str, delivery: &Delivery) -> Result<(), StoreError> {
        let call = self.db.client().delete_item().table_name(self.db.table(Table::WebhookDedup));
        let sent = call.set_key(Some(key(source, delivery))).condition_expression(NOT_HANDED_ON).send().await;
        held(sent, "deliveries.forget").map(drop)
    }
}

fn key(source: &str, delivery: &Delivery) -> Item {
    Item::from([("source".to_owned(), text(source)), ("delivery".to_owned(), text(delivery.as_str()))])
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use testkit::{Aws, Fault};
    use tokio::task::JoinSet;

    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn store(aws: &Aws) -> DeliveryStore {
        DeliveryStore::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_fifty_copies_one_is_first() {
        let aws = Aws::start().await;
        let mut copies = JoinSet::new();
        for _ in 0..50 {
            let store = store(&aws);
            copies
                .spawn(async move { store.see("twitch", &Delivery::of(&[b"1"]), DAY, now()).await.unwrap() });
        }
        let seen = copies.join_all().await;
        assert_eq!(seen.iter().filter(|sight| **sight == Sight::First).count(), 1);
        assert!(!seen.contains(&Sight::Repeated), "nobody has handed it on");
    }

    #[tokio::test]
    async fn a_message_is_repeated_only_when_it_was_handed_on() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let one = Delivery::of(&[b"1"]);
        let see = async |source: &str, one: &Delivery| store.see(source, one, DAY, now()).await.unwrap();
        assert_eq!([see("github", &one).await, see("github", &one).await], [Sight::First, Sight::Unfinished]);
        store.handed_on("github", &one).await.unwrap();
        assert_eq!(see("github", &one).await, Sight::Repeated);
        assert_eq!(see("slack", &one).await, Sight::First);
        assert_eq!(see("github", &Delivery::of(&[b"2"])).await, Sight::First);
    }

    #[tokio::test]
    async fn what_was_not_handed_on_can_be_first_again_and_what_was_cannot() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let one = Delivery::of(&[b"1"]);
        let see = async || store.see("announce/github", &one, DAY, now()).await.unwrap();
        assert_eq!(see().await, Sight::First);
        store.forget("announce/github", &one).await.unwrap();
        store.forget("announce/github", &one).await.unwrap();
        assert_eq!(see().await, Sight::First);
        store.handed_on("announce/github", &one).await.unwrap();
        store.forget("announce/github", &one).await.unwrap();
        assert_eq!(see().await, Sight::Repeated);
        aws.fault(Fault::Throttle);
        assert!(store.forget("announce/github", &one).await.is_err());
    }

    #[tokio::test]
    async fn a_row_is_forgotten_when_its_time_is_over() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let one = Delivery::of(&[b"1"]);
        let see = async |at: Timestamp| store.see("slack", &one, DAY, at).await.unwrap();
        assert_eq!([see(now()).await, see(now() + 24.hours()).await], [Sight::First, Sight::Unfinished]);
        store.handed_on("slack", &one).await.unwrap();
        assert_eq!(see(now() + 25.hours()).await, Sight::First);
        assert_eq!(see(now() + 25.hours()).await, Sight::Unfinished, "the mark went with the old row");
    }

    #[tokio::test]
    async fn a_table_that_fails_is_an_error_and_not_a_first_sight() {
        let aws = Aws::start().await;
        let store = store(&aws);
        aws.fault(Fault::Status500);
        assert!(store.see("slack", &Delivery::of(&[b"1"]), DAY, now()).await.is_err());
        assert!(store.handed_on("slack", &Delivery::of(&[b"1"])).await.is_err());
    }

    #[test]
    fn what_says_no_time_is_remembered_longest() {
        for timed in [Scheme::Generic, Scheme::Twitch, Scheme::Slack] {
            assert!(memory(timed) < memory(Scheme::GitHub) && memory(timed) > SignedDuration::from_mins(20));
        }
        assert_eq!(memory(Scheme::GitHub), memory(Scheme::WebSub));
    }
}
