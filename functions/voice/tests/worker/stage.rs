//! Everything that a worker needs, for one test.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use shared::clock::{Clock, Rng};
use shared::domain::access::Step;
use shared::domain::observed::Observed;
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::domain::workers::{Epoch, LeaseTimes, ShardId};
use shared::ids::{ChannelId, GuildId, InteractionId, UserId};
use shared::queues::DoorbellQueues;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::leases::{ActiveGuilds, Leases};
use shared::store::observed::ObservedStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use simulator::{Config, Simulator};
use testkit::Aws;
use testkit::silence::Silence;
use tokio::process::{Child, Command as Process};

use crate::songs::Songs;

pub(crate) const GUILD: GuildId = GuildId::new(1000);
pub(crate) const LOUNGE: ChannelId = ChannelId::new(1002);
pub(crate) const STAGE_DOOR: ChannelId = ChannelId::new(1003);
pub(crate) const ADA: UserId = UserId::new(5001);
pub(crate) const BOT: UserId = UserId::new(9001);

/// The stage.
pub(crate) struct Stage {
    pub(crate) aws: Aws,
    pub(crate) discord: Simulator,
    pub(crate) songs: Songs,
    queue: QueueStore,
    bells: DoorbellQueues,
    folder: tempfile::TempDir,
    /// What all workers wrote.
    log: tempfile::NamedTempFile,
    _silence: Silence,
}

impl Stage {
    /// With an approved guild.
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// The same in another Discord.
    pub(crate) async fn with(discord: Config) -> Self {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        let now = Clock::system().now();
        let access = AccessStore::new(db.clone(), RateLimitStore::new(db.clone()), 50);
        let reason = "a test".parse().unwrap();
        for step in [Step::Request { by: ADA }, Step::Approve { by: ADA, reason }] {
            access.take(GUILD, &step, now).await.unwrap();
        }
        for name in ["custom-id-key", "log-key"] {
            let keys = json!({ "keys": [{ "kid": "k1", "key": "ab".repeat(32) }] }).to_string();
            put(&aws, name, &keys).await;
        }
        put(&aws, "bot-token", "simulated.bot.token").await;
        let log = tempfile::NamedTempFile::new().unwrap();
        let searched = log.reopen().unwrap();
        let silence = Silence::of(&aws, [ADA, BOT], move || {
            let mut text = String::new();
            (&searched).read_to_string(&mut text).unwrap();
            text
        });
        Self {
            discord: Simulator::start(discord).unwrap(),
            songs: Songs::start().await,
            queue: QueueStore::new(db, Rng::system()),
            bells: DoorbellQueues::new(aws.sdk_config(), &aws.queue_url("voice-{shard}")).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            aws,
            log,
            _silence: silence,
        }
    }

    /// A worker process; it is killed with this value.
    pub(crate) fn worker(&self, more: &[(&str, &str)]) -> Child {
        let mut process = Process::new(env!("CARGO_BIN_EXE_voice"));
        process.env_clear().envs(self.aws.env()).kill_on_drop(true);
        process
            .env("DISCORD_APPLICATION_ID", "9001")
            .env("DISCORD_API_BASE_URL", self.discord.rest_url())
            .env("DISCORD_GATEWAY_URL", self.discord.gateway_url())
            .env("SSL_CERT_FILE", self.discord.ca_pem_path())
            .env("BOT_TOKEN_SECRET", "/timmybot/bot-token")
            .env("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key")
            .env("LOG_KEY_SECRET", "/timmybot/log-key")
            .env("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy"))
            .env("VOICE_QUEUE_URL_TEMPLATE", self.aws.queue_url("voice-{shard}"))
            .env("ALLOW_HTTP", "true")
            .env("ALLOWED_PRIVATE_HOSTS", format!("songs.example.org:{}=127.0.0.1", self.songs.port()))
            .env("AUDIO_DIR", self.folder.path())
            .env("REREAD_S", "2")
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(self.log.as_file().try_clone().unwrap());
        process.spawn().unwrap()
    }

    /// How often all workers have counted a metric.
    pub(crate) fn counted(&self, metric: &str) -> u64 {
        let text = std::fs::read_to_string(self.log.path()).unwrap();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        lines.filter_map(|line| line[metric].as_u64()).sum()
    }

    /// Ada plays songs, each `hz/seconds`.
    pub(crate) async fn play(&self, op: u64, songs: &[&str]) {
        let files: Vec<String> = songs.iter().map(|song| format!("{song}.wav")).collect();
        self.play_files(op, &files).await;
    }

    /// Ada plays files of the web server. Their entries are `EntryId::new(op, 0)` and so on.
    pub(crate) async fn play_files<S: AsRef<str>>(&self, op: u64, files: &[S]) {
        let policy = UrlPolicy { allow_http: true };
        let track = |file: &S| {
            let url = format!("http://songs.example.org:{}/{}", self.songs.port(), file.as_ref());
            Track::from_query(Query::parse(&url, policy).unwrap())
        };
        let tracks = files.iter().map(track).collect();
        self.command(op, &Command::Add { tracks, requester: ADA, place: Place::End }).await;
    }

    /// A change of the queue and its doorbell; the queue's revision from then on.
    pub(crate) async fn command(&self, op: u64, command: &Command) -> u64 {
        let settings = GuildSettings::default();
        let request = Request {
            op: OpId::Interaction(InteractionId::new(op)),
            command,
            now: Clock::system().now(),
            settings: &settings,
            exempt: true,
            only_of: None,
        };
        let applied = self.queue.apply(GUILD, &request).await.unwrap();
        self.bells.ring(ShardId::new(0), GUILD, applied.queue.rev()).await.unwrap();
        applied.queue.rev()
    }

    /// Waits until a worker holds the shard under this epoch; when that was seen.
    pub(crate) async fn until_epoch(&self, epoch: u64) -> Instant {
        let leases = Leases::new(Db::new(self.aws.dynamodb(), self.aws.prefix()), LeaseTimes::DEFAULT);
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                let lease = leases.read(ShardId::new(0)).await.unwrap();
                if lease.is_some_and(|lease| lease.epoch == Epoch::new(epoch)) {
                    return Instant::now();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.unwrap()
    }

    /// A doorbell without a change of the queue.
    pub(crate) async fn ring(&self) {
        let rev = self.observed().await.rev;
        self.bells.ring(ShardId::new(0), GUILD, rev).await.unwrap();
    }

    /// Waits until the worker has let go of the guild.
    pub(crate) async fn until_nobody_plays(&self) {
        let active = ActiveGuilds::new(Db::new(self.aws.dynamodb(), self.aws.prefix()));
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(100));
            while !active.all(ShardId::new(0)).await.unwrap().is_empty() {
                often.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.unwrap();
    }

    /// What the worker says is heard.
    pub(crate) async fn observed(&self) -> Observed {
        let store = ObservedStore::new(Db::new(self.aws.dynamodb(), self.aws.prefix()));
        store.load(GUILD, Clock::system().now()).await.unwrap()
    }

    /// Waits until it says so.
    pub(crate) async fn until_observed(&self, is_so: impl Fn(&Observed) -> bool) -> Observed {
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(100));
            loop {
                often.tick().await;
                let observed = self.observed().await;
                if is_so(&observed) {
                    return observed;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.unwrap()
    }
}

async fn put(aws: &Aws, name: &str, value: &str) {
    let secret = format!("/timmybot/{name}");
    aws.secrets().put_secret_value().secret_id(secret).secret_string(value).send().await.unwrap();
}
