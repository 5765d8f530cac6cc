//! Channels, and who listens at their ends.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::domain::containment::Level;
use shared::domain::incident::{
    Alert, By, Detail, Entry, Happening, IncidentId, Kind, Label, Notice, Severity, Status,
};
use shared::env::Env;
use shared::messages::{Control, Order};
use shared::store::Db;
use shared::store::alert_channels::{AlertChannelStore, ChannelState};
use shared::telemetry::{Captured, Sink, Telemetry};
use testkit::Aws;
use testkit::silence::Silence;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::app::Machine;
use crate::channels::FanOut;
use crate::config::Config;

pub(crate) const TEST_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Ends of addresses: whoever has them may write there.
const TOKEN: &str = "t0k3n-of-a-webhook";

pub(crate) fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    text.parse().unwrap()
}

/// A notice about 11 attempts, as the grouping would make it.
pub(crate) fn notice(kind: Kind) -> Notice {
    let id = IncidentId::new(now(), Rng::fixed(7)).unwrap();
    let mut notice = Notice::test(id, now());
    if kind == Kind::Test {
        return notice;
    }
    let minutes = |minutes: i64| now() + jiff::SignedDuration::from_mins(minutes);
    let at = minutes(10);
    notice.kind = kind;
    notice.number = 1 + u64::try_from(Kind::ALL.iter().position(|one| *one == kind).unwrap()).unwrap();
    notice.at = at;
    let incident = &mut notice.incident;
    incident.alert = Alert::UnauthorizedAccess;
    incident.label = Some(label("interactions"));
    incident.severity = Severity::P1;
    incident.status = Status::Open;
    incident.opened_at = now();
    incident.resolved_at = None;
    incident.due_at = Some(minutes(120));
    incident.count = if kind == Kind::Opened { 1 } else { 7 };
    incident.detail = Some(Detail::from("11 > *10* & <!channel> @everyone `x` [a](https://evil.example)"));
    let ann = || By::Person("admin_2f9c".to_owned());
    match kind {
        Kind::Acknowledged => {
            incident.status = Status::Acknowledged;
            incident.due_at = None;
            incident.timeline.push(Entry { at, what: Happening::Acknowledged, by: ann() });
        }
        Kind::Contained => incident.contained = Level::L1,
        Kind::Resolved => {
            incident.status = Status::Resolved;
            incident.due_at = None;
            incident.resolved_at = Some(at);
            incident.review_by = Some(minutes(10 + 7 * 24 * 60));
            incident.timeline.push(Entry { at, what: Happening::Resolved, by: ann() });
        }
        Kind::Overdue => incident.severity = Severity::P0,
        _ => {}
    }
    notice
}

/// What somebody's server does with what it gets.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Answers so, with these headers.
    Answer(u16, &'static [(&'static str, &'static str)], Value),
    /// Says nothing until it is let go, then that all is well.
    Wait(Arc<Notify>),
    /// Says nothing, ever.
    Hang,
}

/// What somebody heard.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

#[derive(Clone, Debug)]
struct Script {
    does: Arc<Mutex<Does>>,
    heard: UnboundedSender<Heard>,
}

/// Somebody's server. It ends on drop.
#[derive(Debug)]
pub(crate) struct Ear {
    pub(crate) url: String,
    script: Script,
    heard: UnboundedReceiver<Heard>,
    task: JoinHandle<()>,
}

impl Does {
    pub(crate) fn well() -> Self {
        Self::Answer(200, &[], json!({ "id": "77" }))
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, &[], Value::Null)
    }
}

impl Ear {
    pub(crate) async fn new(does: Does) -> Self {
        let (sender, heard) = unbounded_channel();
        let script = Script { does: Arc::new(Mutex::new(does)), heard: sender };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, script, heard, task }
    }

    /// From now on.
    pub(crate) fn does(&self, does: Does) {
        *self.script.does.lock().unwrap() = does;
    }

    /// The next that it hears; it waits for it.
    pub(crate) async fn next(&mut self) -> Heard {
        tokio::time::timeout(Duration::from_secs(10), self.heard.recv()).await.unwrap().unwrap()
    }

    /// All that it has heard and that nobody has looked at.
    pub(crate) fn all(&mut self) -> Vec<Heard> {
        core::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(script): State<Script>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let raw = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    let body = serde_json::from_slice(&raw).unwrap_or_default();
    let line = format!("{} {}", parts.method, parts.uri);
    let does = script.does.lock().unwrap().clone();
    // A test that stopped listening is not told.
    let _ = script.heard.send(Heard { line, headers: parts.headers, raw, body });
    let (status, headers, body) = match does {
        Does::Answer(status, headers, body) => (status, headers, body),
        Does::Wait(until) => {
            until.notified().await;
            (200, &[][..], json!({ "id": "77" }))
        }
        Does::Hang => core::future::pending().await,
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_string())).unwrap()
}

/// An address where somebody answers in no protocol at all.
pub(crate) async fn garbage() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"\x00\xff 99 no http\r\n\r\n").await;
        }
    });
    url
}

