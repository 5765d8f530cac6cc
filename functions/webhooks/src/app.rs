//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use core::time::Duration;

use aws_config::SdkConfig;
use shared::clock::Clock;
use shared::discord::rest::{self, DiscordRest};
use shared::invoke::Oauth;
use shared::logbook::Logbook;
use shared::public_base::PublicBase;
use shared::queues::{PrivacyQueue, WebhookQueue};
use shared::security::signature::DiscordKeys;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::channels::ChannelStore;
use shared::store::deliveries::DeliveryStore;
use shared::store::flags::FlagStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::settings::SettingsStore;
use shared::store::suspicion::SuspicionStore;
use shared::voice_call::VoiceCaller;

use crate::config::{Config, YouTubeChannel};
use crate::reconcile::websub::HubClient;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) limits: RateLimitStore,
    pub(crate) deliveries: DeliveryStore,
    pub(crate) flags: FlagStore,
    pub(crate) access: AccessStore,
    pub(crate) settings: SettingsStore,
    pub(crate) guild_queues: QueueStore,
    /// Who hears which channel at Twitch.
    pub(crate) heard: ChannelStore,
    /// `None` where voice is not switched on: queues are kept, and nobody is told.
    pub(crate) voice: Option<VoiceCaller>,
    /// Whether viewers may ask for `http://` addresses.
    pub(crate) allow_http: bool,
    pub(crate) queue: WebhookQueue,
    pub(crate) privacy: PrivacyQueue,
    pub(crate) oauth: Oauth,
    pub(crate) discord: DiscordRest,
    pub(crate) hub: HubClient,
    pub(crate) discord_keys: DiscordKeys,
    pub(crate) public: PublicBase,
    pub(crate) channels: Vec<YouTubeChannel>,
    pub(crate) clock: Clock,
    pub(crate) patience: Patience,
    suspicion: SuspicionStore,
    secret_prefix: String,
    pub(crate) logbook: Logbook,
}

/// The function cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client for Discord or for the hub.
    #[error(transparent)]
    Http(#[from] rest::NoClient),
}

/// How long others may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// All that we do before a sender has its answer.
    pub acknowledge: Duration,
    /// Discord.
    pub discord: rest::Patience,
    /// A hub, one request.
    pub hub: Duration,
}

impl Patience {
    /// In the cloud.
    pub const STANDARD: Self = Self {
        acknowledge: crate::ACKNOWLEDGE_WITHIN,
        discord: rest::Patience::STANDARD,
        hub: Duration::from_secs(5),
    };
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<Patience>;

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Result<Self, AppError> {
        let Machine { clock, rng, patience, .. } = *machine;
        let logbook = Logbook::new("webhooks", machine, sdk, &config.log_key_secret);
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let limits = RateLimitStore::new(db.clone());
        Ok(Self {
            // Nobody is let in here, so that the cap is of no matter.
            access: AccessStore::new(db.clone(), limits.clone(), 0),
            limits,
            deliveries: DeliveryStore::new(db.clone()),
            settings: SettingsStore::new(db.clone()),
            guild_queues: QueueStore::new(db.clone(), rng),
            heard: ChannelStore::new(db.clone()),
            voice: config.voice.as_ref().map(|voice| VoiceCaller::new(voice, sdk, &db)),
            allow_http: config.allow_http,
            suspicion: SuspicionStore::new(db.clone()),
            flags: FlagStore::new(db),
            queue: WebhookQueue::new(sdk, &config.queue_url),
            privacy: PrivacyQueue::new(sdk, &config.privacy_queue_url),
            oauth: Oauth::new(sdk, &config.oauth_function),
            discord: DiscordRest::new(config.api_base, config.public.as_str(), patience.discord, rng)?,
            hub: HubClient::new(config.hub, config.public.as_str(), patience.hub)?,
            discord_keys: config.discord_keys,
            public: config.public,
            channels: config.channels,
            clock,
            patience,
            secret_prefix: config.secret_prefix,
            logbook,
        })
    }

    /// Writes down what was counted that is odd (SPEC T24), at the end of an invocation.
    pub(crate) async fn keep_suspicion(&self) {
        self.suspicion.keep(self.logbook.own(), self.clock.now()).await;
    }

    /// The name of the secret for this, such as a source.
    pub(crate) fn secret(&self, name: &str) -> String {
        format!("{}{name}", self.secret_prefix)
    }
}
