//! The function and the emulators for one test.

use api::{App, Config, Machine, handle};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::access::Step;
use shared::env::Env;
use shared::http_event::HttpAnswer;
use shared::ids::{GuildId, UserId};
use shared::security::api_key::{ApiKey, KeyRole, KeyScope};
use shared::security::oauth::one_time::OneTime;
use shared::security::permissions::Role;
use shared::store::access::AccessStore;
use shared::store::api_keys::{ApiKeyStore, KeyTenant, StoredKey};
use shared::store::rate_limits::RateLimitStore;
use shared::store::roles::{GivenRole, RoleStore};
use shared::store::sign_ins::{SignInStore, SignedIn};
use shared::store::{Applied, Db};
use shared::telemetry::{Captured, Sink};
use testkit::Aws;
use testkit::silence::Silence;

pub(crate) const BASE: &str = "https://bot.example.org";
/// An operator.
pub(crate) const OLGA: UserId = UserId::new(80_351_110_224_678_901);
/// Has a role, or none.
pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const BEN: UserId = UserId::new(80_351_110_224_678_913);
pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
pub(crate) const OTHER: GuildId = GuildId::new(290_926_798_626_358_000);

/// The function, and all that it talks to.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) log: Captured,
    pub(crate) app: App,
    sink: Sink,
    _silence: Silence,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Said(pub(crate) HttpAnswer);

