//! What the function holds for its life. What it may touch is listed in [`crate::grants`]; Discord it reaches
//! by a reply's own token.

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::clock::Clock;
use shared::discord::rest::{DiscordRest, NoClient, Patience};
use shared::domain::workers::Policy;
use shared::logbook::Logbook;
use shared::queues::ReplyDeadlineQueue;
use shared::store::Db;
use shared::store::deferred::DeferredReplies;
use shared::store::flags::FlagStore;
use shared::store::leases::Attempts;

use crate::config::Config;
use crate::end::Job;
use crate::start::Starter;
use crate::tasks::Tasks;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    replies: DeferredReplies,
    discord: DiscordRest,
    starter: Starter,
    logbook: Logbook,
    clock: Clock,
}

/// The function cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client.
    #[error(transparent)]
    Http(#[from] NoClient),
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<Patience>;

impl App {
    /// With this configuration and these AWS settings, on the real machine.
    pub fn new(config: &Config, sdk: &SdkConfig) -> Result<Self, AppError> {
        Self::on(&Machine::real(Patience::STANDARD), config, sdk)
    }

    /// On this machine.
    pub fn on(machine: &Machine, config: &Config, sdk: &SdkConfig) -> Result<Self, AppError> {
        let api = config.api_base.clone();
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        Ok(Self {
            replies: DeferredReplies::new(db.clone()),
            starter: starter(config, sdk, db),
            discord: DiscordRest::new(api, &config.home, machine.patience, machine.rng)?,
            logbook: Logbook::new("voice-supervisor", machine, sdk, &config.log_key_secret),
            clock: machine.clock,
        })
    }

    pub(crate) const fn clock(&self) -> Clock {
        self.clock
    }

    /// What one request works with. Without the log key replies still end; the log then says `unavailable`.
    pub(crate) async fn job(&self, request_id: &str, now: Timestamp) -> Job {
        Job {
            replies: self.replies.clone(),
            discord: self.discord.clone(),
            starter: self.starter.clone(),
            log: self.logbook.of(request_id, now).await,
        }
    }
}

fn starter(config: &Config, sdk: &SdkConfig, db: Db) -> Starter {
    Starter {
        attempts: Attempts::new(db.clone()),
        flags: FlagStore::new(db),
        tasks: Tasks::new(sdk, config.placement.clone()),
        queue: ReplyDeadlineQueue::new(sdk, &config.queue_url),
        policy: Policy { times: config.lease_times, ..Policy::DEFAULT },
        shards: config.shards,
        bot: config.application,
    }
}
