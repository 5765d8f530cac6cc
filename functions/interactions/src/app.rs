//! What the function holds for its life: clients, stores, caches. What it may touch is listed in [`crate::grants`].

use core::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::clock::{Clock, Rng};
use shared::domain::containment::Knowledge;
use shared::env::{BadEnv, Env};
use shared::ids::InteractionId;
use shared::queues::{ControlQueue, PrivacyQueue};
use shared::secrets::AppSecrets;
use shared::security::access::AccessCache;
use shared::security::custom_id::CustomIds;
use shared::security::pseudonym::Pseudonyms;
use shared::security::rate_limit::{Limit, LocalCap};
use shared::security::signature::DiscordKeys;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::audit::AuditStore;
use shared::store::flags::FlagStore;
use shared::store::incidents::IncidentStore;
use shared::store::playlists::PlaylistStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::replay::ReplayStore;
use shared::store::settings::SettingsStore;
use shared::store::suspicion::SuspicionStore;
use shared::telemetry::{Sink, StoreOperation, Telemetry};
use tokio::sync::mpsc::UnboundedSender;

use crate::accounts::Accounts;
use crate::checks::Checked;
use crate::config::Config;
use crate::debt::Replies;
use crate::refused::Refused;
use crate::report::Report;
use crate::voice::Voice;

/// How long a request waits for keys that are not cached.
const KEYS_BUDGET: Duration = Duration::from_millis(500);
/// Guilds whose standing one process remembers, and users whom its own cap watches.
const REMEMBERED: usize = 2_000;

/// The function's clients and caches. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) replay: ReplayStore,
    pub(crate) access: AccessStore,
    pub(crate) flags: FlagStore,
    pub(crate) limits: RateLimitStore,
    pub(crate) settings: SettingsStore,
    pub(crate) queue: QueueStore,
    pub(crate) playlists: PlaylistStore,
    pub(crate) audit: AuditStore,
    pub(crate) privacy: PrivacyQueue,
    /// Where orders about incidents and containment go.
    pub(crate) control: ControlQueue,
    pub(crate) incidents: IncidentStore,
    suspicion: SuspicionStore,
    pub(crate) standings: AccessCache,
    pub(crate) local_cap: LocalCap,
    /// `None` where voice is not switched on: queues are kept, and nobody is told.
    pub(crate) voice: Option<Voice>,
    /// The replies that others owe; `None` where nobody could give them.
    pub(crate) replies: Option<Replies>,
    /// `None` where no account can be linked.
    pub(crate) accounts: Option<Accounts>,
    telemetry: Telemetry,
    secrets: AppSecrets,
    /// Who wants to know which checks are passed; nobody on Lambda.
    witness: Option<UnboundedSender<Checked>>,
}

/// The keys of one request; fetched once, cached by [`AppSecrets`].
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) pseudonyms: Pseudonyms,
    /// `None` where the secret cannot be had: buttons are then left out, and presses are refused.
    pub(crate) custom_ids: Option<CustomIds>,
}

/// What a test or the local stack may choose.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Where log lines go.
    pub sink: Sink,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

impl Machine {
    /// The real one: stdout, the system's clock, the system's randomness.
    pub fn real() -> Self {
        Self { sink: Sink::stdout(), clock: Clock::system(), rng: Rng::system() }
    }
}