/// What a request is sent with.
#[derive(Clone, Debug)]
pub(crate) enum As<'a> {
    Nobody,
    Key(&'a str),
    Token(&'a str),
}

/// What a sign-in gives.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Said {
    pub(crate) fn status(&self) -> u16 {
        self.0.status()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.0.body()).unwrap_or(Value::Null)
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.header_value(name)
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{:?}", self.0);
        self
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(Clock::system()).await
    }

    pub(crate) async fn at(clock: Clock) -> Self {
        let aws = Aws::start().await;
        let (sink, log) = Sink::memory();
        let app = app(&aws, &sink, clock);
        let searched = log.clone();
        let silence =
            Silence::of(&aws, ["203.0.113.7".to_owned(), "wa-".to_owned()], move || searched.text());
        Self { aws, log, app, sink, _silence: silence }
    }

    /// The same function in another process, later by so many seconds.
    pub(crate) fn app_after(&self, seconds: i64) -> App {
        app(&self.aws, &self.sink, Clock::fixed(Clock::system().now() + seconds.seconds()))
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    /// A guild that an operator has let in.
    pub(crate) async fn approved(self, guild: GuildId) -> Self {
        let store = AccessStore::new(self.db(), RateLimitStore::new(self.db()), 50);
        let reason = "known".parse().unwrap();
        for step in [Step::Request { by: ADA }, Step::Approve { by: OLGA, reason }] {
            store.take(guild, &step, Clock::system().now()).await.unwrap();
        }
        self
    }

    /// Somebody with this role, given by an operator.
    pub(crate) async fn with_role(self, user: UserId, guild: GuildId, role: Role) -> Self {
        self.give(user, guild, role).await;
        self
    }

    pub(crate) async fn give(&self, user: UserId, guild: GuildId, role: Role) {
        let store = RoleStore::new(self.db());
        let seen = store.find(guild, user).await.unwrap();
        let after = GivenRole { user, role, by: OLGA, at: Clock::system().now() };
        if let Some(change) = store.plan(guild, &seen, after).unwrap() {
            assert_eq!(change.apply(&self.db(), "test").await.unwrap(), Applied::Done);
        }
    }

    /// A code as the oauth function gives it, and what it is bound to.
    pub(crate) async fn code(&self, user: UserId, mfa: bool) -> (String, OneTime) {
        let (code, verifier) = (OneTime::new(Rng::system()).unwrap(), OneTime::new(Rng::system()).unwrap());
        let who = SignedIn { user, username: "ada".to_owned(), mfa };
        let (digest, bound) = (code.digest(), verifier.digest());
        let store = SignInStore::new(self.db());
        store.give(&digest, &who, &bound, Clock::system().now()).await.unwrap();
        (code.to_text(), verifier)
    }

    pub(crate) async fn sign_in(&self, user: UserId) -> Tokens {
        self.sign_in_with(user, true).await
    }

    pub(crate) async fn sign_in_with(&self, user: UserId, mfa: bool) -> Tokens {
        let (code, verifier) = self.code(user, mfa).await;
        let body = json!({ "code": code, "verifier": verifier.to_text() });
        tokens(&self.send("POST", "/api/v1/sessions", &As::Nobody, None, Some(&body)).await.is(201))
    }

    /// A key as another request made it.
    pub(crate) async fn key(&self, tenant: KeyTenant, role: KeyRole) -> String {
        self.key_until(tenant, role, Clock::system().now() + SignedDuration::from_hours(24)).await.0
    }

    pub(crate) async fn key_until(
        &self,
        tenant: KeyTenant,
        role: KeyRole,
        until: Timestamp,
    ) -> (String, StoredKey) {
        let secret = ApiKey::new(Rng::system()).unwrap();
        let key = StoredKey {
            id: format!("{:016x}", Rng::system().u64().unwrap()),
            tenant,
            name: "test".to_owned(),
            scope: KeyScope::stored(role, vec![], until),
            made: (ADA, Clock::system().now()),
            replaces: None,
            used_at: None,
            revoked_at: None,
        };
        let change = ApiKeyStore::new(self.db()).plan_new(&secret.hash(), &key).unwrap();
        assert_eq!(change.apply(&self.db(), "test").await.unwrap(), Applied::Done);
        (secret.reveal(), key)
    }

    pub(crate) async fn get(&self, path: &str, who: &As<'_>, guild: Option<GuildId>) -> Said {
        self.send("GET", path, who, guild, None).await
    }

    pub(crate) async fn post(&self, path: &str, who: &As<'_>, guild: Option<GuildId>, body: &Value) -> Said {
        self.send("POST", path, who, guild, Some(body)).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        who: &As<'_>,
        guild: Option<GuildId>,
        body: Option<&Value>,
    ) -> Said {
        self.send_to(&self.app, (method, path), who, guild, body).await
    }

    pub(crate) async fn send_to(
        &self,
        app: &App,
        (method, path): (&str, &str),
        who: &As<'_>,
        guild: Option<GuildId>,
        body: Option<&Value>,
    ) -> Said {
        let mut headers = json!({ "user-agent": "test/1.0" });
        match who {
            As::Nobody => {}
            As::Key(key) => headers["x-api-key"] = (*key).into(),
            As::Token(token) => headers["authorization"] = format!("Bearer {token}").into(),
        }
        if let Some(guild) = guild {
            headers["x-community-id"] = guild.to_string().into();
        }
        if body.is_some() {
            headers["content-type"] = "application/json".into();
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        Said(handle(app, &event(method, path, &headers, &body)).await)
    }

    /// A request as it is.
    pub(crate) async fn raw(&self, method: &str, path: &str, headers: &Value, body: &str) -> Said {
        Said(handle(&self.app, &event(method, path, headers, body)).await)
    }
}

pub(crate) fn tokens(said: &Said) -> Tokens {
    let text = |name: &str| said.json()[name].as_str().unwrap().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

/// What API Gateway makes of a request.
pub(crate) fn event(method: &str, path: &str, headers: &Value, body: &str) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut event = json!({
        "version": "2.0", "routeKey": "ANY /api/{proxy+}", "rawPath": path, "rawQueryString": query,
        "headers": headers, "isBase64Encoded": false,
        "requestContext": {
            "http": { "method": method, "path": path, "sourceIp": "203.0.113.7", "protocol": "HTTP/1.1" },
            "requestId": "JKJaXmPLvHcESHA=", "stage": "$default",
        },
    });
    if !body.is_empty() {
        event["body"] = body.into();
    }
    event
}

fn app(aws: &Aws, sink: &Sink, clock: Clock) -> App {
    let env = Env::of::<&str, String>([
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("JWT_KEYS_SECRET", "/timmybot/jwt-keys".to_owned()),
        ("PUBLIC_BASE_URL", BASE.to_owned()),
        ("OPERATOR_IDS", OLGA.to_string()),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy")),
        ("STATUS_BUCKET", aws.bucket("status")),
        ("CHECKPOINT_KEY_ID", "alias/timmybot-audit".to_owned()),
        ("SECURITY_CONTACT", "mailto:security@example.org".to_owned()),
        ("VOICE_QUEUE_URL_TEMPLATE", aws.queue_url("voice-{shard}")),
        ("VOICE_SUPERVISOR_FUNCTION", "timmybot-voice-supervisor".to_owned()),
    ]);
    let machine = Machine { sink: sink.clone(), clock, rng: Rng::system(), patience: () };
    App::new(Config::from_env(&env).unwrap(), aws.sdk_config(), &machine)
}
