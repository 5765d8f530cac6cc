//! The way to the voice worker: its doorbell, its shard's lease, and who starts one. All of it
//! or nothing: without it the bot keeps queues and says that voice is not switched on.
//!
//! The worker reads the truth from the tables (DESIGN, "Playing a song"). So nothing here can lose anything: a bell that
//! nobody rang costs the 15 s until it reads again, and a worker that nobody woke is asked for by the next change.

mod call;
mod config;
mod need;
mod prewake;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::domain::workers::{Lease, LeaseTimes, ShardCount, ShardId};
use shared::ids::GuildId;
use shared::invoke::VoiceSupervisor;
use shared::queues::DoorbellQueues;
use shared::store::Db;
use shared::store::leases::Leases;
use shared::store::votes::VoteStore;

pub(crate) use call::News;
pub use config::VoiceConfig;
pub(crate) use need::Errand;
pub(crate) use prewake::prewake;

/// For how long it is believed that a worker is there or on its way; only keystrokes rely on it.
const BELIEVED: Duration = Duration::from_secs(5);

/// The clients. What they may touch is listed in [`crate::grants`].
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) votes: VoteStore,
    shards: ShardCount,
    doorbells: DoorbellQueues,
    supervisor: VoiceSupervisor,
    leases: Leases,
    /// Until when a shard needs no waking from a keystroke. One entry a shard at most.
    settled: Mutex<BTreeMap<ShardId, Timestamp>>,
}

impl Voice {
    /// As configured, over the tables of `db`.
    pub(crate) fn new(config: &VoiceConfig, sdk: &SdkConfig, db: &Db) -> Self {
        Self {
            votes: VoteStore::new(db.clone()),
            shards: config.shards,
            doorbells: DoorbellQueues::at(sdk, config.doorbells.clone()),
            supervisor: VoiceSupervisor::new(sdk, &config.supervisor_function),
            // The times matter to who holds a lease, and here nobody does.
            leases: Leases::new(db.clone(), LeaseTimes::DEFAULT),
            settled: Mutex::default(),
        }
    }

    fn shard(&self, guild: GuildId) -> ShardId {
        self.shards.shard_of(guild)
    }

    fn is_settled(&self, shard: ShardId, now: Timestamp) -> bool {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.get(&shard).is_some_and(|until| now < *until)
    }

    /// Somebody holds the shard, or was asked to: no keystroke has to look for the next seconds.
    fn settle(&self, shard: ShardId, lease: Option<&Lease>, now: Timestamp) {
        let believed = now.saturating_add(BELIEVED).unwrap_or(Timestamp::MAX);
        let until = lease.map_or(believed, |lease| lease.until.min(believed));
        self.settled.lock().unwrap_or_else(PoisonError::into_inner).insert(shard, until);
    }
}
