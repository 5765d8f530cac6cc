//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use aws_config::SdkConfig;
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::evidence::EvidenceBucket;
use shared::logbook::Logbook;
use shared::queues::ControlQueue;
use shared::store::Db;
use shared::store::audit::AuditStore;
use shared::store::flags::FlagStore;
use shared::store::incidents::IncidentStore;

use crate::channels::{self, FanOut};
use crate::config::Config;
use crate::contain;
use crate::rule::TickRule;
use crate::status;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) incidents: IncidentStore,
    pub(crate) flags: FlagStore,
    pub(crate) audit: AuditStore,
    pub(crate) evidence: EvidenceBucket,
    /// Where orders come from and go to.
    pub(crate) control: ControlQueue,
    /// Who is told.
    pub(crate) channels: FanOut,
    /// What containment touches.
    pub(crate) contain: contain::Clients,
    /// Where members look.
    pub(crate) status: status::Page,
    /// The rule that wakes us while something is open.
    pub(crate) rule: TickRule,
    /// All tables, for those stores that this list does not name.
    pub(crate) db: Db,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) logbook: Logbook,
}

/// The function cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client for the channels.
    #[error(transparent)]
    Channels(#[from] channels::NoClient),
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<Patience>;

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Result<Self, AppError> {
        let Machine { clock, rng, .. } = *machine;
        let logbook = Logbook::new("security-alarms", machine, sdk, &config.log_key_secret);
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        Ok(Self {
            incidents: IncidentStore::new(db.clone()),
            flags: FlagStore::new(db.clone()),
            audit: AuditStore::new(db.clone()),
            evidence: EvidenceBucket::new(sdk, &config.evidence_bucket),
            control: ControlQueue::new(sdk, &config.control_queue),
            channels: FanOut::new(&config, sdk, machine)?,
            contain: contain::Clients::new(&config, sdk),
            status: status::Page::new(&config, sdk),
            rule: TickRule::new(sdk, &config.incident_rule),
            db,
            config,
            clock,
            rng,
            logbook,
        })
    }
}
