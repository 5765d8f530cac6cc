//! Who holds a shard, and all that belongs to a shard and not to a guild: tries to start a worker, the gateway session,
//! the bot's identifies. One table, one key (`lease`), rows `shard#n`, `attempt#n`, `session#n`, `identify#application`.
//!
//! The row of a lease is never removed: its epoch fences the writes of all who held it before ([`Fence`]).

mod active;
mod attempts;
mod budget;
mod fence;
mod held;
mod row;
mod session;
#[cfg(test)]
mod tests;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

pub use self::active::ActiveGuilds;
pub use self::attempts::{Attempts, Noted, Rows};
pub use self::budget::{IdentifyBudgets, Spend};
pub(in crate::store) use self::fence::put_fenced;
pub use self::fence::{FENCE, Fence};
pub use self::held::Held;
use self::row::{key, millis, no_row, read_lease};
pub use self::session::{GatewaySessions, Saved};
use super::condition::held_or_row;
use super::item::{Item, number, text};
use super::{Db, StoreError, Table};
use crate::domain::workers::{Lease, LeaseTimes, ShardId, WorkerId};

const TAKE: &str = "SET #owner = :me, #until = :until REMOVE successor, successor_at ADD epoch :one";
const FREE: &str = "attribute_not_exists(#until) OR #until <= :now";
const RENEW: &str = "SET #until = :until, guilds = :sessions";
/// A renewal that was late on its way must not shorten what a later one has lengthened.
const MINE_AND_NOT_SHORTER: &str = "#owner = :me AND epoch = :epoch AND #until <= :until";
const MINE: &str = "#owner = :me AND epoch = :epoch";
/// Nothing is kept of the time that was left: the successor's clock may be behind ours.
const LET_GO: &str = "SET #until = :zero REMOVE #owner";
const RELEASE: &str = "SET #until = :zero, guilds = :zero REMOVE #owner, successor, successor_at";
const ANNOUNCE: &str = "SET successor = :me, successor_at = :now";
const FOLLOWABLE: &str = "#until > :now AND #owner <> :me AND \
    (attribute_not_exists(successor) OR successor = :me OR successor_at <= :stale)";

/// The leases of all shards. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases {
    db: Db,
    times: LeaseTimes,
}

/// What became of asking for a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Take {
    /// The caller holds it.
    Mine(Held),
    /// Somebody else does.
    Theirs(Lease),
}

/// What became of a renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The caller still holds it. If somebody waits to follow, let go once there is nothing to keep it for.
    Renewed {
        /// The lease from now on.
        held: Held,
        /// Who waits.
        waiting: Option<WorkerId>,
    },
    /// Somebody else took it. Stop at once and write nothing.
    Lost,
}

/// What became of saying that one is ready to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    /// The holder reads it with its next renewal. Say so again meanwhile, at least once within a lease's time.
    Waiting,
    /// Nobody holds the shard: take it.
    Free,
    /// The caller holds it, or somebody else waits already.
    NotNeeded,
}

/// What became of a lease that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// It is free.
    Now,
    /// It had been lost before.
    Already,
}

impl Leases {
    /// Over the tables of `db`. All workers of a deployment are told the same `times`.
    pub const fn new(db: Db, times: LeaseTimes) -> Self {
        Self { db, times }
    }

    /// The lease as it stands; `None` before the first worker.
    pub async fn read(&self, shard: ShardId) -> Result<Option<Lease>, StoreError> {
        let item = self.db.get(Table::Leases, key("shard", shard), "leases.read").await?;
        item.as_ref().map(|item| read_lease(shard, item)).transpose()
    }

