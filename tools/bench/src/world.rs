//! What is measured, put together: emulators, approved guilds, signed requests. The only file that knows how the
//! function is constructed.

use std::cell::Cell;
use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use aws_config::SdkConfig;
use interactions::config::Config;
use interactions::{App, Machine, handle};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::access::{Reason, Step};
use shared::env::Env;
use shared::http_event::HttpAnswer;
use shared::ids::{GuildId, UserId};
use shared::security::custom_id::CustomIds;
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::telemetry::Sink;
use testkit::Aws;
use testkit::signing::DiscordKey;

/// The first of the approved guilds.
const FIRST_GUILD: u64 = 290_926_798_626_357_000;
/// The id of the first interaction.
pub(crate) const FIRST_ID: u64 = 1_456_000_000_000_000_000;
/// How many there are unless said; a guild takes 60 uses of a command in a minute, and a measurement is over sooner.
pub const GUILDS: u64 = 32;
/// A guild that nobody has approved.
const STRANGER: GuildId = GuildId::new(290_926_798_626_399_999);
const OWNER: UserId = UserId::new(80_351_110_224_678_912);
const OPERATOR: UserId = UserId::new(155_149_108_183_695_360);
/// Our application at Discord.
pub(crate) const APPLICATION: &str = "775799577604522054";
/// Test keys, named as such; 64 hex digits each.
const SECRETS: [(&str, &str); 2] = [
    ("/timmybot/custom-id-key", "7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"),
    ("/timmybot/log-key", "74657374206c6f67206b65792c206e6f74206120736563726574212121212121"),
];

/// Something to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Discord's liveness check.
    Ping,
    /// `/queue`.
    Queue,
    /// `/play` with a search.
    Play,
    /// `/play` in a guild that was never approved.
    Denied,
    /// `/settings volume` by somebody who may not change settings.
    NotPermitted,
}

/// The emulators with approved guilds.
#[derive(Debug)]
pub struct World {
    aws: Aws,
    next: Cell<u64>,
    guild: Cell<u64>,
    guilds: u64,
}

impl World {
    /// Starts it; the emulators run on threads of their own.
    pub async fn start() -> Result<Self> {
        Self::of(GUILDS).await
    }

    /// With so many approved guilds.
    pub async fn of(guilds: u64) -> Result<Self> {
        let aws = Aws::start().await;
        for (name, key) in SECRETS {
            aws.secrets().put_secret_value().secret_id(name).secret_string(document(key)).send().await?;
        }
        let world = Self { aws, next: Cell::new(FIRST_ID), guild: Cell::new(0), guilds };
        world.approve().await?;
        Ok(world)
    }

    async fn approve(&self) -> Result<()> {
        let db = self.db();
        let cap = u32::try_from(self.guilds)?;
        let store = AccessStore::new(db.clone(), RateLimitStore::new(db), cap);
        let reason: Reason = "to be measured".parse()?;
        for guild in 0..self.guilds {
            for step in [Step::Request { by: OWNER }, Step::Approve { by: OPERATOR, reason: reason.clone() }]
            {
                store.take(self.guild(guild), &step, Clock::system().now()).await?;
            }
        }
        Ok(())
    }

    /// Sends what follows from another approved guild, whose queue is empty and whose limits are untouched.
    pub fn move_on(&self) {
        self.guild.set((self.guild.get() + 1) % self.guilds);
    }

    /// One of the approved guilds; beyond the last one they begin anew.
    pub fn guild(&self, number: u64) -> GuildId {
        GuildId::new(FIRST_GUILD + number % self.guilds)
    }

    /// How many guilds are approved.
    pub fn guilds(&self) -> u64 {
        self.guilds
    }

    /// The emulators.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Its tables.
    pub(crate) fn db(&self) -> Db {
        Db::new(shared::store::client(self.aws.sdk_config()), self.aws.prefix())
    }

    /// The queues of its guilds, for whoever wants to see what has become of them.
    pub(crate) fn queues(&self) -> QueueStore {
        QueueStore::new(self.db(), Rng::system())
    }

    /// Signs buttons with the key that the function has.
    pub(crate) fn custom_ids() -> Result<CustomIds> {
        Ok(CustomIds::from_key_set(&KeySet::parse(&Secret::new(document(SECRETS[0].1)))?)?)
    }

    /// The AWS settings of clients for these emulators.
    pub fn sdk_config(&self) -> &SdkConfig {
        self.aws.sdk_config()
    }

    /// What the names of its tables begin with.
    pub fn prefix(&self) -> &str {
        self.aws.prefix()
    }

