//! The gateway session of a shard, so that the next worker resumes instead of identifying (SPEC P12).

use jiff::{SignedDuration, Timestamp};

use super::fence::{Fence, put_fenced};
use super::row::{corrupt, get_number, get_text, key};
use crate::domain::workers::{GatewaySession, ShardId};
use crate::store::item::{Item, is_live, number, text};
use crate::store::{Db, StoreError, Table};

/// Discord says nowhere how long a session can be resumed; minutes, by experience. A row is read for this long.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The sessions of all shards. Cheap to clone.
#[derive(Clone, Debug)]
pub struct GatewaySessions {
    db: Db,
}

/// Whether a write was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It was.
    Now,
    /// The row is of a higher epoch: somebody follows. Stop.
    Fenced,
}

impl GatewaySessions {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// The session to go on with, if there is one.
    pub async fn load(&self, shard: ShardId, now: Timestamp) -> Result<Option<GatewaySession>, StoreError> {
        let item = self.db.get(Table::Leases, key("session", shard), "leases.session").await?;
        item.as_ref().map_or(Ok(None), |item| read(item, now))
    }

    /// Keeps where the session stands. Due with each renewal of the lease: events since then come again.
    pub async fn save(
        &self,
        shard: ShardId,
        session: &GatewaySession,
        fence: Fence,
        now: Timestamp,
    ) -> Result<Saved, StoreError> {
        let mut item = row(shard, fence, now);
        item.insert("session_id".to_owned(), text(&session.session_id));
        item.insert("seq".to_owned(), number(session.seq));
        item.insert("resume_url".to_owned(), text(&session.resume_url));
        self.put(item, fence).await
    }

    /// Forgets a session that Discord did not take or that ended.
    pub async fn forget(&self, shard: ShardId, fence: Fence, now: Timestamp) -> Result<Saved, StoreError> {
        self.put(row(shard, fence, now), fence).await
    }

    async fn put(&self, item: Item, fence: Fence) -> Result<Saved, StoreError> {
        put_fenced(&self.db, Table::Leases, item, fence, "leases.session").await
    }
}

fn row(shard: ShardId, fence: Fence, now: Timestamp) -> Item {
    let mut item = key("session", shard);
    fence.mark(&mut item);
    let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    item.insert("expires_at".to_owned(), number(expires_at.as_second()));
    item
}

/// A row without a session only remembers who ended it.
pub(super) fn read(item: &Item, now: Timestamp) -> Result<Option<GatewaySession>, StoreError> {
    let expires_at = get_number(item, "expires_at").ok_or(corrupt("session"))?;
    if !is_live(expires_at, now) || !item.contains_key("session_id") {
        return Ok(None);
    }
    let session = || {
        Some(GatewaySession {
            session_id: get_text(item, "session_id")?.to_owned(),
            seq: get_number(item, "seq")?,
            resume_url: get_text(item, "resume_url")?.to_owned(),
        })
    };
    session().map(Some).ok_or(corrupt("session"))
}
