//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use aws_config::SdkConfig;
use shared::clock::{Clock, Rng};
use shared::discord::rest::{self, DiscordRest};
use shared::evidence::EvidenceBucket;
use shared::exports::ExportBucket;
use shared::invoke::DataRetention;
use shared::linking::{Linker, Setup};
use shared::logbook::Logbook;
use shared::providers::client::{NoClient, Patience};
use shared::queues::PrivacyQueue;
use shared::signing::Signer;
use shared::store::Db;
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::audit::AuditStore;
use shared::store::deferred::DeferredReplies;
use shared::store::playlists::PlaylistStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::tombstones::TombstoneStore;
use shared::store::walk::Walk;

use crate::config::Config;
use crate::night;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) audit: AuditStore,
    pub(crate) signer: Signer,
    pub(crate) evidence: EvidenceBucket,
    pub(crate) exports: ExportBucket,
    /// All tables, row by row.
    pub(crate) walk: Walk,
    pub(crate) tombstones: TombstoneStore,
    pub(crate) queues: QueueStore,
    pub(crate) access: AccessStore,
    pub(crate) playlists: PlaylistStore,
    pub(crate) replies: DeferredReplies,
    /// Members' secrets, what is linked, and the services that can be told.
    pub(crate) linker: Linker,
    pub(crate) privacy: PrivacyQueue,
    pub(crate) discord: DiscordRest,
    /// What the night looks through besides.
    pub(crate) night: night::Clients,
    /// Ourselves, for a run that goes on.
    pub(crate) itself: DataRetention,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) logbook: Logbook,
}

/// The function cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client for the services.
    #[error(transparent)]
    Services(#[from] NoClient),
    /// There is none for Discord.
    #[error(transparent)]
    Discord(#[from] rest::NoClient),
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<Patience>;

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Result<Self, AppError> {
        let Machine { clock, rng, .. } = *machine;
        let logbook = Logbook::new("data-retention", machine, sdk, &config.log_key_secret);
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let public = config.public.as_str();
        // It links nothing here: it tells services that somebody is gone.
        let setup = Setup {
            secret_prefix: &config.secret_prefix,
            pins: config.pins.clone(),
            bases: config.bases.clone(),
            ..Setup::default()
        };
        let linker = Linker::new(setup, sdk, db.clone(), machine, logbook.own())?;
        let discord = DiscordRest::new(config.api_base.clone(), public, rest::Patience::STANDARD, rng)?;
        Ok(Self {
            audit: AuditStore::new(db.clone()),
            signer: Signer::new(sdk, &config.checkpoint_key, config.origin.clone()),
            evidence: EvidenceBucket::new(sdk, &config.evidence_bucket),
            exports: ExportBucket::new(sdk, &config.exports_bucket),
            walk: Walk::new(db.clone()),
            tombstones: TombstoneStore::new(db.clone()),
            queues: QueueStore::new(db.clone(), rng),
            access: AccessStore::new(db.clone(), RateLimitStore::new(db.clone()), DEFAULT_CAP),
            playlists: PlaylistStore::new(db.clone()),
            replies: DeferredReplies::new(db),
            linker,
            privacy: PrivacyQueue::new(sdk, &config.privacy_queue),
            discord,
            night: night::Clients::new(sdk),
            itself: DataRetention::new(sdk, &config.own_name),
            config,
            clock,
            rng,
            logbook,
        })
    }
}
