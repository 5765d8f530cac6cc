//! AWS and the services for one test. Accounts are linked over the pages, as people do it.

use core::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::env::Env;
use shared::ids::UserId;
use shared::providers::client::Patience;
use shared::security::oauth::one_time::OneTime;
use shared::store::Db;
use shared::store::linkings::{LinkingStore, Wanted};
use shared::store::links::{Link, LinkStore};
use shared::telemetry::{Captured, Sink};
use shared::vault::{TokenVault, Tokens};
use simulator::{AccountsConfig, ClientConfig, Config as Discord, Service, Simulator};
use testkit::Aws;
use testkit::silence::Silence;
use token_rotation::{App, Config, Failure, Invocation, Machine, handle};
use url::Url;

pub(crate) const BASE: &str = "https://bot.example.org";
pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const OWN_NAME: &str = "timmybot-token-rotation";
/// What a schedule of `EventBridge` sends.
pub(crate) const NIGHTLY: &str = include_str!("../../../../events/token-rotation/nightly.json");
/// Longer than any token that a service gives for some time.
pub(crate) const LATE_S: i64 = 8 * 86_400;

pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) simulator: Simulator,
    pub(crate) log: Captured,
    sink: Sink,
    _silence: Silence,
}

pub(crate) fn service(provider: Provider) -> Service {
    Service::ALL.into_iter().find(|service| service.code() == provider.code()).unwrap()
}

pub(crate) fn nightly() -> Value {
    serde_json::from_str(NIGHTLY).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        let (aws, simulator) = (Aws::start().await, Simulator::start(Discord::default()).unwrap());
        for service in Service::ALL {
            let client = ClientConfig::of_the_bot(service, BASE);
            aws.fill_in_client(service.code(), &client.id, &client.secret).await;
            simulator.accounts().register(client);
        }
        let (sink, log) = Sink::memory();
        let searched = log.clone();
        let silence = Silence::of(&aws, [ADA], move || searched.text());
        Self { aws, simulator, log, sink, _silence: silence }
    }

    fn env(&self) -> Env {
        let below = self.simulator.accounts_url();
        let services = Provider::ALL.map(|provider| format!("{provider}={below}/{provider}")).join(",");
        Env::of([
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("PUBLIC_BASE_URL", BASE.to_owned()),
            ("PROVIDER_BASE_URLS", services),
            ("BOT_TOKEN_SECRET", "/timmybot/bot-token".to_owned()),
            ("LINK_SERVICES", "discord,spotify".to_owned()),
            (
                "ALERT_TOPIC_ARN",
                format!("arn:aws:sns:{}:{}:timmybot-alerts", aws_local::REGION, aws_local::ACCOUNT),
            ),
            ("DEAD_LETTER_QUEUE_URL", self.aws.queue_url("rotation-dlq")),
            ("ROTATED_SECRETS", "/timmybot/log-key,/timmybot/custom-id-key,/timmybot/jwt-keys".to_owned()),
            ("CHECKPOINT_KEY_ID", "alias/timmybot-audit,alias/timmybot-data".to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", OWN_NAME.to_owned()),
        ])
    }

    /// The function, so many seconds from now.
    pub(crate) fn app(&self, after_s: i64) -> App {
        let clock = Clock::fixed(Clock::system().now() + after_s.seconds());
        self.app_by(clock)
    }

    pub(crate) fn app_by(&self, clock: Clock) -> App {
        let patience = Patience { connect: Duration::from_secs(2), total: Duration::from_secs(3) };
        let machine = Machine { sink: self.sink.clone(), clock, rng: Rng::system(), patience };
        App::new(Config::from_env(&self.env()).unwrap(), self.aws.sdk_config(), &machine).unwrap()
    }

    /// A night, so many seconds from now, with all the time that it needs.
    pub(crate) async fn night(&self, after_s: i64) -> Result<Value, Failure> {
        self.invoke(&self.app(after_s), nightly()).await
    }

    pub(crate) async fn invoke(&self, app: &App, event: Value) -> Result<Value, Failure> {
        let invocation =
            Invocation { id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into(), deadline: Timestamp::MAX };
        handle(app, event, &invocation).await
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    /// Links a service's `n`-th account, over the page.
    pub(crate) async fn link(&self, user: UserId, provider: Provider, n: usize) {
        let machine = oauth::Machine {
            sink: self.sink.clone(),
            clock: Clock::system(),
            rng: Rng::system(),
            patience: Patience::STANDARD,
        };
        let config = oauth::Config::from_env(&self.env()).unwrap();
        let app = oauth::App::new(config, self.aws.sdk_config(), &machine).unwrap();
        let link = OneTime::new(Rng::system()).unwrap();
        let at = Clock::system().now();
        let wanted = Wanted { user, name: "Ada".into(), provider, locale: None, at };
        LinkingStore::new(self.db()).offer(&link.digest(), &wanted).await.unwrap();
        let path = format!("/oauth/link/{}", link.to_text());
        let ask = async |method: &str, path: &str, query: &str, cookies: &[String]| {
            let event = json!({
                "rawPath": path, "rawQueryString": query, "cookies": cookies, "headers": {},
                "requestContext": { "http": { "method": method, "sourceIp": "203.0.113.7" } },
            });
            oauth::handle(&app, event, "r").await.unwrap()
        };
        let page = ask("GET", &path, "", &[]).await;
        let cookie = page["cookies"][0].as_str().unwrap().split(';').next().unwrap().to_owned();
        let sent = ask("POST", &path, "", std::slice::from_ref(&cookie)).await;
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let click = browser.post(sent["headers"]["location"].as_str().unwrap());
        let click = click.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(person(provider, n));
        let back = click.send().await.unwrap();
        let back: Url = back.headers()[LOCATION].to_str().unwrap().parse().unwrap();
        let done = ask("GET", back.path(), back.query().unwrap(), &[cookie]).await;
        assert_eq!(done["statusCode"], 200, "{done}");
    }

    pub(crate) async fn linked(&self, user: UserId, provider: Provider) -> Option<Link> {
        let links = LinkStore::new(self.db()).of(user).await.unwrap();
        links.into_iter().find(|link| link.provider == provider)
    }

    pub(crate) async fn tokens(&self, user: UserId, provider: Provider) -> Option<Tokens> {
        let vault = TokenVault::new(self.aws.sdk_config(), Rng::system(), "/timmybot", None);
        vault.read(user).await.unwrap()?.document.tokens(provider).cloned()
    }

    /// Begins a rotation whose steps nobody does; the token of the new version.
    pub(crate) async fn announced(&self, secret: &str) -> String {
        let nobody = |_: Value| async { Err::<Value, _>("not now".to_owned()) };
        self.aws.functions().serve(OWN_NAME, nobody);
        let begun = self.aws.secrets().rotate_secret().secret_id(secret).send().await;
        begun.unwrap().version_id.unwrap()
    }

    /// What was told to operators, as JSON.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        let published = self.aws.published("alerts");
        published.iter().map(|one| serde_json::from_str(&one.message).unwrap()).collect()
    }

    /// The summary that stands in the log last.
    pub(crate) fn summary(&self) -> Value {
        let lines = self.log.lines();
        let summed = lines.iter().rev().find(|line| line["action"] == "rotate" && line["log"] == "security");
        summed.unwrap()["extras"].clone()
    }
}

fn person(provider: Provider, n: usize) -> String {
    let config = AccountsConfig::default();
    let mut own = config.accounts.iter().filter(|account| account.service == service(provider));
    format!("account={}", own.nth(n).unwrap().id)
}
