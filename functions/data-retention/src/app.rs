//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::clock::Clock;
use shared::evidence::EvidenceBucket;
use shared::secrets::AppSecrets;
use shared::security::pseudonym::Pseudonyms;
use shared::signing::Signer;
use shared::store::Db;
use shared::store::audit::AuditStore;
use shared::telemetry::Telemetry;

use crate::config::Config;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) audit: AuditStore,
    pub(crate) signer: Signer,
    pub(crate) evidence: EvidenceBucket,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    secrets: AppSecrets,
    telemetry: Telemetry,
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<()>;

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: &Config, sdk: &SdkConfig, machine: &Machine) -> Self {
        let telemetry = Telemetry::new(machine.sink.clone(), "data-retention", machine.clock);
        Self {
            audit: AuditStore::new(Db::new(shared::store::client(sdk), &config.table_prefix)),
            signer: Signer::new(sdk, &config.checkpoint_key, config.origin.clone()),
            evidence: EvidenceBucket::new(sdk, &config.evidence_bucket),
            config: config.clone(),
            clock: machine.clock,
            secrets: AppSecrets::new(sdk).with_telemetry(telemetry.clone()),
            telemetry,
        }
    }

    /// The log of one invocation. Without the log key its ids say `unavailable`.
    pub(crate) async fn log(&self, request_id: &str, now: Timestamp) -> Telemetry {
        let keys = self.secrets.key_set(&self.config.log_key_secret, now).await.ok();
        let pseudonyms = keys.and_then(|keys| Pseudonyms::from_key_set(&keys).ok());
        let pseudonyms = pseudonyms.unwrap_or_else(Pseudonyms::unavailable);
        self.telemetry.with_correlation(request_id).with_pseudonyms(pseudonyms)
    }
}
