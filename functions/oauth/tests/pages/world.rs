//! AWS, Discord and the services for one test.

use jiff::{Timestamp, ToSpan as _};
use oauth::{App, Config, Machine, handle};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::domain::settings::LocaleTag;
use shared::env::Env;
use shared::ids::{ApplicationId, GuildId, InteractionId, UserId};
use shared::messages::AccountJob;
use shared::providers::client::Patience;
use shared::security::oauth::one_time::OneTime;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::linkings::{LinkingStore, Wanted};
use shared::store::links::{Link, LinkStore};
use shared::telemetry::{Captured, Sink};
use shared::vault::{TokenVault, Tokens};
use simulator::{ClientConfig, Config as Discord, Reply, Service, Simulator};
use testkit::Aws;
use testkit::silence::Silence;
use url::Url;

pub(crate) const BASE: &str = "https://bot.example.org";
pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const GRACE: UserId = UserId::new(80_351_110_224_678_913);
pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
/// What an interaction is answered with.
pub(crate) const TOKEN: &str = "aW50ZXJhY3Rpb24.s3cr3t";

/// The function, and all that it talks to.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) simulator: Simulator,
    pub(crate) log: Captured,
    pub(crate) app: App,
    browser: Client,
    sink: Sink,
    _silence: Silence,
}

/// An answer, as the HTTP API would send it on.
#[derive(Clone, Debug)]
pub(crate) struct Page(pub(crate) Value);

impl Page {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0["headers"][name].as_str()
    }

    pub(crate) fn body(&self) -> &str {
        self.0["body"].as_str().unwrap()
    }

    /// The `name=value` of the cookie that it sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.0["cookies"][0].as_str()?;
        set.split(';').next().map(str::to_owned)
    }

    /// What stands in its heading.
    pub(crate) fn title(&self) -> &str {
        let (_, rest) = self.body().split_once("<h1>").unwrap();
        rest.split_once("</h1>").unwrap().0
    }

    pub(crate) fn location(&self) -> Url {
        self.header("location").unwrap().parse().unwrap()
    }
}

