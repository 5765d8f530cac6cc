//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use std::sync::Arc;

use aws_config::SdkConfig;
use shared::clock::{Clock, Rng};
use shared::discord::rest::{self, DiscordRest};
use shared::linking::keeper::Keeper;
use shared::linking::{Linker, Setup};
use shared::logbook::Logbook;
use shared::providers::channel::EventSub;
use shared::providers::client::{NoClient, Patience};
use shared::public_base::PublicBase;
use shared::secrets::AppSecrets;
use shared::store::Db;
use shared::store::channels::ChannelStore;
use shared::store::deferred::DeferredReplies;
use shared::store::flags::FlagStore;
use shared::store::playlists::PlaylistStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::sign_ins::SignInStore;
use shared::store::suspicion::SuspicionStore;

use crate::config::Config;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) linker: Linker,
    pub(crate) keeper: Keeper,
    pub(crate) flags: FlagStore,
    pub(crate) limits: RateLimitStore,
    pub(crate) replies: DeferredReplies,
    pub(crate) playlists: PlaylistStore,
    pub(crate) sign_ins: SignInStore,
    pub(crate) channels: ChannelStore,
    pub(crate) eventsub: EventSub,
    /// The name of the secret that Twitch signs its notifications with.
    pub(crate) twitch_secret: String,
    pub(crate) discord: DiscordRest,
    pub(crate) public: PublicBase,
    suspicion: SuspicionStore,
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
        let logbook = Logbook::new("oauth", machine, sdk, &config.log_key_secret);
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let setup = Setup {
            secret_prefix: &config.secret_prefix,
            token_key: config.token_key.as_deref(),
            replicas: config.replicas,
            pins: config.pins,
            bases: config.bases,
        };
        let linker = Linker::new(setup, sdk, db.clone(), machine, logbook.own())?;
        let discord =
            DiscordRest::new(config.api_base, config.public.as_str(), rest::Patience::STANDARD, rng)?;
        let callback = config.public.below(&["webhooks", "twitch"]);
        let (providers, registrations) = (linker.providers.clone(), Arc::clone(&linker.registrations));
        let eventsub = EventSub::new(providers, registrations, clock, callback);
        Ok(Self {
            flags: FlagStore::new(db.clone()),
            keeper: linker.keeper(),
            linker,
            limits: RateLimitStore::new(db.clone()),
            replies: DeferredReplies::new(db.clone()),
            sign_ins: SignInStore::new(db.clone()),
            playlists: PlaylistStore::new(db.clone()),
            suspicion: SuspicionStore::new(db.clone()),
            channels: ChannelStore::new(db),
            eventsub,
            twitch_secret: format!("{}twitch", config.webhook_secret_prefix),
            discord,
            public: config.public,
            logbook,
        })
    }

    pub(crate) const fn clock(&self) -> Clock {
        self.linker.clock
    }

    /// Writes down what was counted that is odd (SPEC T24), at the end of an invocation.
    pub(crate) async fn keep_suspicion(&self) {
        self.suspicion.keep(self.logbook.own(), self.clock().now()).await;
    }

    pub(crate) const fn secrets(&self) -> &AppSecrets {
        self.logbook.secrets()
    }

    pub(crate) const fn rng(&self) -> Rng {
        self.linker.rng
    }
}
