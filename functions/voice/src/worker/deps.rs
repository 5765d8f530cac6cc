//! What a worker holds for its life. What it may touch is listed in `crate::grants`.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use core::time::Duration;

use aws_config::SdkConfig;
use shared::clock::{Clock, Rng};
use shared::discord::rest::{BadToken, BotRest, DiscordRest, NoClient, Patience};
use shared::ids::UserId;
use shared::invoke::VoiceSupervisor;
use shared::queues::PrivacyQueue;
use shared::secrets::{AppSecrets, SecretError};
use shared::security::access::AccessCache;
use shared::security::custom_id::CustomIds;
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::deferred::DeferredReplies;
use shared::store::leases::{ActiveGuilds, GatewaySessions, IdentifyBudgets, Leases};
use shared::store::observed::ObservedStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::settings::SettingsStore;
use shared::store::votes::VoteStore;
use shared::telemetry::{Sink, Telemetry};

use tokio::sync::Notify;

use super::config::WorkerConfig;
use crate::config::PlaybackConfig;
use crate::playback::{Playback, PlaybackError};

/// Guilds whose approval a worker remembers at a time.
const REMEMBERED: usize = 1000;

/// Discord is asked for longer than a function could wait.
const PATIENCE: Patience = Patience {
    attempt: Duration::from_secs(5),
    total: Duration::from_secs(20),
    first_wait: Duration::from_millis(200),
};

/// Everything that an actor works with.
#[derive(Debug)]
pub(crate) struct Deps {
    pub(crate) config: WorkerConfig,
    pub(crate) queue: QueueStore,
    pub(crate) settings: SettingsStore,
    pub(crate) access: AccessStore,
    pub(crate) standings: AccessCache,
    pub(crate) observed: ObservedStore,
    pub(crate) deferred: DeferredReplies,
    pub(crate) votes: VoteStore,
    pub(crate) active: ActiveGuilds,
    pub(crate) leases: Leases,
    pub(crate) sessions: GatewaySessions,
    pub(crate) budgets: IdentifyBudgets,
    pub(crate) rest: DiscordRest,
    pub(crate) bot: BotRest,
    pub(crate) token: Secret,
    pub(crate) custom_ids: CustomIds,
    pub(crate) playback: Playback,
    pub(crate) telemetry: Telemetry,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) supervisor: Option<VoiceSupervisor>,
    pub(crate) privacy: PrivacyQueue,
    /// Guilds with an actor; the lease tells others.
    playing: AtomicU32,
    late: AtomicU64,
    begun: Notify,
}

/// The worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no HTTP client.
    #[error(transparent)]
    Http(#[from] NoClient),
    /// A secret cannot be read.
    #[error("a secret cannot be read: {0}")]
    Secret(#[from] SecretError),
    /// The bot's token is malformed.
    #[error(transparent)]
    Token(#[from] BadToken),
    /// The keys of custom ids or of the log are malformed.
    #[error("the secret {0} holds no usable key")]
    Key(String),
    /// The playback cannot start.
    #[error(transparent)]
    Playback(#[from] PlaybackError),
}

impl Deps {
    /// Reads the secrets and starts the playback.
    pub(crate) async fn start(
        config: WorkerConfig,
        playback: &PlaybackConfig,
        sdk: &SdkConfig,
    ) -> Result<Self, StartError> {
        let (clock, rng) = (Clock::system(), Rng::system());
        let secrets = AppSecrets::new(sdk);
        let now = clock.now();
        let keys = secrets.key_set(&config.log_key_secret, now).await?;
        let bad_key = |name: &str| StartError::Key(name.to_owned());
        let pseudonyms = Pseudonyms::from_key_set(&keys).map_err(|_| bad_key(&config.log_key_secret))?;
        let telemetry = Telemetry::new(Sink::stdout(), "voice", clock).with_pseudonyms(pseudonyms);
        let keys = secrets.key_set(&config.custom_id_secret, now).await?;
        let custom_ids = CustomIds::from_key_set(&keys).map_err(|_| bad_key(&config.custom_id_secret))?;
        let token = secrets.text(&config.bot_token_secret).await?;
        let rest = DiscordRest::new(config.api_base.clone(), &config.home, PATIENCE, rng)?;
        let bot = BotRest::new(rest.clone(), &token)?;
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        Ok(Self {
            queue: QueueStore::new(db.clone(), rng),
            settings: SettingsStore::new(db.clone()),
            access: AccessStore::new(db.clone(), RateLimitStore::new(db.clone()), 0),
            standings: AccessCache::new(REMEMBERED),
            observed: ObservedStore::new(db.clone()),
            deferred: DeferredReplies::new(db.clone()),
            votes: VoteStore::new(db.clone()),
            active: ActiveGuilds::new(db.clone()),
            leases: Leases::new(db.clone(), config.lease),
            sessions: GatewaySessions::new(db.clone()),
            budgets: IdentifyBudgets::new(db),
            playback: Playback::start(playback, sdk).await?,
            privacy: PrivacyQueue::new(sdk, &config.privacy_queue_url),
            supervisor: config.supervisor.as_ref().map(|function| VoiceSupervisor::new(sdk, function)),
            rest,
            bot,
            token,
            custom_ids,
            telemetry,
            clock,
            rng,
            config,
            playing: AtomicU32::new(0),
            late: AtomicU64::new(0),
            begun: Notify::new(),
        })
    }

    /// How many guilds have an actor.
    pub(crate) fn playing(&self) -> u32 {
        self.playing.load(Ordering::Relaxed)
    }

    pub(crate) fn note_playing(&self, guilds: usize) {
        let guilds = u32::try_from(guilds).unwrap_or(u32::MAX);
        if self.playing.swap(guilds, Ordering::Relaxed) == 0 && guilds > 0 {
            self.begun.notify_one();
        }
    }

    /// Waits until there is something to play after there was nothing.
    pub(crate) async fn begins(&self) {
        self.begun.notified().await;
    }

    /// Frames that were missing when they were due, of all players since the start.
    pub(crate) fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    pub(crate) fn note_late(&self, frames: u64) {
        self.late.fetch_add(frames, Ordering::Relaxed);
    }

    /// The bot's own user: its id is the application's.
    pub(crate) fn me(&self) -> UserId {
        self.config.application_id.cast()
    }
}
