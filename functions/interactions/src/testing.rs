//! A whole world for one test: the emulators, a few guilds in every state, a queue, and people who send interactions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::access::{Reason, Step};
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::ids::{GuildId, InteractionId, UserId};
use shared::security::track_url::{Query, UrlPolicy};
use shared::telemetry::Captured;
use testkit::signing::{COMMITTED_AT, DiscordKey};
use testkit::silence::Silence;
use testkit::{Aws, Heard};

use crate::app::App;

mod app;

pub(crate) use app::{APPLICATION, OAUTH, SUPERVISOR, app, voice};

pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
pub(crate) const PENDING: GuildId = GuildId::new(290_926_798_626_358_001);
pub(crate) const REVOKED: GuildId = GuildId::new(290_926_798_626_358_002);
pub(crate) const UNKNOWN: GuildId = GuildId::new(290_926_798_626_358_003);
pub(crate) const BANNED: GuildId = GuildId::new(290_926_798_626_358_004);
pub(crate) const DENIED: GuildId = GuildId::new(290_926_798_626_358_005);
pub(crate) const MEMBER: UserId = UserId::new(53_908_232_506_183_680);
pub(crate) const OWNER: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const OPERATOR: UserId = UserId::new(155_149_108_183_695_360);
pub(crate) const OPERATOR_2: UserId = UserId::new(155_149_108_183_695_361);
pub(crate) const OTHER: UserId = UserId::new(248_294_452_307_689_473);
/// The token of every interaction.
const TOKEN: &str = "aW50ZXJhY3Rpb24.of.a.test";
/// Test keys, named as such; 64 hex digits each.
pub(crate) const CUSTOM_ID_KEY: &str =
    r#"{"keys":[{"kid":"k1","key":"7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"}]}"#;
const LOG_KEY: &str =
    r#"{"keys":[{"kid":"k1","key":"74657374206c6f67206b65792c206e6f74206120736563726574212121212121"}]}"#;

/// The emulators with an [`App`] on them, and everything that it logged.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) app: App,
    pub(crate) log: Captured,
    /// What voice-supervisor was asked for.
    pub(crate) woken: Heard,
    /// What oauth was asked for.
    pub(crate) asked: Heard,
    next_id: u64,
    _silence: Silence,
}

/// An answer, as the tests look at it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) json: Value,
    /// Every text of the answer, a line each.
    pub(crate) text: String,
}

/// Who sends, from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From {
    pub(crate) user: UserId,
    pub(crate) guild: Option<GuildId>,
    pub(crate) permissions: u64,
    pub(crate) locale: &'static str,
}

pub(crate) fn member() -> From {
    From { user: MEMBER, guild: Some(GUILD), permissions: 0, locale: "en-US" }
}

pub(crate) fn other() -> From {
    From { user: OTHER, ..member() }
}

pub(crate) fn owner() -> From {
    From { user: OWNER, permissions: 0x20, ..member() }
}

pub(crate) fn operator() -> From {
    From { user: OPERATOR, ..member() }
}

impl From {
    pub(crate) fn at(self, guild: GuildId) -> Self {
        Self { guild: Some(guild), ..self }
    }

    pub(crate) fn in_dm(self) -> Self {
        Self { guild: None, ..self }
    }

    pub(crate) fn speaking(self, locale: &'static str) -> Self {
        Self { locale, ..self }
    }
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(COMMITTED_AT).unwrap()
}

impl World {
    /// Guilds in every state, and nothing in the queue.
    pub(crate) async fn empty() -> Self {
        Self::with(Clock::fixed(now())).await
    }

    /// With a queue of three, a played track and a playlist, for the committed events.
    pub(crate) async fn furnished() -> Self {
        let world = Self::empty().await;
        world.furnish().await;
        world
    }

    /// The same with voice switched on.
    pub(crate) async fn furnished_with_voice() -> Self {
        let world = Self::with_voice().await;
        world.furnish().await;
        world
    }

