//! A worker takes half a minute to start; whoever types `/play …` will want one (SPEC P7). Nothing depends on it: what
//! fails here, and what the limiter refuses, the change itself makes up for.

use core::time::Duration;

use shared::ids::GuildId;
use shared::security::rate_limit::{Limit, Subject};
use shared::telemetry::StoreOperation;
use tokio::time::timeout;

use super::Voice;
use crate::visit::Visit;

/// It runs beside the search for suggestions, which must not wait for it any longer than this.
const BUDGET: Duration = Duration::from_millis(250);

/// Asks for a worker if nobody holds the shard, at most once per 60 s and guild.
pub(crate) async fn prewake(visit: &Visit<'_>) {
    // Only an approved guild has an id here.
    let (Some(voice), Ok(guild)) = (visit.voice(), visit.guild()) else { return };
    if !voice.is_settled(voice.shard(guild), visit.now) {
        // Running out of time is silent too: the keystroke after this one tries again.
        let _ = timeout(BUDGET, voice.wake_early(visit, guild)).await;
    }
}

impl Voice {
    async fn wake_early(&self, visit: &Visit<'_>, guild: GuildId) {
        let (shard, now) = (self.shard(guild), visit.now);
        let lease = match self.leases.read(shard).await {
            Ok(lease) => lease.filter(|lease| lease.is_live(now)),
            Err(error) => return visit.report.store_failed(StoreOperation::Read, &error),
        };
        if lease.is_some() {
            return self.settle(shard, lease.as_ref(), now);
        }
        match visit.app.limits.check(&Subject::wake(guild), Limit::WAKE, now).await {
            Ok(decision) if decision.is_allowed() => {
                self.wake(guild, visit.report, now).await;
            }
            Ok(_refused) => self.settle(shard, None, now),
            Err(error) => visit.report.store_failed(StoreOperation::Guard, &error),
        }
    }
}
