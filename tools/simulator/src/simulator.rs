//! The handle that tests, benchmarks and the local stack hold.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::time::{Instant, timeout_at};

use crate::accounts::Accounts;
use crate::client::{Entry, Stage};
use crate::config::Config;
use crate::control::Info;
use crate::core::{Addresses, Core, Ground, JoinError, REGIONS};
use crate::fault::Fault;
use crate::ids::{ApplicationId, ChannelId, GuildId, UserId};
use crate::listener_handle::Listener;
use crate::machine::{self, NoEntropy};
use crate::voice::{Certificates, TlsError, Udp, UdpFault, VoiceHub};
use crate::world::{Asked, Audience, Dispatch, Message, Refusal, Reply, VoiceState, World};
use crate::{accounts, client, control, gateway, rest, voice};

/// A running Discord on 127.0.0.1. It ends when it is dropped.
pub struct Simulator {
    core: Arc<Core>,
    certificates: Certificates,
    runtime: Option<Runtime>,
}

/// It does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or there are no threads.
    #[error("cannot listen on 127.0.0.1")]
    Io(#[from] std::io::Error),
    /// No certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// What was waited for did not happen in time.
#[derive(Debug, thiserror::Error)]
#[error("it did not happen within {0:?}")]
pub struct TimedOut(Duration);

impl Simulator {
    /// Listens at once. It runs on threads of its own: a caller that blocks does not stop it.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("simulator")
            .enable_all()
            .build()?;
        let certificates = Certificates::new()?;
        let guard = runtime.enter();
        let rest = bind(config.ports.rest)?;
        let gateway = bind(config.ports.gateway)?;
        let servers = [bind(0)?, bind(0)?];
        let voice = Arc::new(VoiceHub::new(config.voice.clone()));
        let udp = Udp::start(Arc::clone(&voice))?;
        let addresses = Addresses {
            rest: rest.local_addr()?,
            gateway: gateway.local_addr()?,
            voice: addresses(&servers)?,
            udp: udp.address(),
        };
        let (ca_pem, handle) = (certificates.ca_pem_path(), runtime.handle().clone());
        let core = Arc::new(Core::new(config, Ground { addresses, ca_pem, voice, udp, runtime: handle }));
        runtime.spawn(rest::serve(
            tokio_listener(rest)?,
            client::local_only(
                control::router(&core).merge(client::router(&core)).merge(accounts::router(&core)),
            )
            .merge(rest::router(&core)),
        ));
        runtime.spawn(gateway::serve(tokio_listener(gateway)?, Arc::clone(&core)));
        for server in servers {
            runtime.spawn(voice::serve(tokio_listener(server)?, certificates.acceptor(), Arc::clone(&core)));
        }
        runtime.spawn(client::watch_speaking(Arc::clone(&core)));
        runtime.spawn(client::probe_for_ever(Arc::clone(&core)));
        drop(guard);
        Ok(Self { core, certificates, runtime: Some(runtime) })
    }

    /// Ends it and waits until every connection is closed.
    pub async fn stop(mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)));
        // It fails only when the caller's own runtime ends; then there is nothing left to wait for.
        let _ = ended.await;
    }

    /// Where everything is and what it is called.
    pub fn info(&self) -> Info {
        control::describe(&self.core)
    }

    /// What it was started with.
    pub fn config(&self) -> &Config {
        &self.core.config
    }

    /// For `DISCORD_API_BASE_URL`: ends in `/api/v10`.
    pub fn rest_url(&self) -> String {
        format!("http://{}/api/v10", self.core.addresses.rest)
    }

    /// Where the control API is.
    pub fn control_url(&self) -> String {
        format!("http://{}/sim", self.core.addresses.rest)
    }

    /// Below what the services whose accounts are linked stand, each under its code: `{…}/accounts`.
    pub fn accounts_url(&self) -> String {
        format!("http://{}/accounts", self.core.addresses.rest)
    }

    /// Those services.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(Arc::clone(&self.core))
    }

    /// For `DISCORD_GATEWAY_URL` and twilight's `proxy_url`.
    pub fn gateway_url(&self) -> String {
        self.core.addresses.gateway_url()
    }

    /// For `SSL_CERT_FILE` of clients: they have to trust the voice servers.
    pub fn ca_pem_path(&self) -> PathBuf {
        self.certificates.ca_pem_path()
    }

    /// Puts a person into a voice channel, from wherever they were in that guild.
    pub fn join(&self, user: UserId, channel: ChannelId) -> Result<Listener, JoinError> {
        self.core.join(channel, user)?;
        Ok(Listener::new(Arc::clone(&self.core), channel, user))
    }

    /// A listener who is there already.
    pub fn listener(&self, user: UserId, channel: ChannelId) -> Listener {
        Listener::new(Arc::clone(&self.core), channel, user)
    }

    /// Moves a bot, as a moderator would.
    pub fn move_bot(&self, bot: UserId, channel: ChannelId) -> Result<(), JoinError> {
        self.core.join(channel, bot)
    }

    /// Takes somebody out of voice. Whether they were there.
    pub fn leave(&self, user: UserId, guild: GuildId) -> bool {
        self.core.leave(guild, user)
    }

    /// Makes something go wrong. Whether there was anything that could.
    pub fn fault(&self, fault: Fault) -> Result<bool, NoEntropy> {
        let core = &self.core;
        apply(core, fault)
    }

    /// Somebody used a command: `token` may be answered from now on.
    pub fn interact(
        &self,
        application: ApplicationId,
        channel: ChannelId,
        token: &str,
    ) -> Result<(), Refusal> {
        self.core.change(|world| {
            world.ask(Asked::by_nobody(application, channel, token), machine::now())?;
            Ok(Vec::new())
        })
    }

    /// Makes an incoming webhook of a channel, as a member would; its address, as "Copy Webhook URL" gives it.
    pub fn make_webhook(&self, channel: ChannelId, token: &str) -> Result<String, Refusal> {
        self.webhook_of(channel, token, None)
    }

    /// The same as an application makes one: its messages may have buttons.
    pub fn make_webhook_of(
        &self,
        application: ApplicationId,
        channel: ChannelId,
        token: &str,
    ) -> Result<String, Refusal> {
        self.webhook_of(channel, token, Some(application))
    }

    fn webhook_of(
        &self,
        channel: ChannelId,
        token: &str,
        owner: Option<ApplicationId>,
    ) -> Result<String, Refusal> {
        let mut address = String::new();
        self.core.change(|world| {
            let id = world.make_webhook(channel, token, owner, machine::now())?;
            address = format!("{}/webhooks/{id}/{token}", self.rest_url());
            Ok(Vec::new())
        })?;
        Ok(address)
    }

    /// Answers an interaction for the application, as its HTTP response would: a callback with `type` and `data`.
    pub fn call_back(&self, token: &str, answer: &serde_json::Value) -> Result<(), Refusal> {
        self.core.change(|world| {
            world.call_back(token, answer, machine::now())?;
            Ok(Vec::new())
        })
    }

    /// Tells what this Discord stands on: its songs and what can go wrong there are offered on the page.
    pub fn stand_on(&self, stage: Arc<dyn Stage>) {
        self.core.stand_on(stage);
    }

    /// Where people play with the bot: a page for a browser.
    pub fn page_url(&self) -> String {
        format!("http://{}/", self.core.addresses.rest)
    }

    /// What an application's endpoint has to be configured with (Discord: "public key").
    pub fn public_key(&self, application: ApplicationId) -> Option<String> {
        self.core.key(application).map(|key| key.public_hex())
    }

    /// Adds an entry to the page's timeline.
    pub fn note(&self, entry: &Entry) {
        self.core.feed.note(entry);
    }

    /// Says whether a voice worker runs.
    pub fn worker(&self, running: bool, note: &str) {
        self.core.feed.worker(running, note);
    }

    /// What stands in a channel, oldest first.
    pub fn messages(&self, channel: ChannelId) -> Vec<Message> {
        self.core.world().messages(channel).to_vec()
    }

    /// What stands at `@original` of an interaction.
    pub fn original(&self, token: &str) -> Option<Reply> {
        self.core.world().reply(token)
    }

    /// What was posted after it.
    pub fn follow_ups(&self, token: &str) -> Vec<Message> {
        self.core.world().follow_ups(token)
    }

    /// The text under a voice channel's name.
    pub fn voice_status(&self, channel: ChannelId) -> Option<String> {
        self.core.world().voice_status(channel).map(str::to_owned)
    }

    /// Where somebody is in voice.
    pub fn voice_state(&self, guild: GuildId, user: UserId) -> Option<VoiceState> {
        self.core.world().voice_state(guild, user).cloned()
    }

    /// Whether a bot is logged in at the main gateway.
    pub fn is_online(&self, bot: UserId) -> bool {
        self.core.hub().is_online(bot)
    }

    /// How many IDENTIFYs were accepted since the start.
    pub fn identified(&self) -> u32 {
        self.core.hub().identified()
    }

    /// Whether a bot has a voice socket in a guild.
    pub fn is_voice_connected(&self, guild: GuildId, bot: UserId) -> bool {
        self.core.voice.is_connected(guild, bot)
    }

    /// The speaking flags that a bot set last (Discord: "Speaking"); 0 without a voice session.
    pub fn speaking(&self, guild: GuildId, bot: UserId) -> u64 {
        self.core.voice.speaking(guild, bot)
    }

    /// Who is in a channel's encrypted group.
    pub fn group_members(&self, channel: ChannelId) -> Vec<UserId> {
        self.core.voice.group_members(channel)
    }

    /// Reads the world.
    pub fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.core.world())
    }

    /// Waits until `look` finds something. It looks after every change, and not in between.
    pub async fn wait_for<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut(&Self) -> Option<T>,
    ) -> Result<T, TimedOut> {
        let mut changes = self.core.changes();
        let until = Instant::now() + patience;
        loop {
            if let Some(found) = look(self) {
                return Ok(found);
            }
            // The sender lives in the core, which we hold.
            if timeout_at(until, changes.changed()).await.is_err() {
                return Err(TimedOut(patience));
            }
        }
    }
}

