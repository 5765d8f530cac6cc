//! The way to the voice worker for whoever changes a queue: its doorbell, its shard's lease, and who starts one.
//!
//! The worker reads the truth from the tables (DESIGN, "Playing a song"). So nothing here can lose anything: a bell that
//! nobody rang costs the 15 s until it reads again, and a worker that nobody woke is asked for by the next change.

mod call;
mod config;
mod early;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use jiff::Timestamp;

pub use call::News;
pub use config::VoiceCallConfig;

use crate::domain::workers::{Lease, LeaseTimes, ShardCount, ShardId};
use crate::ids::GuildId;
use crate::invoke::VoiceSupervisor;
use crate::queues::DoorbellQueues;
use crate::store::Db;
use crate::store::leases::Leases;

/// For how long it is believed that a worker is there or on its way; only keystrokes rely on it.
const BELIEVED: Duration = Duration::from_secs(5);

/// Calls the workers of all shards.
#[derive(Debug)]
pub struct VoiceCaller {
    shards: ShardCount,
    doorbells: DoorbellQueues,
    supervisor: VoiceSupervisor,
    leases: Leases,
    /// Until when a shard needs no waking from a keystroke. One entry a shard at most.
    settled: Mutex<BTreeMap<ShardId, Timestamp>>,
}

impl VoiceCaller {
    /// As configured, over the tables of `db`.
    pub fn new(config: &VoiceCallConfig, sdk: &SdkConfig, db: &Db) -> Self {
        Self {
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