    /// Nothing in the queue, and voice switched on.
    pub(crate) async fn with_voice() -> Self {
        Self::configured(Clock::fixed(now()), voice).await
    }

    pub(crate) async fn with(clock: Clock) -> Self {
        Self::configured(clock, |_| BTreeMap::new()).await
    }

    /// With more variables in the environment.
    pub(crate) async fn configured(
        clock: Clock,
        more: impl Fn(&Aws) -> BTreeMap<&'static str, String>,
    ) -> Self {
        let aws = Aws::start().await;
        for (name, value) in [("/timmybot/custom-id-key", CUSTOM_ID_KEY), ("/timmybot/log-key", LOG_KEY)] {
            aws.secrets().put_secret_value().secret_id(name).secret_string(value).send().await.unwrap();
        }
        let (app, log) = app(&aws, clock, more(&aws));
        let woken = aws.listen_as(SUPERVISOR);
        let asked = aws.listen_as(OAUTH);
        let searched = log.clone();
        let silence = Silence::of(&aws, [TOKEN], move || searched.text());
        let next_id = 1_456_000_000_000_000_000;
        let world = Self { aws, app, log, woken, asked, next_id, _silence: silence };
        world.admit().await;
        world
    }

    async fn admit(&self) {
        let reason = || "for a test".parse::<Reason>().unwrap();
        let by = OPERATOR;
        let request = Step::Request { by: OWNER };
        let approve = Step::Approve { by, reason: reason() };
        let steps: [(GuildId, Vec<Step>); 4] = [
            (GUILD, vec![request.clone(), approve.clone()]),
            (PENDING, vec![request.clone()]),
            (REVOKED, vec![request.clone(), approve, Step::Revoke { by, reason: reason() }]),
            (DENIED, vec![request, Step::Deny { by, reason: reason() }]),
        ];
        for (guild, steps) in steps {
            for step in steps {
                self.app.access.take(guild, &step, now()).await.unwrap();
            }
        }
        for _ in 0..11 {
            self.app.access.count_denial(BANNED, now()).await.unwrap();
        }
    }

    async fn furnish(&self) {
        let titles = [
            "https://media.example.com/blue/Blue%20Monday.opus",
            "Don't Stop",
            "R&B classics",
            "Guns N' Roses",
        ];
        for (at, (title, by)) in titles.iter().zip([MEMBER, OTHER, MEMBER, OTHER]).enumerate() {
            self.enqueue(1_000 + at as u64, title, by).await;
        }
        self.queue(2_000, &Command::Skip { expect: None }).await;
        let name = "Road Trip".parse().unwrap();
        let tracks = ["First song", "Second song"].map(track).to_vec();
        let list = shared::domain::playlist::Playlist::new(name, MEMBER, tracks).unwrap();
        self.app.playlists.save(GUILD, &list, None, now()).await.unwrap();
    }

    pub(crate) async fn enqueue(&self, op: u64, title: &str, requester: UserId) {
        let command = Command::Add { tracks: vec![track(title)], requester, place: Place::End };
        self.queue(op, &command).await;
    }

    pub(crate) async fn queue(&self, op: u64, command: &Command) {
        let settings = GuildSettings::default();
        let op = OpId::Interaction(InteractionId::new(op));
        let request = Request { op, command, now: now(), settings: &settings, exempt: true, only_of: None };
        self.app.queue.apply(GUILD, &request).await.unwrap();
    }

    /// Sends a slash command with options as Discord has them in JSON.
    pub(crate) async fn command(&mut self, from: From, name: &str, options: Value) -> Said {
        self.interaction(from, 2, json!({"id": "1", "name": name, "type": 1, "options": options})).await
    }

    /// Presses a button.
    pub(crate) async fn press(&mut self, from: From, custom_id: &str) -> Said {
        self.interaction(from, 3, json!({"component_type": 2, "custom_id": custom_id})).await
    }