impl TimedOut {
    pub(crate) fn after(patience: Duration) -> Self {
        Self(patience)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The only way that is allowed within another runtime.
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator").field("addresses", &self.core.addresses).finish_non_exhaustive()
    }
}

/// Makes something go wrong.
pub(crate) fn apply(core: &Arc<Core>, fault: Fault) -> Result<bool, NoEntropy> {
    let done = match fault {
        Fault::CloseVoice { guild, bot, code } => core.voice.hang_up(guild, bot, code),
        Fault::Kick { guild, user } => core.leave(guild, user),
        Fault::GuildGone { guild, outage } => {
            core.hub().dispatch(&[gone(guild, outage)]);
            true
        }
        Fault::MoveRegion { guild, bot } => core.move_region(guild, bot)?,
        Fault::CloseGateway { code } => {
            core.hub().hang_up(code);
            true
        }
        Fault::Udp(fault) => {
            core.udp.set_fault(fault);
            true
        }
        Fault::ShutOut { on } => {
            core.shut_out(on);
            true
        }
        Fault::RefuseDave { on } => {
            core.voice.refuse_dave(on);
            true
        }
        Fault::RefuseResume { on } => {
            core.hub().refuse_resume(on);
            true
        }
        Fault::Identifies { left } => {
            core.hub().set_identifies(left);
            true
        }
        Fault::Rest(fault) => {
            core.rest_faults().add(fault);
            true
        }
        Fault::Accounts(fault) => {
            core.accounts().faults().add(fault);
            true
        }
        Fault::Mend => {
            core.rest_faults().clear();
            core.accounts().faults().clear();
            core.udp.set_fault(UdpFault::default());
            true
        }
    };
    core.touch();
    Ok(done)
}

/// Discord leaves `unavailable` out when the bot is in the guild no more.
fn gone(guild: GuildId, outage: bool) -> Dispatch {
    let id = guild.to_string();
    let data = if outage { json!({ "id": id, "unavailable": true }) } else { json!({ "id": id }) };
    Dispatch { guild, to: Audience::Guild, event: "GUILD_DELETE", data }
}

fn bind(port: u16) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn addresses(listeners: &[TcpListener; REGIONS]) -> std::io::Result<[SocketAddr; REGIONS]> {
    Ok([listeners[0].local_addr()?, listeners[1].local_addr()?])
}

fn tokio_listener(listener: TcpListener) -> std::io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::from_std(listener)
}
