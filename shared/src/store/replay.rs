//! Interaction ids seen (SPEC W20): one conditional write, so that of many copies exactly one is first.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::condition::held;
use super::{Db, StoreError, Table};
use crate::domain::access::Tenant;
use crate::ids::InteractionId;
use crate::security::replay::{FirstSight, remembered_until};

/// The ids that were accepted in the last quarter of an hour.
#[derive(Clone, Debug)]
pub struct ReplayStore {
    db: Db,
}

/// A row that has expired is as good as none: the table may keep it for days.
const NOT_REMEMBERED: &str = "attribute_not_exists(sk) OR expires_at <= :now";

impl ReplayStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Whether the id is seen for the first time; remembers it in the same write. On failure nobody knows, and the
    /// caller refuses. If the SDK repeats a write whose answer was lost, it reads as seen before: the strict side.
    pub async fn first_sight(
        &self,
        tenant: Tenant,
        id: InteractionId,
        now: Timestamp,
    ) -> Result<FirstSight, StoreError> {
        let put = self.db.client().put_item().table_name(self.db.table(Table::Replay));
        let sent = put
            .item("tenant", AttributeValue::S(tenant.to_string()))
            .item("sk", AttributeValue::S(format!("interaction#{id}")))
            .item("expires_at", AttributeValue::N(remembered_until(now).to_string()))
            .condition_expression(NOT_REMEMBERED)
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .send()
            .await;
        Ok(if held(sent, "replay.first_sight")?.is_some() {
            FirstSight::Fresh
        } else {
            FirstSight::SeenBefore
        })
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};
    use tokio::task::JoinSet;

    use super::*;
    use crate::ids::{GuildId, UserId};
    use crate::security::replay::MEMORY;

    const GUILD: Tenant = Tenant::Guild(GuildId::new(7));

    fn store(aws: &Aws) -> ReplayStore {
        ReplayStore::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_fifty_copies_one_is_first() {
        let aws = Aws::start().await;
        let mut copies = JoinSet::new();
        for _ in 0..50 {
            let store = store(&aws);
            copies
                .spawn(async move { store.first_sight(GUILD, InteractionId::new(1), noon()).await.unwrap() });
        }
        let seen = copies.join_all().await;
        assert_eq!(seen.iter().filter(|sight| **sight == FirstSight::Fresh).count(), 1);
    }

    #[tokio::test]
    async fn an_id_is_remembered_as_long_as_it_could_be_fresh_and_no_row_is_for_ever() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let sight = async |id, now| store.first_sight(GUILD, InteractionId::new(id), now).await.unwrap();
        assert_eq!(sight(1, noon()).await, FirstSight::Fresh);
        assert_eq!(sight(2, noon()).await, FirstSight::Fresh);
        assert_eq!(sight(1, noon() + MEMORY).await, FirstSight::SeenBefore);
        let later = noon() + MEMORY + jiff::SignedDuration::from_secs(1);
        assert_eq!(
            sight(1, later).await,
            FirstSight::Fresh,
            "an expired row that still lies there is ignored"
        );
        assert_eq!(sight(1, later).await, FirstSight::SeenBefore);
    }

    #[tokio::test]
    async fn tenants_do_not_see_each_other() {
        let aws = Aws::start().await;
        let store = store(&aws);
        for tenant in [GUILD, Tenant::Guild(GuildId::new(8)), Tenant::Dm(UserId::new(7))] {
            let sight = store.first_sight(tenant, InteractionId::new(1), noon()).await;
            assert_eq!(sight, Ok(FirstSight::Fresh));
        }
    }

    #[tokio::test]
    async fn a_table_that_fails_says_neither() {
        let aws = Aws::start().await;
        aws.fault(Fault::Status500);
        let sight = store(&aws).first_sight(GUILD, InteractionId::new(1), noon()).await;
        assert!(
            matches!(sight, Err(StoreError::Unavailable { operation: "replay.first_sight", .. })),
            "{sight:?}"
        );
    }
}
