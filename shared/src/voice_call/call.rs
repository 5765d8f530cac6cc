//! Telling the worker of a change: first its bell, then a look at the lease, then, if nobody holds it, a wake.
//!
//! The look comes after the bell, not beside it: a worker gives its lease back, then looks once more whether anybody has
//! rung. Whoever rings before that look is heard by it; whoever looks at the lease after ringing and still finds it held
//! rang before it was given back. Side by side, both could miss each other.

use core::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use super::VoiceCaller;
use crate::domain::workers::{Errand, Holder};
use crate::ids::GuildId;
use crate::messages::Wake;
use crate::telemetry::{StoreOperation, Telemetry, VoiceCall};

/// How long each of the three may take. They follow a change that is made: its answer must not be lost for them.
const EACH: Duration = Duration::from_millis(300);
/// The code of what took longer.
const TIMEOUT: &str = "timeout";

/// What a worker is told.
#[derive(Clone, Copy, Debug)]
pub struct News {
    /// Whose queue.
    pub guild: GuildId,
    /// The revision of the queue that was written, or that a reply is about.
    pub rev: u64,
    /// What it is called for.
    pub errand: Errand,
}

impl VoiceCaller {
    /// Does what it can; failures are told in the log. The worker reads again by itself, and the reply has a deadline.
    pub async fn call(&self, news: News, log: &Telemetry, now: Timestamp) {
        if !news.errand.needs(Holder::Somebody) {
            return;
        }
        let rung = self.ring(news, log).await;
        let holder = self.look(news.guild, log, now).await;
        if holder == Holder::Somebody || !news.errand.needs(Holder::Nobody) {
            return;
        }
        let woken = self.wake(news.guild, log, now).await;
        if !rung && !woken {
            // Until the next change nobody plays what was asked for.
            log.fault("voice", "nobody_hears");
        }
    }

    async fn ring(&self, news: News, log: &Telemetry) -> bool {
        let ring = self.doorbells.ring(self.shard(news.guild), news.guild, news.rev);
        match timeout(EACH, ring).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => log.voice_failed(VoiceCall::Ring, error.code()),
            Err(_elapsed) => log.voice_failed(VoiceCall::Ring, TIMEOUT),
        }
        false
    }

    async fn look(&self, guild: GuildId, log: &Telemetry, now: Timestamp) -> Holder {
        let shard = self.shard(guild);
        match timeout(EACH, self.leases.read(shard)).await {
            Ok(Ok(Some(lease))) if lease.is_live(now) => {
                self.settle(shard, Some(&lease), now);
                return Holder::Somebody;
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => log.store_failed(StoreOperation::Read, &error),
            Err(_elapsed) => log.voice_failed(VoiceCall::Look, TIMEOUT),
        }
        Holder::Nobody
    }

    /// Whether it is sure that the supervisor was asked.
    pub(super) async fn wake(&self, guild: GuildId, log: &Telemetry, now: Timestamp) -> bool {
        let shard = self.shard(guild);
        match timeout(EACH, self.supervisor.wake(Wake::new(shard))).await {
            Ok(Ok(())) => {
                self.settle(shard, None, now);
                return true;
            }
            Ok(Err(error)) => log.voice_failed(VoiceCall::Wake, error.code()),
            Err(_elapsed) => log.voice_failed(VoiceCall::Wake, TIMEOUT),
        }
        false
    }
}