    /// Takes a shard that nobody holds, or whose holder's time has passed. Its epoch grows by one.
    pub async fn take(&self, shard: ShardId, worker: &WorkerId, now: Timestamp) -> Result<Take, StoreError> {
        let sent = self
            .update(shard, TAKE, FREE, worker)
            .expression_attribute_values(":until", millis(self.end(now)))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":one", number(1))
            .send()
            .await;
        let lease = match changed("leases.take", sent)? {
            Changed::Now(item) => return Ok(Take::Mine(self.held(&read_lease(shard, &item)?, worker, now))),
            Changed::Refused(item) => read_lease(shard, &item.ok_or(no_row("shard"))?)?,
        };
        // An attempt of ours whose answer was lost is what refuses the next one.
        if lease.owner.as_ref() == Some(worker) && lease.is_live(now) {
            let taken_at = lease.until.saturating_sub(self.times.ttl()).unwrap_or(now);
            return Ok(Take::Mine(self.held(&lease, worker, taken_at.min(now))));
        }
        Ok(Take::Theirs(lease))
    }

    /// Holds on, with the number of guilds that the worker has a session in. Due every [`LeaseTimes::renew`].
    pub async fn renew(&self, held: &Held, sessions: u32, now: Timestamp) -> Result<Renewal, StoreError> {
        let sent = self
            .update(held.shard, RENEW, MINE_AND_NOT_SHORTER, &held.worker)
            .expression_attribute_values(":epoch", number(held.epoch.get()))
            .expression_attribute_values(":until", millis(self.end(now)))
            .expression_attribute_values(":sessions", number(sessions))
            .send()
            .await;
        let (item, confirmed) = match changed("leases.renew", sent)? {
            Changed::Now(item) => (item, now),
            Changed::Refused(None) => return Ok(Renewal::Lost),
            Changed::Refused(Some(item)) => (item, held.confirmed_at),
        };
        let lease = read_lease(held.shard, &item)?;
        if lease.epoch != held.epoch || lease.owner.as_ref() != Some(&held.worker) {
            return Ok(Renewal::Lost);
        }
        let waiting = lease.waiting(now, self.times).cloned();
        Ok(Renewal::Renewed { held: self.held(&lease, &held.worker, confirmed), waiting })
    }

    /// Says that the caller is logged in and ready to follow the holder.
    pub async fn announce(
        &self,
        shard: ShardId,
        worker: &WorkerId,
        now: Timestamp,
    ) -> Result<Announced, StoreError> {
        let stale = now.saturating_sub(self.times.ttl()).unwrap_or(Timestamp::MIN);
        let sent = self
            .update(shard, ANNOUNCE, FOLLOWABLE, worker)
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":stale", millis(stale))
            .send()
            .await;
        match changed("leases.announce", sent)? {
            Changed::Now(_) => Ok(Announced::Waiting),
            Changed::Refused(Some(item)) if read_lease(shard, &item)?.is_live(now) => {
                Ok(Announced::NotNeeded)
            }
            Changed::Refused(Some(_) | None) => Ok(Announced::Free),
        }
    }

    /// Makes room for the one who waits. Its sessions stay counted, so that they are started again if it dies first.
    pub async fn let_go(&self, held: Held) -> Result<GivenUp, StoreError> {
        self.give_up(&held, LET_GO, "leases.let_go").await
    }

    /// Gives the shard back with nothing left to play. Look once more for what is pending first; whoever rings looks at
    /// the lease afterwards.
    pub async fn release(&self, held: Held) -> Result<GivenUp, StoreError> {
        self.give_up(&held, RELEASE, "leases.release").await
    }

    async fn give_up(
        &self,
        held: &Held,
        expression: &'static str,
        operation: &'static str,
    ) -> Result<GivenUp, StoreError> {
        let sent = self
            .update(held.shard, expression, MINE, &held.worker)
            .expression_attribute_values(":epoch", number(held.epoch.get()))
            .expression_attribute_values(":zero", number(0))
            .send()
            .await;
        match changed(operation, sent)? {
            Changed::Now(_) => Ok(GivenUp::Now),
            Changed::Refused(_) => Ok(GivenUp::Already),
        }
    }

    fn update(
        &self,
        shard: ShardId,
        expression: &'static str,
        condition: &'static str,
        worker: &WorkerId,
    ) -> UpdateItemFluentBuilder {
        let update = self.db.client().update_item().table_name(self.db.table(Table::Leases));
        update
            .set_key(Some(key("shard", shard)))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":me", text(worker.as_str()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    fn held(&self, lease: &Lease, worker: &WorkerId, confirmed_at: Timestamp) -> Held {
        let (shard, epoch) = (lease.shard, lease.epoch);
        Held { shard, epoch, worker: worker.clone(), confirmed_at, times: self.times }
    }

    fn end(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.times.ttl()).unwrap_or(Timestamp::MAX)
    }
}

/// What a conditional write did.
pub(super) enum Changed {
    /// It happened; the row then.
    Now(Item),
    /// It did not; the row that refused it, if there is one.
    Refused(Option<Item>),
}

/// `operation` names the write in errors.
fn changed<R>(
    operation: &'static str,
    sent: Result<UpdateItemOutput, SdkError<UpdateItemError, R>>,
) -> Result<Changed, StoreError> {
    Ok(match held_or_row(sent, operation)? {
        Ok(output) => Changed::Now(output.attributes.unwrap_or_default()),
        Err(row) => Changed::Refused(row),
    })
}