pub(crate) fn service(provider: Provider) -> Service {
    let code = provider.code();
    Service::ALL.into_iter().find(|service| service.code() == code).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(Clock::system()).await
    }

    pub(crate) async fn at(clock: Clock) -> Self {
        Self::with(clock, "").await
    }

    /// Members' secrets have a copy in this region.
    pub(crate) async fn replicated(region: &str) -> Self {
        Self::with(Clock::system(), region).await
    }

    async fn with(clock: Clock, regions: &str) -> Self {
        let (aws, simulator) = (Aws::start().await, Simulator::start(Discord::default()).unwrap());
        for service in Service::ALL {
            let client = ClientConfig::of_the_bot(service, BASE);
            let value = json!({ "client_id": client.id, "client_secret": client.secret }).to_string();
            let create =
                aws.secrets().create_secret().name(format!("/timmybot/oauth-clients/{}", service.code()));
            create.secret_string(value).send().await.unwrap();
            simulator.accounts().register(client);
        }
        let (sink, log) = Sink::memory();
        let app = app(&aws, &simulator, &sink, clock, regions);
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let searched = log.clone();
        let people = [ADA.to_string(), "203.0.113.7".to_owned(), TOKEN.to_owned()];
        let silence = Silence::of(&aws, people, move || searched.text());
        Self { aws, simulator, log, app, browser, sink, _silence: silence }
    }

    /// The same function in another process, later by so many seconds.
    pub(crate) fn app_after(&self, seconds: i64) -> App {
        let now = Clock::system().now() + seconds.seconds();
        app(&self.aws, &self.simulator, &self.sink, Clock::fixed(now), "")
    }

    /// The same function, reached at another address.
    pub(crate) fn app_at(&self, base: &str) -> App {
        app_below(&self.aws, &self.simulator, &self.sink, Clock::system(), ("", base))
    }

    fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    /// A link as `/link` gives it: the path.
    pub(crate) async fn offer(&self, user: UserId, provider: Provider) -> String {
        self.offer_at(user, provider, Clock::system().now(), None).await
    }

    pub(crate) async fn offer_at(
        &self,
        user: UserId,
        provider: Provider,
        at: Timestamp,
        locale: Option<&str>,
    ) -> String {
        let link = OneTime::new(Rng::system()).unwrap();
        let locale = locale.map(|tag| LocaleTag::try_from(tag.to_owned()).unwrap());
        let wanted = Wanted { user, name: "Ada".into(), provider, locale, at };
        LinkingStore::new(self.db()).offer(&link.digest(), &wanted).await.unwrap();
        format!("/oauth/link/{}", link.to_text())
    }

    /// A request of a browser.
    pub(crate) async fn ask(&self, method: &str, path: &str, query: &str, cookies: &[String]) -> Page {
        self.ask_with(method, path, query, cookies, &json!({})).await
    }

    pub(crate) async fn ask_with(
        &self,
        method: &str,
        path: &str,
        query: &str,
        cookies: &[String],
        headers: &Value,
    ) -> Page {
        let event = json!({
            "version": "2.0", "routeKey": "ANY /oauth/{proxy+}", "rawPath": path, "rawQueryString": query,
            "cookies": cookies, "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "http": { "method": method, "path": path, "sourceIp": "203.0.113.7", "protocol": "HTTP/1.1" },
                "requestId": "r-1", "stage": "$default",
            },
        });
        Page(handle(&self.app, event, "8476a536-e9f4-11e8-9739-2dfe598c3fcd").await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str, cookies: &[String]) -> Page {
        self.ask("GET", path, "", cookies).await
    }

    /// From the link to the address at the service; the browser has a cookie then.
    pub(crate) async fn begin(&self, link: &str) -> (Url, Vec<String>) {
        let page = self.get(link, &[]).await;
        assert_eq!(page.status(), 200, "{page:?}");
        let cookies = vec![page.cookie().unwrap()];
        let sent = self.ask("POST", link, "", &cookies).await;
        assert_eq!(sent.status(), 303, "{sent:?}");
        (sent.location(), cookies)
    }

    /// Clicks on the service's first account, or on "Deny"; what comes back to us.
    pub(crate) async fn consent(&self, at: &Url, form: &str) -> Url {
        let click = self.browser.post(at.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = click.body(form.to_owned()).send().await.unwrap();
        answer.headers()[LOCATION].to_str().unwrap().parse().unwrap()
    }

    /// The form that chooses a service's `n`-th account.
    pub(crate) fn person(provider: Provider, n: usize) -> String {
        let config = simulator::AccountsConfig::default();
        let mut own = config.accounts.iter().filter(|account| account.service == service(provider));
        format!("account={}", own.nth(n).unwrap().id)
    }

    pub(crate) async fn come_back(&self, back: &Url, cookies: &[String]) -> Page {
        self.ask("GET", back.path(), back.query().unwrap_or_default(), cookies).await
    }

    /// The whole way.
    pub(crate) async fn link(&self, user: UserId, provider: Provider) -> Page {
        let (at, cookies) = self.begin(&self.offer(user, provider).await).await;
        let back = self.consent(&at, &Self::person(provider, 0)).await;
        self.come_back(&back, &cookies).await
    }

    pub(crate) async fn links(&self, user: UserId) -> Vec<Link> {
        LinkStore::new(self.db()).of(user).await.unwrap()
    }

    pub(crate) async fn tokens(&self, user: UserId, provider: Provider) -> Option<Tokens> {
        let vault = TokenVault::new(self.aws.sdk_config(), Rng::system(), "/timmybot", None);
        vault.read(user).await.unwrap()?.document.tokens(provider).cloned()
    }

    /// Somebody waits for this in Discord.
    pub(crate) async fn defer(&self, id: u64, purpose: Purpose) -> Value {
        let token = format!("{TOKEN}{id}");
        let (application, channel) =
            (Discord::default().applications[0].id, Discord::default().guilds[0].channels[0].id);
        self.simulator.interact(application, channel, &token).unwrap();
        self.simulator.call_back(&token, &json!({ "type": 5, "data": { "flags": 64 } })).unwrap();
        let deferral = Deferral {
            tenant: AccountJob::tenant(ADA),
            interaction: InteractionId::new(id),
            caller: ADA,
            purpose,
            application: ApplicationId::new(application.get()),
            token: Secret::new(token),
            locale: "en-US".to_owned(),
            kind: ReplyKind::Ephemeral,
            support_id: "0123ABCD".parse().unwrap(),
        };
        let reply = DeferredReply::new(deferral, Clock::system().now(), core::time::Duration::from_mins(5));
        DeferredReplies::new(self.db()).open(&reply.unwrap()).await.unwrap();
        serde_json::to_value(AccountJob::new(ADA, InteractionId::new(id))).unwrap()
    }

    /// What the person reads in Discord.
    pub(crate) fn said(&self, id: u64) -> Option<String> {
        let Some(Reply::Answered(message)) = self.simulator.original(&format!("{TOKEN}{id}")) else {
            return None;
        };
        let body = &message.body["components"];
        let text = &body[0]["components"][0]["content"];
        text.as_str().map(str::to_owned)
    }
}

fn app(aws: &Aws, simulator: &Simulator, sink: &Sink, clock: Clock, regions: &str) -> App {
    app_below(aws, simulator, sink, clock, (regions, BASE))
}

fn app_below(
    aws: &Aws,
    simulator: &Simulator,
    sink: &Sink,
    clock: Clock,
    (regions, base): (&str, &str),
) -> App {
    let below = simulator.accounts_url();
    let services = Provider::ALL.map(|provider| format!("{provider}={below}/{provider}")).join(",");
    let env = Env::of([
        ("REPLICA_REGIONS", regions),
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("PUBLIC_BASE_URL", base),
        ("PROVIDER_BASE_URLS", services.as_str()),
        ("DISCORD_API_BASE_URL", simulator.rest_url().as_str()),
    ]);
    let machine = Machine { sink: sink.clone(), clock, rng: Rng::system(), patience: Patience::STANDARD };
    App::new(Config::from_env(&env).unwrap(), aws.sdk_config(), &machine).unwrap()
}
