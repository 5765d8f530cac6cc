//! AWS on loopback with guilds in every state, a queue and two playlists; and interactions as Discord sends them.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_local::lambda::{Function, FunctionOptions};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::access::{Reason, Step};
use shared::domain::playlist::Playlist;
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::ids::{GuildId, InteractionId, UserId};
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Db;
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::playlists::PlaylistStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use testkit::signing::DiscordKey;
use testkit::{Aws, Heard};

pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
const PENDING: GuildId = GuildId::new(290_926_798_626_358_001);
const REVOKED: GuildId = GuildId::new(290_926_798_626_358_002);
const BANNED: GuildId = GuildId::new(290_926_798_626_358_004);
const DENIED: GuildId = GuildId::new(290_926_798_626_358_005);
const MEMBER: UserId = UserId::new(53_908_232_506_183_680);
/// Whose tracks wait already.
const OTHER: UserId = UserId::new(248_294_452_307_689_473);
const OWNER: UserId = UserId::new(80_351_110_224_678_912);
const OPERATOR: UserId = UserId::new(155_149_108_183_695_360);
pub(crate) const OPERATOR_2: UserId = UserId::new(155_149_108_183_695_361);
const SUPERVISOR: &str = "timmybot-voice-supervisor";
const OAUTH: &str = "timmybot-oauth";
const APPLICATION: &str = "775799577604522054";
/// Test keys, named as such; 64 hex digits each.
pub(crate) const SECRETS: [(&str, &str); 2] = [
    (
        "/timmybot/custom-id-key",
        r#"{"keys":[{"kid":"k1","key":"7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"}]}"#,
    ),
    (
        "/timmybot/log-key",
        r#"{"keys":[{"kid":"k1","key":"74657374206c6f67206b65792c206e6f74206120736563726574212121212121"}]}"#,
    ),
];

/// What stands around the function.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) aws: Aws,
    /// What voice-supervisor was asked for.
    pub(crate) woken: Heard,
    /// What oauth was asked for.
    pub(crate) asked: Heard,
}

pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}

impl World {
    /// Furnished at `now`.
    pub(crate) async fn at(now: Timestamp) -> Self {
        let aws = Aws::start().await;
        let world = Self { woken: aws.listen_as(SUPERVISOR), asked: aws.listen_as(OAUTH), aws };
        for (name, value) in SECRETS {
            world.aws.secrets().put_secret_value().secret_id(name).secret_string(value).send().await.unwrap();
        }
        world.admit(now).await;
        world.furnish(now).await;
        world
    }

