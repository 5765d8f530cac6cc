//! A lease in the hands of its holder.

use jiff::{SignedDuration, Timestamp};

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};

use super::row::key;
use super::{Fence, MINE};
use crate::domain::workers::{Epoch, LeaseTimes, ShardId, WorkerId};
use crate::store::in_transaction::InTransaction;
use crate::store::item::{number, text};
use crate::store::{Db, StoreError, Table};

/// The right to serve a shard, for as long as it is renewed. Its clock is the holder's own: it begins when the renewal was
/// *sent*, so a slow answer never lengthens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub(super) shard: ShardId,
    pub(super) epoch: Epoch,
    pub(super) worker: WorkerId,
    pub(super) confirmed_at: Timestamp,
    pub(super) times: LeaseTimes,
}

impl Held {
    /// Which shard.
    pub const fn shard(&self) -> ShardId {
        self.shard
    }

    /// Under which epoch.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// What makes other rows' writes conditional on it.
    pub const fn fence(&self) -> Fence {
        Fence::new(self.epoch)
    }

    /// Makes a transaction conditional on its being held. A late renewal does not end it: only a follower does.
    pub(in crate::store) fn still(&self, db: &Db) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .set_key(Some(key("shard", self.shard)))
            .condition_expression(MINE)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", text(self.worker.as_str()))
            .expression_attribute_values(":epoch", number(self.epoch.get()));
        check.in_transaction(db, Table::Leases)
    }

    /// When to renew it.
    pub fn renew_at(&self) -> Timestamp {
        self.confirmed_at.saturating_add(self.times.renew()).unwrap_or(Timestamp::MAX)
    }

    /// When to fall silent unless it was renewed before.
    pub fn silent_at(&self) -> Timestamp {
        self.confirmed_at.saturating_add(self.times.silence()).unwrap_or(Timestamp::MAX)
    }

    /// How long ago it was renewed.
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.confirmed_at)
    }

    /// Whether its holder may send audio. Nobody else may take the shard for seconds after this ends.
    pub fn may_send(&self, now: Timestamp) -> bool {
        now < self.silent_at()
    }
}
