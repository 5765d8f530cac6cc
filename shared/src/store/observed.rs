//! What a guild hears, one row of `guild-state`. A worker that was followed cannot write it any more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::item::{from_item, is_live, key, to_item};
use super::leases::{Fence, Saved, put_fenced};
use super::{Db, StoreError, Table};
use crate::domain::observed::Observed;
use crate::ids::GuildId;

const SK: &str = "observed";
/// As long as a queue is kept after its last use.
const LIFE_S: i64 = 24 * 3600;

#[derive(Serialize, Deserialize)]
struct Row {
    guild: String,
    sk: String,
    epoch: u64,
    observed: Observed,
    expires_at: i64,
}

/// The observed states of all guilds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ObservedStore {
    db: Db,
}

impl ObservedStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// What was heard last; nothing a day after.
    pub async fn load(&self, guild: GuildId, now: Timestamp) -> Result<Observed, StoreError> {
        let item = self.db.get(Table::GuildState, key(guild, SK), "observed.load").await?;
        let Some(item) = item else { return Ok(Observed::default()) };
        let row: Row = from_item(Table::GuildState, "observed", item)?;
        Ok(if is_live(row.expires_at, now) { row.observed } else { Observed::default() })
    }

    /// Keeps where things stand, unless somebody follows already.
    pub async fn save(
        &self,
        guild: GuildId,
        observed: &Observed,
        fence: Fence,
        now: Timestamp,
    ) -> Result<Saved, StoreError> {
        let row = Row {
            guild: guild.to_string(),
            sk: SK.to_owned(),
            epoch: fence.epoch().get(),
            observed: observed.clone(),
            expires_at: now.as_second().saturating_add(LIFE_S),
        };
        let item = to_item(Table::GuildState, &row)?;
        put_fenced(&self.db, Table::GuildState, item, fence, "observed.save").await
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use testkit::Aws;

    use super::*;
    use crate::domain::observed::{CardAt, Heard};
    use crate::domain::queue::EntryId;
    use crate::domain::workers::{LeaseTimes, ShardId};
    use crate::ids::{ChannelId, MessageId, UserId};
    use crate::store::leases::{Leases, Take};

    const GUILD: GuildId = GuildId::new(9);

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    async fn fence(aws: &Aws, name: &str, now: Timestamp) -> Fence {
        let leases = Leases::new(Db::new(aws.dynamodb(), aws.prefix()), LeaseTimes::DEFAULT);
        match leases.take(ShardId::new(0), &name.parse().unwrap(), now).await.unwrap() {
            Take::Mine(held) => held.fence(),
            Take::Theirs(lease) => panic!("{lease:?}"),
        }
    }

    fn observed(rev: u64) -> Observed {
        Observed {
            rev,
            heard: Some(Heard {
                entry: EntryId::new(3, 0),
                run: rev,
                position_ms: 1,
                at: now(),
                playing: true,
            }),
            channel: Some(ChannelId::new(5)),
            card: Some(CardAt { channel: ChannelId::new(6), message: MessageId::new(7) }),
            seek_seq: 2,
            listeners: Some(vec![UserId::new(8)]),
            handed_over: true,
        }
    }

    #[tokio::test]
    async fn it_reads_as_it_was_saved_for_a_day() {
        let aws = Aws::start().await;
        let store = ObservedStore::new(Db::new(aws.dynamodb(), aws.prefix()));
        assert_eq!(store.load(GUILD, now()).await, Ok(Observed::default()));
        let fence = fence(&aws, "a", now()).await;
        for rev in [1, 2] {
            assert_eq!(store.save(GUILD, &observed(rev), fence, now()).await, Ok(Saved::Now));
        }
        assert_eq!(store.load(GUILD, now()).await, Ok(observed(2)));
        assert_eq!(store.load(GuildId::new(10), now()).await, Ok(Observed::default()));
        assert_eq!(store.load(GUILD, now() + 24.hours()).await, Ok(Observed::default()));
    }

    #[tokio::test]
    async fn a_worker_that_was_followed_writes_nothing() {
        let aws = Aws::start().await;
        let store = ObservedStore::new(Db::new(aws.dynamodb(), aws.prefix()));
        let old = fence(&aws, "a", now()).await;
        let new = fence(&aws, "b", now() + 15.seconds()).await;
        assert_eq!(store.save(GUILD, &observed(2), new, now()).await, Ok(Saved::Now));
        assert_eq!(store.save(GUILD, &observed(1), old, now()).await, Ok(Saved::Fenced));
        assert_eq!(store.load(GUILD, now()).await, Ok(observed(2)));
    }
}