/// An address where nobody is.
pub(crate) async fn closed() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A deployment with channels.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) text: Captured,
    pub(crate) log: Telemetry,
    pub(crate) fan_out: FanOut,
    sink: Sink,
    /// Where Discord is.
    base: String,
    _silence: Silence,
}

impl World {
    /// Whose channels are below a Discord at this address.
    pub(crate) async fn with_discord(base: &str) -> Self {
        Self::patient(base, Duration::from_secs(5)).await
    }

    /// With another patience than the usual one.
    pub(crate) async fn patient(base: &str, total: Duration) -> Self {
        let aws = Aws::start().await;
        let (sink, text) = Sink::memory();
        let searched = text.clone();
        let silence = Silence::of(&aws, [TOKEN.to_owned()], move || searched.text());
        let base = format!("{base}/api/v10");
        let fan_out = fan_out(&aws, &base, &sink, total);
        let log = Telemetry::new(sink.clone(), "security-alarms", Clock::fixed(now()));
        Self { aws, text, log, fan_out, sink, base, _silence: silence }
    }

    pub(crate) async fn new() -> Self {
        Self::with_discord("http://127.0.0.1:1").await
    }

    /// Another instance of the function: it knows nothing yet.
    pub(crate) fn another(&self) -> FanOut {
        fan_out(&self.aws, &self.base, &self.sink, Duration::from_secs(5))
    }

    /// Makes a secret, or gives it another value.
    pub(crate) async fn put(&self, name: &str, value: &str) {
        let secrets = self.aws.secrets();
        let made = secrets.create_secret().name(name).secret_string(value).send().await;
        if made.is_err() {
            secrets.put_secret_value().secret_id(name).secret_string(value).send().await.unwrap();
        }
    }

    async fn channel(&self, name: &str, document: &Value) {
        self.put(&format!("/timmybot/channels/{name}"), &document.to_string()).await;
    }

    /// Somebody's own webhook.
    pub(crate) async fn webhook(&self, name: &str, url: &str, from: Severity) {
        let url = format!("{url}/in/{TOKEN}");
        self.channel(name, &json!({ "kind": "webhook", "url": url, "signing": TEST_KEY, "from": from }))
            .await;
    }

    pub(crate) async fn slack(&self, name: &str, url: &str) {
        let url = format!("{url}/services/{TOKEN}");
        self.channel(name, &json!({ "kind": "slack", "url": url })).await;
    }

    pub(crate) async fn discord(&self, name: &str, buttons: bool) {
        let url = format!("https://discord.com/api/webhooks/1/{TOKEN}");
        self.channel(name, &json!({ "kind": "discord", "url": url, "buttons": buttons })).await;
    }

    /// A secret that says something else.
    pub(crate) async fn malformed(&self, name: &str) {
        self.channel(name, &json!({ "kind": "pigeon" })).await;
    }

    /// The keys that sign buttons.
    pub(crate) async fn with_button_keys(&self) {
        let keys = json!({ "keys": [{ "kid": "k1", "key": "07".repeat(32) }] }).to_string();
        self.put("/timmybot/custom-id-key", &keys).await;
    }

    /// How it stands with a channel.
    pub(crate) async fn state(&self, name: &str, at: Timestamp) -> ChannelState {
        let store = AlertChannelStore::new(Db::new(self.aws.dynamodb(), self.aws.prefix()));
        store.one(&label(name), at).await.unwrap().state
    }

    /// The orders in the queue, which are taken out of it.
    pub(crate) async fn orders(&self) -> Vec<Order> {
        let (client, url) = (self.aws.sqs(), self.aws.queue_url("control"));
        let received =
            client.receive_message().queue_url(&url).max_number_of_messages(10).send().await.unwrap();
        let mut orders = Vec::new();
        for message in received.messages.unwrap_or_default() {
            orders.push(Control::parse(&message.body.unwrap()).unwrap().order().clone());
            let handle = message.receipt_handle.unwrap();
            client.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
        }
        orders
    }
}

fn fan_out(aws: &Aws, base: &str, sink: &Sink, total: Duration) -> FanOut {
    let topic = |severity: &str| {
        let suffix = severity.to_ascii_lowercase();
        format!("{severity}=arn:aws:sns:{}:{}:timmybot-alerts-{suffix}", aws_region(aws), account(aws))
    };
    let here = [
        ("RUNBOOK_BASE_URL", "https://runbooks.example.org".to_owned()),
        ("DISCORD_API_BASE_URL", base.to_owned()),
        ("ALLOW_HTTP", "true".to_owned()),
        ("SEVERITY_TOPIC_ARNS", ["P0", "P1"].map(topic).join(",")),
    ];
    let config = Config::from_env(&Env::of(aws.alarms_env().into_iter().chain(here)));
    let machine = Machine {
        sink: sink.clone(),
        clock: Clock::fixed(now()),
        rng: Rng::fixed(7),
        patience: Patience { total, ..Patience::STANDARD },
    };
    FanOut::new(&config.unwrap(), aws.sdk_config(), &machine).unwrap()
}

fn aws_region(aws: &Aws) -> String {
    aws.env()["AWS_REGION"].clone()
}

/// The last part of a bucket's name.
fn account(aws: &Aws) -> String {
    aws.bucket("evidence").rsplit('-').next().unwrap().to_owned()
}
