//! AWS, Discord, a hub and the function for one test.

use core::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience as DiscordPatience;
use shared::env::Env;
use shared::ids::UserId;
use shared::store::Db;
use shared::telemetry::{Captured, Sink};
use simulator::{ChannelId, Config as Discord, Simulator};
use testkit::Aws;
use testkit::signing::{COMMITTED_AT, DiscordKey};
use testkit::silence::Silence;
use testkit::webhooks::{COMMITTED_SECRET, Sender};
use webhooks::{App, Config, Machine, Patience, handle};

use super::hub::Hub;

pub(crate) const BASE: &str = "https://bot.example.org";
pub(crate) const PREFIX: &str = "/timmybot/webhooks/";
pub(crate) const CHANNEL: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";
/// Where announcements go in the simulated Discord.
pub(crate) const ROOM: ChannelId = ChannelId::new(1001);
pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
const ADDRESS: &str = "198.51.100.7";
const REQUEST: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// Longer than anything takes here, so that a busy machine fails no test.
const PATIENT: Duration = Duration::from_secs(30);

/// The function, and all that it talks to.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) simulator: Simulator,
    pub(crate) hub: Hub,
    pub(crate) log: Captured,
    pub(crate) app: App,
    sink: Sink,
    _silence: Silence,
}

/// A request on its way: a body, and who signs it when and with what.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) source_ip: Option<&'static str>,
}

/// An answer, as the HTTP API would send it on.
#[derive(Clone, Debug)]
pub(crate) struct Answer(pub(crate) Value);

impl Answer {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0["headers"][name].as_str()
    }

    pub(crate) fn body(&self) -> &str {
        self.0["body"].as_str().unwrap()
    }

    /// The code of the error that it is.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(self.body()).unwrap_or_default();
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(COMMITTED_AT).unwrap()
}

/// A good message of each sender's that is not only a challenge.
pub(crate) fn good(sender: Sender, title: &str) -> Post {
    let announcement = json!({ "type": "announcement", "title": title }).to_string();
    let release = json!({
        "action": "published", "repository": { "full_name": "a/b" },
        "release": { "html_url": "https://github.com/a/b", "tag_name": title },
    });
    let redemption = json!({
        "subscription": { "id": "s-1", "status": "enabled",
            "type": "channel.channel_points_custom_reward_redemption.add", "condition": { "broadcaster_user_id": "12826" } },
        "event": { "id": "r-1", "broadcaster_user_id": "12826", "user_id": "9001", "user_login": "viewer",
            "user_input": title, "reward": { "id": "w-1", "title": "Song" } },
    });
    let revoked = json!({ "type": "event_callback", "event_id": title,
        "event": { "type": "tokens_revoked", "tokens": { "oauth": ["U0R7JM00001"] } } });
    let feed = format!(
        "<feed><entry><yt:videoId>{}</yt:videoId><yt:channelId>{CHANNEL}</yt:channelId><title>{title}</title>\
         <published>2026-01-02T11:57:57+00:00</published></entry></feed>",
        title.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
    );
    let body = match sender {
        Sender::Generic | Sender::Standard => announcement,
        Sender::GitHub => release.to_string(),
        Sender::Slack => revoked.to_string(),
        Sender::Twitch => redemption.to_string(),
        Sender::YouTube => feed,
    };
    Post::unsigned(sender.source(), &body).kind(sender).signed(sender, COMMITTED_SECRET, title, COMMITTED_AT)
}

impl Post {
    pub(crate) fn unsigned(source: &str, body: &str) -> Self {
        let path = format!("/webhooks/{source}");
        Self { method: "POST", path, headers: Vec::new(), body: body.to_owned(), source_ip: Some(ADDRESS) }
    }

    /// The header that says what kind of message it is, which nobody signs.
    fn kind(self, sender: Sender) -> Self {
        match sender {
            Sender::Twitch => self.with("twitch-eventsub-message-type", "notification"),
            Sender::GitHub => self.with("x-github-event", "release"),
            _ => self,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn signed(self, sender: Sender, secret: &str, id: &str, at: i64) -> Self {
        let headers = sender.headers(secret, id, at, self.body.as_bytes());
        headers.into_iter().fold(self, |post, (name, value)| post.with(name, &value))
    }

    /// As Discord signs.
    pub(crate) fn by_discord(body: &Value) -> Self {
        let post = Self::unsigned("discord", &body.to_string());
        let signature = DiscordKey::committed().sign(COMMITTED_AT, post.body.as_bytes());
        post.with("x-signature-ed25519", &signature).with("x-signature-timestamp", &COMMITTED_AT.to_string())
    }

    fn event(&self) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        json!({
            "version": "2.0", "routeKey": "ANY /webhooks/{proxy+}", "rawPath": self.path, "rawQueryString": "",
            "headers": headers, "body": self.body, "isBase64Encoded": false,
            "requestContext": {
                "http": { "method": self.method, "path": self.path, "sourceIp": self.source_ip },
                "requestId": "r-1", "stage": "$default",
            },
        })
    }
}

impl World {
    /// With a secret for each source, and a room for each source's announcements.
    pub(crate) async fn new() -> Self {
        let world = Self::bare().await;
        for source in ["generic", "github", "slack", "twitch", "youtube"] {
            world.keep(source, COMMITTED_SECRET).await;
        }
        let room = |token: &str| world.simulator.make_webhook(ROOM, token).unwrap();
        let rooms =
            ["generic", "github", "youtube"].map(|source| (source, room(&format!("t0k3n-of-{source}"))));
        let rooms: serde_json::Map<String, Value> =
            rooms.into_iter().map(|(source, address)| (source.to_owned(), address.into())).collect();
        world.keep("announce", &Value::Object(rooms).to_string()).await;
        world
    }

