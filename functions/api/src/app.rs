//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use std::sync::Arc;

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::clock::{Clock, Rng};
use shared::domain::containment::Knowledge;
use shared::logbook::Logbook;
use shared::queues::PrivacyQueue;
use shared::secrets::{KeySet, SecretError};
use shared::security::access::AccessCache;
use shared::security::access_token::Realm;
use shared::security::checkpoint::Checkpoint;
use shared::signing::Signer;
use shared::status_bucket::StatusBucket;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::api_keys::ApiKeyStore;
use shared::store::audit::AuditStore;
use shared::store::flags::FlagStore;
use shared::store::incidents::IncidentStore;
use shared::store::observed::ObservedStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::roles::RoleStore;
use shared::store::sessions::SessionStore;
use shared::store::settings::SettingsStore;
use shared::store::sign_ins::SignInStore;
use shared::store::suspicion::SuspicionStore;
use shared::store::tombstones::TombstoneStore;
use shared::telemetry::{StoreOperation, Telemetry};
use shared::voice_call::VoiceCaller;

use crate::config::Config;
use crate::routes::Table;
use crate::status::Status;

/// Guilds whose standing one process remembers.
const REMEMBERED: usize = 2_000;

/// The function's clients and caches. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) config: Config,
    pub(crate) realm: Realm,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) access: AccessStore,
    pub(crate) api_keys: ApiKeyStore,
    pub(crate) audit: AuditStore,
    pub(crate) flags: FlagStore,
    pub(crate) incidents: IncidentStore,
    pub(crate) limits: RateLimitStore,
    pub(crate) observed: ObservedStore,
    pub(crate) queue: QueueStore,
    pub(crate) roles: RoleStore,
    pub(crate) sessions: SessionStore,
    pub(crate) settings: SettingsStore,
    pub(crate) sign_ins: SignInStore,
    pub(crate) tombstones: TombstoneStore,
    suspicion: SuspicionStore,
    pub(crate) standings: AccessCache,
    pub(crate) privacy: PrivacyQueue,
    pub(crate) status: Status,
    /// Whose public halves are published. What they sign is another function's.
    pub(crate) signers: Vec<Signer>,
    /// `None` where voice is not switched on: queues are kept, and nobody is told.
    pub(crate) voice: Option<VoiceCaller>,
    pub(crate) table: Table,
    logbook: Logbook,
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<()>;

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Self {
        let Machine { clock, rng, .. } = *machine;
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let limits = RateLimitStore::new(db.clone());
        let signer =
            |key: &String| Some(Signer::new(sdk, key, Checkpoint::origin(config.public.as_str()).ok()?));
        let signers = config.signing_keys.iter().filter_map(signer).collect();
        let voice = config.voice.as_ref().map(|voice| VoiceCaller::new(voice, sdk, &db));
        Self {
            realm: Realm::new(config.public.as_str()),
            clock,
            rng,
            access: AccessStore::new(db.clone(), limits.clone(), config.guild_cap),
            api_keys: ApiKeyStore::new(db.clone()),
            audit: AuditStore::new(db.clone()),
            flags: FlagStore::new(db.clone()),
            incidents: IncidentStore::new(db.clone()),
            limits,
            observed: ObservedStore::new(db.clone()),
            queue: QueueStore::new(db.clone(), rng),
            roles: RoleStore::new(db.clone()),
            sessions: SessionStore::new(db.clone()),
            settings: SettingsStore::new(db.clone()),
            sign_ins: SignInStore::new(db.clone()),
            suspicion: SuspicionStore::new(db.clone()),
            tombstones: TombstoneStore::new(db),
            standings: AccessCache::new(REMEMBERED),
            privacy: PrivacyQueue::new(sdk, &config.privacy_queue_url),
            status: Status::new(StatusBucket::new(sdk, &config.status_bucket)),
            signers,
            voice,
            table: Table::new(),
            logbook: Logbook::new("api", machine, sdk, &config.log_key_secret),
            config,
        }
    }

    /// Opens the connections during Lambda's start, where the processor is not throttled: one useful call for each
    /// client. Failures are told by what they use, and the first request tries again.
    pub async fn warm(&self) {
        let now = self.clock.now();
        let (log, _, _) =
            tokio::join!(self.log(None, now), self.jwt_keys(now), self.flag(self.logbook.own(), now));
        if !log.pseudonyms().is_available() {
            self.logbook.own().fault("warm-up", "log_key_unavailable");
        }
    }

    /// The log of one request. Without the log key its ids say `unavailable`.
    pub(crate) async fn log(&self, request_id: Option<&str>, now: Timestamp) -> Telemetry {
        self.logbook.of(request_id.unwrap_or_default(), now).await
    }

    /// The keys that sign access tokens.
    pub(crate) async fn jwt_keys(&self, now: Timestamp) -> Result<Arc<KeySet>, SecretError> {
        Box::pin(self.logbook.secrets().key_set(&self.config.jwt_keys_secret, now)).await
    }

    /// What is known about containment where no guild row is read with it.
    pub(crate) async fn flag(&self, log: &Telemetry, now: Timestamp) -> Knowledge {
        if let Some(level) = self.standings.level(now) {
            return Knowledge::Level(level);
        }
        match self.flags.level().await {
            Ok(level) => {
                self.standings.put_level(level, now);
                Knowledge::Level(level)
            }
            Err(error) => {
                log.store_failed(StoreOperation::Guard, &error);
                self.standings.last_level()
            }
        }
    }

    /// Writes down what was counted that is odd (SPEC T24), at the end of an invocation.
    pub(crate) async fn keep_suspicion(&self) {
        self.suspicion.keep(self.logbook.own(), self.clock.now()).await;
    }
}