    /// The function, as Lambda's entry makes it.
    pub fn app(&self, sdk: &SdkConfig) -> Result<App> {
        let config = Config::from_env(&Env::of(self.env()))?;
        let machine = Machine { sink: Sink::memory().0, clock: Clock::system(), rng: Rng::system() };
        Ok(App::new(config, sdk, &machine))
    }

    /// The environment of the function as a process.
    pub fn env(&self) -> BTreeMap<String, String> {
        let mut env = self.aws.env();
        let ours = [
            ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
            ("DISCORD_PUBLIC_KEYS", DiscordKey::committed().public_hex()),
            ("CUSTOM_ID_KEY_SECRET", SECRETS[0].0.to_owned()),
            ("LOG_KEY_SECRET", SECRETS[1].0.to_owned()),
            ("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy")),
            ("CONTROL_QUEUE_URL", self.aws.queue_url("control")),
        ];
        env.extend(ours.map(|(name, value)| (name.to_owned(), value)));
        env
    }

    /// A request signed now, with an id and a user that were not there before, so that no limit is met.
    pub fn event(&self, ask: Ask) -> Value {
        let id = self.next.get();
        self.next.set(id + 1);
        signed(id, &ask.body(id, self.guild(self.guild.get())))
    }
}

/// A request with this body, signed now.
pub(crate) fn signed(id: u64, body: &Value) -> Value {
    let at = Clock::system().now().as_second();
    let mut event = json!({
        "version": "2.0", "rawPath": "/", "rawQueryString": "", "isBase64Encoded": false,
        "headers": {"content-type": "application/json", "user-agent": "Discord-Interactions/1.0"},
        "body": body.to_string(),
        "requestContext": {"requestId": format!("bench-{id}"),
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.33"}},
    });
    DiscordKey::committed().sign_event(&mut event, at);
    event
}

/// An interaction of somebody who sends no other; `permissions` are theirs in the guild, as Discord writes them.
pub(crate) fn interaction(kind: u8, id: u64, guild: GuildId, permissions: &str, data: &Value) -> Value {
    json!({
        "version": 1, "type": kind, "id": id.to_string(), "token": format!("bench-{id}"), "application_id": APPLICATION,
        "guild_id": guild.to_string(), "channel_id": "645027906669510667", "locale": "en-US", "guild_locale": "en-US",
        "app_permissions": "2222085186637376", "context": 0, "entitlements": [],
        "authorizing_integration_owners": {"0": guild.to_string()},
        "member": {
            "user": {"id": (id + 1_000_000).to_string(), "username": "someone"}, "roles": [], "permissions": permissions,
        },
        "data": data,
    })
}

/// A slash command as Discord has it in JSON.
pub(crate) fn command(name: &str, options: &Value) -> Value {
    json!({"id": "771825006014889984", "name": name, "type": 1, "options": options})
}

fn document(key: &str) -> String {
    json!({"keys": [{"kid": "k1", "key": key}]}).to_string()
}

impl Ask {
    fn body(self, id: u64, approved: GuildId) -> Value {
        let (guild, name, options) = match self {
            Self::Ping => return ping(id),
            Self::Queue => (approved, "queue", json!([])),
            Self::Play => {
                (approved, "play", json!([{"type": 3, "name": "query", "value": format!("a song {id}")}]))
            }
            Self::Denied => (STRANGER, "play", json!([{"type": 3, "name": "query", "value": "a song"}])),
            Self::NotPermitted => (
                approved,
                "settings",
                json!([{"type": 1, "name": "volume",
                "options": [{"type": 4, "name": "percent", "value": 50}]}]),
            ),
        };
        interaction(2, id, guild, "0", &command(name, &options))
    }

    /// Whether an answer is the one that this request asks for, so that no refusal is measured by mistake.
    pub fn check(self, status: u64, body: &str) -> Result<()> {
        let answer: Value = serde_json::from_str(body).unwrap_or_default();
        let private = answer["data"]["flags"].as_u64().is_some_and(|flags| flags & 64 != 0);
        let right = match self {
            Self::Ping => answer["type"] == 1,
            Self::Play => answer["type"] == 4 && !private && body.contains("a song"),
            Self::Queue => answer["type"] == 4 && body.contains("a song"),
            Self::Denied | Self::NotPermitted => answer["type"] == 4 && private,
        };
        ensure!(status == 200 && right, "{self:?} got {status}: {body}");
        Ok(())
    }
}

/// Discord's liveness check.
pub(crate) fn ping(id: u64) -> Value {
    json!({"version": 1, "type": 1, "id": id.to_string(), "token": "t", "application_id": APPLICATION})
}

/// Sends an event through the function's own entry.
pub async fn send(app: &App, event: &RawValue) -> HttpAnswer {
    Box::pin(handle(app, event)).await
}