    /// The environment that the template gives.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let own = [
            ("ALLOW_HTTP", "false".to_owned()),
            ("CUSTOM_ID_KEY_SECRET", SECRETS[0].0.to_owned()),
            ("OAUTH_FUNCTION", OAUTH.to_owned()),
            ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
            ("LINK_SERVICES", "spotify".to_owned()),
            ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
            ("DISCORD_PUBLIC_KEYS", DiscordKey::committed().public_hex()),
            ("GUILD_CAP", DEFAULT_CAP.to_string()),
            ("LOG_KEY_SECRET", SECRETS[1].0.to_owned()),
            ("OPERATOR_IDS", format!("{OPERATOR},{OPERATOR_2}")),
            ("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy")),
            ("CONTROL_QUEUE_URL", self.aws.queue_url("control")),
            ("REPLY_DEADLINE_QUEUE_URL", self.aws.queue_url("reply-deadline")),
            ("SHARD_COUNT", "1".to_owned()),
            ("VOICE_QUEUE_URL_TEMPLATE", self.aws.queue_url("voice-{shard}")),
            ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
        ];
        own.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(self.aws.env()).collect()
    }

    /// The built function, as a process with the memory and the time that the template gives it.
    pub(crate) fn function(&self) -> Function {
        Self::function_with(self.environment())
    }

    /// The same with another environment.
    pub(crate) fn function_with(env: BTreeMap<String, String>) -> Function {
        let options =
            FunctionOptions::new(env!("CARGO_BIN_EXE_interactions").into(), "timmybot-interactions");
        let (memory_mb, timeout) = (256, Duration::from_secs(10));
        Function::start(&FunctionOptions { memory_mb, timeout, env, ..options }).unwrap()
    }

    pub(crate) fn queues(&self) -> QueueStore {
        QueueStore::new(self.db(), Rng::system())
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    async fn admit(&self, now: Timestamp) {
        let access = AccessStore::new(self.db(), RateLimitStore::new(self.db()), DEFAULT_CAP);
        let (by, reason) = (OPERATOR, || "for a test".parse::<Reason>().unwrap());
        let (request, approve) = (Step::Request { by: OWNER }, Step::Approve { by, reason: reason() });
        for (guild, steps) in [
            (GUILD, vec![request.clone(), approve.clone()]),
            (PENDING, vec![request.clone()]),
            (REVOKED, vec![request.clone(), approve, Step::Revoke { by, reason: reason() }]),
            (DENIED, vec![request, Step::Deny { by, reason: reason() }]),
        ] {
            for step in steps {
                access.take(guild, &step, now).await.unwrap();
            }
        }
        for _ in 0..11 {
            access.count_denial(BANNED, now).await.unwrap();
        }
    }

    /// A queue of three with one played, and a short and a long playlist.
    async fn furnish(&self, now: Timestamp) {
        let titles = ["Blue Monday", "Don't Stop", "R&B classics", "Guns N' Roses"];
        for (op, title) in (1..).zip(titles) {
            self.change(
                op,
                &Command::Add { tracks: vec![track(title)], requester: OTHER, place: Place::End },
                now,
            )
            .await;
        }
        self.change(9, &Command::Skip { expect: None }, now).await;
        for (name, count) in [("Road Trip", 2), ("All Night", 60)] {
            let tracks = (0..count).map(|n| track(&format!("{name}, song {n}"))).collect();
            let list = Playlist::new(name.parse().unwrap(), MEMBER, tracks).unwrap();
            PlaylistStore::new(self.db()).save(GUILD, &list, None, now).await.unwrap();
        }
    }

    async fn change(&self, op: u64, command: &Command, now: Timestamp) {
        let (op, settings) = (OpId::Interaction(InteractionId::new(op)), GuildSettings::default());
        let request = Request { op, command, now, settings: &settings, exempt: true, only_of: None };
        self.queues().apply(GUILD, &request).await.unwrap();
    }
}

fn track(text: &str) -> Track {
    Track::from_query(Query::parse(text, UrlPolicy::HTTPS_ONLY).unwrap())
}

/// Who sends, from where; without a guild, from a direct message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) user: UserId,
    pub(crate) guild: Option<GuildId>,
    pub(crate) permissions: u64,
}

impl Sender {
    pub(crate) const MEMBER: Self = Self { user: MEMBER, guild: Some(GUILD), permissions: 0 };
    /// With `MANAGE_GUILD`: no limit of the queue binds them.
    pub(crate) const OWNER: Self = Self { user: OWNER, permissions: 0x20, ..Self::MEMBER };
    pub(crate) const OPERATOR: Self = Self { user: OPERATOR, ..Self::MEMBER };

    /// An interaction's body.
    pub(crate) fn sends(self, kind: u8, data: &Value, id: u64) -> Value {
        let user = json!({ "id": self.user.to_string(), "username": "someone" });
        let mut body = json!({
            "version": 1, "type": kind, "id": id.to_string(), "token": format!("aW50ZXJhY3Rpb24.{id}"),
            "application_id": APPLICATION, "channel_id": "645027906669510667", "locale": "en-US",
            "data": data, "app_permissions": "0",
        });
        match self.guild {
            Some(guild) => {
                body["guild_id"] = guild.to_string().into();
                body["member"] =
                    json!({ "user": user, "roles": [], "permissions": self.permissions.to_string() });
            }
            None => body["user"] = user,
        }
        body
    }

    /// A slash command's body. Options stand as Discord has them.
    pub(crate) fn commands(self, name: &str, options: &Value, id: u64) -> Value {
        self.sends(2, &json!({ "id": "1", "name": name, "type": 1, "options": options }), id)
    }
}

/// An option with a string.
pub(crate) fn text(name: &str, value: &str) -> Value {
    json!({ "name": name, "type": 3, "value": value })
}

/// The answer of the function in payload format 2.0: its status and its body's JSON, `null` for an empty one.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) json: Value,
}

impl Answer {
    /// Reads it.
    pub(crate) fn read(answer: &Value) -> Self {
        let body = answer["body"].as_str().unwrap();
        let json = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
        Self { status: answer["statusCode"].as_u64().unwrap(), json }
    }

    /// Neither a body nor anything else that tells why.
    pub(crate) fn is_refusal(&self) -> bool {
        self.status == 401 && self.json.is_null()
    }
}
