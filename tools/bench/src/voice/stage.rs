//! Guilds with a listener each, and a bot that is to be measured: a Discord and an AWS on this machine, made anew for
//! each measurement.

use core::cell::Cell;
use core::time::Duration;
use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use serde_json::json;
use shared::clock::{Clock, Rng};
use shared::domain::access::Step;
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::domain::workers::ShardId;
use shared::ids::{ChannelId, GuildId, InteractionId, UserId};
use shared::queues::DoorbellQueues;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use simulator::{Config, GuildConfig, Listener, Simulator, VoiceRules};
use testkit::Aws;
use tokio::process::{Child, Command as Process};

use super::Kit;

/// The bot of the simulator's default world.
pub(super) const BOT: UserId = UserId::new(9001);
/// Who asks for songs and listens to them, in every guild at once.
const ADA: UserId = UserId::new(5001);
/// Test keys, named as such.
const SECRETS: [(&str, &str); 2] = [
    ("custom-id-key", "7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"),
    ("log-key", "74657374206c6f67206b65792c206e6f74206120736563726574212121212121"),
];
/// Sound that listeners keep: the shortest that a tone is found in.
const KEPT: Duration = Duration::from_millis(400);

/// One Discord, and the AWS of our own worker.
pub(super) struct Stage {
    pub(super) discord: Simulator,
    aws: Aws,
    queue: QueueStore,
    bells: DoorbellQueues,
    ops: Cell<u64>,
    listeners: Vec<Listener>,
}

/// The `n`th guild, from 1.
pub(super) const fn guild(n: u32) -> GuildId {
    GuildId::new(n as u64 * 1000)
}

/// Its voice channel.
pub(super) const fn lounge(n: u32) -> ChannelId {
    ChannelId::new(n as u64 * 1000 + 2)
}

impl Stage {
    /// With so many guilds, all approved.
    pub(super) async fn start(guilds: u32) -> Result<Self> {
        let aws = Aws::start().await;
        for (name, key) in SECRETS {
            put(&aws, name, &json!({ "keys": [{ "kid": "k1", "key": key }] }).to_string()).await?;
        }
        put(&aws, "bot-token", &Config::default().applications[0].token).await?;
        let db = Db::new(shared::store::client(aws.sdk_config()), aws.prefix());
        approve(&db, guilds).await?;
        let discord = Simulator::start(Config {
            guilds: (1..=guilds).map(GuildConfig::numbered).collect(),
            voice: VoiceRules { pcm: KEPT, ..VoiceRules::default() },
            ..Config::default()
        })?;
        let listeners = (1..=guilds).map(|n| discord.join(ADA, lounge(n)));
        Ok(Self {
            listeners: listeners.collect::<Result<_, _>>()?,
            discord,
            queue: QueueStore::new(db, Rng::system()),
            bells: DoorbellQueues::new(aws.sdk_config(), &aws.queue_url("voice-{shard}"))?,
            ops: Cell::new(1),
            aws,
        })
    }

    /// One in each guild.
    pub(super) fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// Our worker, as it is deployed. It is killed with this value.
    pub(super) fn worker(&self, kit: &Kit) -> Result<Child> {
        let mut process = kit.cores.alone(&kit.worker);
        process
            .env_clear()
            .envs(self.aws.env())
            .env("DISCORD_APPLICATION_ID", BOT.to_string())
            .env("DISCORD_API_BASE_URL", self.discord.rest_url())
            .env("DISCORD_GATEWAY_URL", self.discord.gateway_url())
            .env("SSL_CERT_FILE", self.discord.ca_pem_path())
            .env("BOT_TOKEN_SECRET", "/timmybot/bot-token")
            .env("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key")
            .env("LOG_KEY_SECRET", "/timmybot/log-key")
            .env("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy"))
            .env("VOICE_QUEUE_URL_TEMPLATE", self.aws.queue_url("voice-{shard}"))
            .env("ALLOW_HTTP", "true")
            .env("ALLOWED_PRIVATE_HOSTS", kit.songs.allowed())
            .env("AUDIO_DIR", kit.cache.path());
        spawn(&mut process, kit.log("worker"))
    }

    /// Adds a song to a guild's queue and rings.
    pub(super) async fn play(&self, guild: GuildId, urls: &[String]) -> Result<()> {
        let policy = UrlPolicy { allow_http: true };
        let track = |url: &String| Ok(Track::from_query(Query::parse(url, policy)?));
        let tracks = urls.iter().map(track).collect::<Result<_>>()?;
        self.command(guild, &Command::Add { tracks, requester: ADA, place: Place::End }).await
    }

    /// Changes a guild's queue and rings.
    pub(super) async fn command(&self, guild: GuildId, command: &Command) -> Result<()> {
        let rev = self.write(guild, command).await?;
        self.ring(guild, rev).await
    }

    /// Changes a guild's queue; nobody is told.
    pub(super) async fn write(&self, guild: GuildId, command: &Command) -> Result<u64> {
        let settings = GuildSettings::default();
        let op = self.ops.replace(self.ops.get() + 1);
        let request = Request {
            op: OpId::Interaction(InteractionId::new(op)),
            command,
            now: Clock::system().now(),
            settings: &settings,
            exempt: true,
            only_of: None,
        };
        let applied = self.queue.apply(guild, &request).await;
        Ok(applied.with_context(|| format!("{command:?} in guild {guild}"))?.queue.rev())
    }

    /// Rings the doorbell.
    pub(super) async fn ring(&self, guild: GuildId, rev: u64) -> Result<()> {
        Ok(self.bells.ring(ShardId::new(0), guild, rev).await?)
    }

    /// Ends it and waits until nothing of it is left.
    pub(super) async fn end(self, mut bot: Child) -> Result<()> {
        bot.kill().await?;
        self.discord.stop().await;
        Ok(())
    }
}

/// Starts a bot that says what it has to say in a file.
pub(super) fn spawn(process: &mut Process, log: PathBuf) -> Result<Child> {
    let log = File::create(log)?;
    process.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
    let program = process.as_std().get_program().to_owned();
    process.spawn().with_context(|| format!("starting {}", program.display()))
}

async fn approve(db: &Db, guilds: u32) -> Result<()> {
    let store = AccessStore::new(db.clone(), RateLimitStore::new(db.clone()), guilds);
    for n in 1..=guilds {
        for step in [Step::Request { by: ADA }, Step::Approve { by: ADA, reason: "to be measured".parse()? }]
        {
            store.take(guild(n), &step, Clock::system().now()).await?;
        }
    }
    Ok(())
}

async fn put(aws: &Aws, name: &str, value: &str) -> Result<()> {
    let secret = format!("/timmybot/{name}");
    aws.secrets().put_secret_value().secret_id(secret).secret_string(value).send().await?;
    Ok(())
}