impl App {
    /// From the process's environment, for Lambda.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let config = Config::from_env(env)?;
        Ok(Self::new(config, &shared::aws::sdk_config(), &Machine::real()))
    }

    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Self {
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let limits = RateLimitStore::new(db.clone());
        let voice = config.voice.as_ref().map(|voice| Voice::new(voice, sdk, &db));
        let replies = config.voice.as_ref().map(|voice| &voice.reply_deadline_queue_url);
        let replies = replies.map(|queue| Replies::new(sdk, &db, queue));
        let accounts = config.accounts.as_ref().map(|accounts| Accounts::new(accounts, sdk, &db));
        Self {
            clock: machine.clock,
            rng: machine.rng,
            replay: ReplayStore::new(db.clone()),
            access: AccessStore::new(db.clone(), limits.clone(), config.guild_cap),
            flags: FlagStore::new(db.clone()),
            limits,
            settings: SettingsStore::new(db.clone()),
            queue: QueueStore::new(db.clone(), machine.rng),
            playlists: PlaylistStore::new(db.clone()),
            audit: AuditStore::new(db.clone()),
            suspicion: SuspicionStore::new(db.clone()),
            incidents: IncidentStore::new(db),
            privacy: PrivacyQueue::new(sdk, &config.privacy_queue_url),
            control: ControlQueue::new(sdk, &config.control_queue_url),
            standings: AccessCache::new(REMEMBERED),
            local_cap: LocalCap::new(Limit::LOCAL, REMEMBERED),
            voice,
            replies,
            accounts,
            telemetry: Telemetry::new(machine.sink.clone(), "interactions", machine.clock),
            secrets: AppSecrets::new(sdk),
            witness: None,
            config,
        }
    }

    /// The same, and `witness` is told how each interaction fares at the gate.
    #[must_use]
    pub fn witnessed(self, witness: UnboundedSender<Checked>) -> Self {
        Self { witness: Some(witness), ..self }
    }

    /// An interaction was judged.
    pub(crate) fn judged(&self, interaction: InteractionId, refused: Option<&Refused>) {
        if let Some(witness) = &self.witness {
            // Who no longer listens misses it.
            let _ = witness.send(Checked::new(interaction, refused));
        }
    }

    /// Opens the connections during Lambda's start, where the processor is not throttled: one useful call for each
    /// client. Failures are told and nothing else; the first request tries again.
    pub async fn warm(&self) {
        let now = self.clock.now();
        let report = Report::new(self.telemetry.clone());
        let (keys, _) = tokio::join!(self.keys(now), Box::pin(self.flag(&report, now)));
        if !keys.pseudonyms.is_available() {
            self.telemetry.fault("warm-up", "log_key_unavailable");
        }
    }

    /// The log of one request.
    pub(crate) fn log(&self, request_id: Option<&str>, pseudonyms: Pseudonyms) -> Telemetry {
        self.telemetry.with_correlation(request_id.unwrap_or_default()).with_pseudonyms(pseudonyms)
    }

    /// The keys, or none of them: neither an answer nor a 401 waits for a secret that hangs.
    pub(crate) async fn keys_in_time(&self, now: Timestamp) -> Keys {
        let none = Keys { pseudonyms: Pseudonyms::unavailable(), custom_ids: None };
        tokio::time::timeout(KEYS_BUDGET, self.keys(now)).await.unwrap_or(none)
    }

    /// The keys as they are now.
    async fn keys(&self, now: Timestamp) -> Keys {
        let (pseudonyms, custom_id) = tokio::join!(
            Box::pin(self.secrets.pseudonyms(&self.config.log_key_secret, now)),
            Box::pin(self.secrets.key_set(&self.config.custom_id_secret, now)),
        );
        let custom_ids = custom_id.ok().and_then(|keys| CustomIds::from_key_set(&keys).ok());
        Keys { pseudonyms, custom_ids }
    }

    /// What is known about containment where no guild row is read with it.
    pub(crate) async fn flag(&self, report: &Report, now: Timestamp) -> Knowledge {
        if let Some(level) = self.standings.level(now) {
            return Knowledge::Level(level);
        }
        match self.flags.level().await {
            Ok(level) => {
                self.standings.put_level(level, now);
                Knowledge::Level(level)
            }
            Err(error) => {
                report.store_failed(StoreOperation::Guard, &error);
                self.standings.last_level()
            }
        }
    }

    /// Writes down what was counted that is odd (SPEC T24), at the end of an invocation.
    pub(crate) async fn keep_suspicion(&self) {
        self.suspicion.keep(&self.telemetry, self.clock.now()).await;
    }

    /// Discord's public keys.
    pub(crate) const fn public_keys(&self) -> &DiscordKeys {
        &self.config.public_keys
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