    /// Nothing is set up.
    pub(crate) async fn bare() -> Self {
        let (aws, simulator) = (Aws::start().await, Simulator::start(Discord::default()).unwrap());
        let hub = Hub::start().await;
        let (sink, log) = Sink::memory();
        let app = app(&aws, &simulator, &hub, &sink, now(), PATIENT);
        let searched = log.clone();
        let people = [ADA.to_string(), ADDRESS.to_owned(), "U0R7JM00001".to_owned()];
        let silence = Silence::of(&aws, people, move || searched.text());
        Self { aws, simulator, hub, log, app, sink, _silence: silence }
    }

    /// Stores a secret below the prefix, or another value of it.
    pub(crate) async fn keep(&self, name: &str, value: &str) {
        let name = format!("{PREFIX}{name}");
        let secrets = self.aws.secrets();
        if secrets.create_secret().name(&name).secret_string(value).send().await.is_err() {
            secrets.put_secret_value().secret_id(&name).secret_string(value).send().await.unwrap();
        }
    }

    /// The same function in another process, later by so many seconds.
    pub(crate) fn app_after(&self, seconds: i64) -> App {
        app(&self.aws, &self.simulator, &self.hub, &self.sink, now() + seconds.seconds(), PATIENT)
    }

    /// The same function, which answers within this.
    pub(crate) fn app_within(&self, patience: Duration) -> App {
        app(&self.aws, &self.simulator, &self.hub, &self.sink, now(), patience)
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    pub(crate) async fn ask(&self, post: &Post) -> Answer {
        Self::ask_of(&self.app, post).await
    }

    pub(crate) async fn ask_of(app: &App, post: &Post) -> Answer {
        Answer(handle(app, post.event(), REQUEST).await.unwrap())
    }

    /// What is in our queue now. It is taken out.
    pub(crate) async fn queued(&self) -> Vec<Value> {
        let taken = self.take("webhooks").await;
        taken.into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    /// What is in a queue now, with the ids. It is taken out.
    pub(crate) async fn take(&self, queue: &str) -> Vec<(String, String)> {
        let (sqs, url) = (self.aws.sqs(), self.aws.queue_url(queue));
        let mut found = Vec::new();
        loop {
            let received =
                sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return found;
            }
            for message in messages {
                let handle = message.receipt_handle.unwrap();
                sqs.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
                found.push((message.message_id.unwrap(), message.body.unwrap()));
            }
        }
    }

    /// Lambda's poller, once: what is in the queue is handled; the bodies of those that have to come again.
    pub(crate) async fn work(&self) -> Vec<String> {
        let taken = self.take("webhooks").await;
        let bodies: Vec<&str> = taken.iter().map(|(_, body)| body.as_str()).collect();
        Self::work_on(&self.app, &bodies).await
    }

    /// The same for these bodies.
    pub(crate) async fn work_on(app: &App, bodies: &[&str]) -> Vec<String> {
        let record = |(at, body): (usize, &&str)| json!({ "messageId": at.to_string(), "body": body });
        let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
        let answer = handle(app, json!({ "Records": records }), REQUEST).await.unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap().iter();
        failed
            .map(|one| bodies[one["itemIdentifier"].as_str().unwrap().parse::<usize>().unwrap()].to_owned())
            .collect()
    }

    /// What people read in the room.
    pub(crate) fn read(&self) -> Vec<String> {
        self.simulator.messages(ROOM).iter().map(|message| message.content().to_owned()).collect()
    }

    /// How often a metric was counted with these dimensions.
    pub(crate) fn counted(&self, metric: &str, dimensions: &[(&str, &str)]) -> usize {
        let lines = self.log.lines();
        let is = |line: &&Value| {
            !line[metric].is_null() && dimensions.iter().all(|(name, value)| line[*name] == *value)
        };
        lines.iter().filter(is).count()
    }
}

fn app(
    aws: &Aws,
    simulator: &Simulator,
    hub: &Hub,
    sink: &Sink,
    at: Timestamp,
    acknowledge: Duration,
) -> App {
    let env = Env::of([
        ("LOG_KEY_SECRET", "/timmybot/log-key"),
        ("WEBHOOK_SECRET_PREFIX", PREFIX),
        ("DISCORD_PUBLIC_KEYS", DiscordKey::committed().public_hex().as_str()),
        ("DISCORD_API_BASE_URL", simulator.rest_url().as_str()),
        ("PUBLIC_BASE_URL", BASE),
        ("YOUTUBE_CHANNELS", CHANNEL),
        ("YOUTUBE_HUB_URL", hub.url.as_str()),
        ("WEBHOOK_QUEUE_URL", aws.queue_url("webhooks").as_str()),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy").as_str()),
        ("OAUTH_FUNCTION", "timmybot-oauth"),
        ("VOICE_QUEUE_URL_TEMPLATE", aws.queue_url("voice-{shard}").as_str()),
        ("VOICE_SUPERVISOR_FUNCTION", "timmybot-voice-supervisor"),
    ]);
    let short = DiscordPatience {
        // Shorter than the wait that a test's rate limit asks for.
        attempt: Duration::from_secs(4),
        total: Duration::from_secs(4),
        first_wait: Duration::from_millis(1),
    };
    let patience = Patience { acknowledge, discord: short, hub: PATIENT };
    let machine = Machine { sink: sink.clone(), clock: Clock::fixed(at), rng: Rng::system(), patience };
    App::new(Config::from_env(&env).unwrap(), aws.sdk_config(), &machine).unwrap()
}