    /// Sends any interaction.
    pub(crate) async fn interaction(&mut self, from: From, kind: u8, data: Value) -> Said {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&envelope(from, kind, data, id)).await
    }

    /// Signs a body and sends it.
    pub(crate) async fn send(&self, body: &Value) -> Said {
        let event = event(&body.to_string(), COMMITTED_AT);
        self.raw(&event).await
    }

    /// Nothing that names a person, a place or a wish may be in the log.
    pub(crate) fn nothing_personal_was_logged(&self, event: &Value) {
        let log = self.log.text();
        let body: Value =
            serde_json::from_str(event["body"].as_str().unwrap_or_default()).unwrap_or_default();
        let mut secrets = vec!["192.0.2.33".to_owned(), GUILD.to_string()];
        personal(&body, &mut secrets);
        for secret in secrets {
            assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
        }
    }

    /// Sends an event as it is.
    pub(crate) async fn raw(&self, event: &Value) -> Said {
        let event = RawValue::from_string(event.to_string()).unwrap();
        let answer = crate::handle(&self.app, &event).await;
        let json: Value = serde_json::from_str(answer.body()).unwrap_or(Value::Null);
        let mut text = String::new();
        texts(&json, &mut text);
        Said { status: answer.status(), json, text }
    }
}

impl Said {
    /// Whether only the caller sees it.
    pub(crate) fn ephemeral(&self) -> bool {
        self.json["data"]["flags"].as_u64().unwrap_or_default() & 64 != 0
    }

    /// The custom id of the button with this label.
    pub(crate) fn button(&self, label: &str) -> String {
        let found = find_button(&self.json, label);
        found.unwrap_or_else(|| panic!("no button {label} in {}", self.json))
    }
}

fn find_button(json: &Value, label: &str) -> Option<String> {
    let own = json["label"].as_str() == Some(label);
    if let Some(id) = json["custom_id"].as_str().filter(|_| own) {
        return Some(id.to_owned());
    }
    match json {
        Value::Array(items) => items.iter().find_map(|item| find_button(item, label)),
        Value::Object(fields) => fields.values().find_map(|value| find_button(value, label)),
        _ => None,
    }
}

/// Ids, the token and what was typed; short words could be in the log for other reasons.
fn personal(json: &Value, out: &mut Vec<String>) {
    match json {
        Value::String(text) if text.len() >= 12 => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| personal(item, out)),
        Value::Object(fields) => fields.values().for_each(|value| personal(value, out)),
        _ => {}
    }
}

fn texts(json: &Value, out: &mut String) {
    if let Some(text) = json["content"].as_str() {
        out.push_str(text);
        out.push('\n');
    }
    match json {
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

pub(crate) fn track(text: &str) -> Track {
    Track::from_query(Query::parse(text, UrlPolicy::HTTPS_ONLY).unwrap())
}

/// An interaction's body.
pub(crate) fn envelope(from: From, kind: u8, data: impl Into<Value>, id: u64) -> Value {
    let user = json!({"id": from.user.to_string(), "username": "someone"});
    let mut body = json!({
        "version": 1, "type": kind, "id": id.to_string(), "token": TOKEN, "application_id": APPLICATION,
        "channel_id": "645027906669510667", "locale": from.locale, "data": data.into(), "app_permissions": "0",
    });
    match from.guild {
        Some(guild) => {
            body["guild_id"] = guild.to_string().into();
            body["member"] = json!({"user": user, "roles": [], "permissions": from.permissions.to_string()});
        }
        None => body["user"] = user,
    }
    body
}

/// A signed Function URL event with this body.
pub(crate) fn event(body: &str, at: i64) -> Value {
    let mut event = json!({
        "version": "2.0", "headers": {"content-type": "application/json"}, "body": body, "isBase64Encoded": false,
        "requestContext": {"requestId": "7f1d3c2a-9c54-4f0e-8a44-0d6c5a0b1c2d",
            "http": {"method": "POST", "path": "/", "sourceIp": "192.0.2.33"}},
    });
    DiscordKey::committed().sign_event(&mut event, at);
    event
}
