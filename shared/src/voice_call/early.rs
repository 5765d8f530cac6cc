//! A worker takes half a minute to start; whoever types `/play …` will want one (SPEC P7). Nothing depends on it: what
//! fails here, and what the limiter refuses, the change itself makes up for.

use core::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use super::VoiceCaller;
use crate::ids::GuildId;
use crate::security::rate_limit::{Limit, Subject};
use crate::store::rate_limits::RateLimitStore;
use crate::telemetry::{StoreOperation, Telemetry};

/// It runs beside the search for suggestions, which must not wait for it any longer than this.
const BUDGET: Duration = Duration::from_millis(250);

impl VoiceCaller {
    /// Asks for a worker if nobody holds the shard, at most once per 60 s and guild.
    pub async fn wake_early(&self, guild: GuildId, limits: &RateLimitStore, log: &Telemetry, now: Timestamp) {
        if !self.is_settled(self.shard(guild), now) {
            // Running out of time is silent too: the keystroke after this one tries again.
            let _ = timeout(BUDGET, self.look_and_wake(guild, limits, log, now)).await;
        }
    }

    async fn look_and_wake(&self, guild: GuildId, limits: &RateLimitStore, log: &Telemetry, now: Timestamp) {
        let shard = self.shard(guild);
        let lease = match self.leases.read(shard).await {
            Ok(lease) => lease.filter(|lease| lease.is_live(now)),
            Err(error) => return log.store_failed(StoreOperation::Read, &error),
        };
        if lease.is_some() {
            return self.settle(shard, lease.as_ref(), now);
        }
        match limits.check(&Subject::wake(guild), Limit::WAKE, now).await {
            Ok(decision) if decision.is_allowed() => {
                self.wake(guild, log, now).await;
            }
            Ok(_refused) => self.settle(shard, None, now),
            Err(error) => log.store_failed(StoreOperation::Guard, &error),
        }
    }
}
