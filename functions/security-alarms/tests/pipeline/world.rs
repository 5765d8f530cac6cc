//! AWS for one test, with the topics of the severities as the channels that are told.

use core::time::Duration;

use jiff::{SignedDuration, Timestamp};
use security_alarms::{App, Config, Failure, Invocation, Machine, handle};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::domain::containment::Level;
use shared::domain::incident::grouping::{Known, Outcome, Policy, decide};
use shared::domain::incident::{Alert, Change, Fingerprint, Incident, IncidentId, Signal};
use shared::env::Env;
use shared::messages::{Control, Order};
use shared::store::Db;
use shared::store::audit::AuditStore;
use shared::store::flags::FlagStore;
use shared::store::incidents::IncidentStore;
use shared::telemetry::{Captured, Sink};
use testkit::Aws;
use testkit::silence::Silence;

pub(crate) const BASE: &str = "https://bot.example.org";
/// A pseudonym, as interactions sends one.
pub(crate) const ANN: &str = "admin_k1_0123456789abcdef";
pub(crate) const RULE: &str = "timmybot-incidents";

pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) log: Captured,
    sink: Sink,
    _silence: Silence,
}

/// When the tests' alarms begin.
pub(crate) fn start() -> Timestamp {
    "2026-11-23T16:06:00Z".parse().unwrap()
}

/// So many seconds later.
pub(crate) fn at(second: i64) -> Timestamp {
    start() + SignedDuration::from_secs(second)
}

impl World {
    pub(crate) async fn new() -> Self {
        let aws = Aws::start().await;
        let (sink, log) = Sink::memory();
        let searched = log.clone();
        let silence = Silence::of(&aws, ["203.0.113.7", "mallory"], move || searched.text());
        Self { aws, log, sink, _silence: silence }
    }

    fn env(&self) -> Env {
        let topic = |suffix: &str| {
            format!("arn:aws:sns:{}:{}:timmybot-{suffix}", aws_local::REGION, aws_local::ACCOUNT)
        };
        let severities = ["p0", "p1", "p2", "p3"]
            .map(|name| format!("{}={}", name.to_ascii_uppercase(), topic(&format!("alerts-{name}"))));
        Env::of([
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
            ("CONTROL_QUEUE_URL", self.aws.queue_url("control")),
            ("EVIDENCE_BUCKET", self.aws.bucket("evidence")),
            ("STATUS_BUCKET", self.aws.bucket("status")),
            ("ALERT_TOPIC_ARN", ALERTS.to_owned()),
            ("SEVERITY_TOPIC_ARNS", severities.join(",")),
            ("PUBLIC_BASE_URL", BASE.to_owned()),
            ("ALLOW_HTTP", "true".to_owned()),
        ])
    }

    /// The function, so many seconds after the start.
    pub(crate) fn app(&self, second: i64) -> App {
        self.app_at(at(second))
    }

    /// The function, at any time.
    pub(crate) fn app_at(&self, now: Timestamp) -> App {
        let patience = Patience {
            attempt: Duration::from_secs(1),
            total: Duration::from_secs(2),
            first_wait: Duration::from_millis(10),
        };
        let machine =
            Machine { sink: self.sink.clone(), clock: Clock::fixed(now), rng: Rng::system(), patience };
        App::new(Config::from_env(&self.env()).unwrap(), self.aws.sdk_config(), &machine).unwrap()
    }

    /// Invokes it then. `Ok` is what Lambda gets.
    pub(crate) async fn invoke(&self, second: i64, event: Value) -> Result<Value, Failure> {
        invoke(&self.app(second), second, event).await
    }

    /// Invokes it then with an order; whether the message is done.
    pub(crate) async fn order(&self, second: i64, order: Order) -> bool {
        self.order_of(second, Control::new(order, at(second))).await
    }

    pub(crate) async fn order_of(&self, second: i64, control: Control) -> bool {
        let answer = self.invoke(second, message(&control.to_body().unwrap())).await.unwrap();
        answer == json!({ "batchItemFailures": [] })
    }

    pub(crate) async fn tick(&self, second: i64) -> Result<Value, Failure> {
        self.invoke(second, fixture("tick")).await
    }

    /// What is in the queue of orders and not delayed; it is gone then.
    pub(crate) async fn orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        let url = self.aws.queue_url("control");
        loop {
            let receive = self.aws.sqs().receive_message().queue_url(&url).max_number_of_messages(10);
            let messages = receive.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return orders;
            }
            for message in messages {
                orders.push(Control::parse(message.body().unwrap()).unwrap().order().clone());
                let delete = self.aws.sqs().delete_message().queue_url(&url);
                delete.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
            }
        }
    }

    /// The next order of the queue; waits until one that is delayed arrives.
    pub(crate) async fn next_order(&self) -> Order {
        let waited = async {
            loop {
                if let Some(order) = self.orders().await.into_iter().next() {
                    return order;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(40), waited).await.unwrap()
    }

    /// Writes an incident as somebody would who was killed then: nothing is contained, and nobody was told.
    pub(crate) async fn begin(&self, alert: Alert) {
        let (store, signal) = (self.incidents(), fires(alert));
        let cause = store.of_cause(signal.fingerprint(), start()).await.unwrap();
        let decision = decide(start(), unknown_id(), Known::default(), &signal, &Policy::DEFAULT);
        let begun = if let Outcome::Begin(incident) = decision.outcome { Some(incident) } else { None };
        store.begin(&begun.unwrap(), &cause).await.unwrap().unwrap();
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(self.aws.dynamodb(), self.aws.prefix())
    }

    pub(crate) fn incidents(&self) -> IncidentStore {
        IncidentStore::new(self.db())
    }

    /// All incidents, the latest first.
    pub(crate) async fn all(&self) -> Vec<Incident> {
        self.incidents().recent(100, None, start()).await.unwrap()
    }

    /// The one incident that there is.
    pub(crate) async fn only(&self) -> Incident {
        let [incident] = self.all().await.try_into().unwrap();
        incident
    }

    pub(crate) async fn of(&self, alert: Alert) -> Option<Incident> {
        let cause = self.incidents().of_cause(Fingerprint::of(alert, None), start()).await.unwrap();
        cause.latest.map(|seen| seen.incident)
    }

    pub(crate) async fn level(&self) -> Level {
        FlagStore::new(self.db()).level().await.unwrap()
    }

    /// How many rows the operators' chain has.
    pub(crate) async fn audited(&self) -> u64 {
        AuditStore::new(self.db()).head("operators").await.unwrap().seq
    }

    /// What a severity's topic was told: subjects, the oldest first.
    pub(crate) fn told(&self, severity: &str) -> Vec<String> {
        let published = self.aws.published(&format!("alerts-{severity}"));
        published.into_iter().map(|one| one.subject.unwrap_or_default()).collect()
    }

    /// How many notices all topics together were told.
    pub(crate) fn notices(&self) -> usize {
        ["p0", "p1", "p2", "p3"].iter().map(|severity| self.told(severity).len()).sum()
    }

    /// Whether the rule ticks.
    pub(crate) async fn ticks(&self) -> bool {
        let client = aws_sdk_eventbridge::Client::new(self.aws.sdk_config());
        let described = client.describe_rule().name(RULE).send().await.unwrap();
        described.state.unwrap().as_str() == "ENABLED"
    }
}

/// The topic of the committed events.
pub(crate) const ALERTS: &str = "arn:aws:sns:eu-central-1:123456789012:timmybot-alerts";

pub(crate) async fn invoke(app: &App, second: i64, event: Value) -> Result<Value, Failure> {
    let deadline = at(second) + SignedDuration::from_secs(60);
    let invocation = Invocation { id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into(), deadline };
    Ok(serde_json::to_value(handle(app, event, &invocation).await?).unwrap())
}

/// One of the committed events.
pub(crate) fn fixture(name: &str) -> Value {
    let found = testkit::fixtures("security-alarms").unwrap();
    found.into_iter().find(|one| one.name == name).unwrap().event
}

/// A message of the queue of orders.
pub(crate) fn message(body: &str) -> Value {
    json!({ "Records": [{ "messageId": "m", "body": body, "eventSource": "aws:sqs" }] })
}

/// What `CloudWatch` publishes about an alarm that changed so many seconds after the start.
pub(crate) fn alarm(name: &str, state: &str, second: i64) -> Value {
    let told = at(second).strftime("%Y-%m-%dT%H:%M:%S.123+0000").to_string();
    let text = json!({
        "AlarmName": format!("TimmyBot-{name}"), "AlarmDescription": null, "AWSAccountId": "123456789012",
        "NewStateValue": state, "NewStateReason": "Threshold Crossed: 1 datapoint was greater than the threshold (10.0).",
        "StateChangeTime": told, "Region": "EU (Frankfurt)", "OldStateValue": "OK", "Trigger": {},
    });
    json!({ "Records": [{
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": ALERTS,
        "Sns": {
            "Type": "Notification", "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e", "TopicArn": ALERTS,
            "Subject": "ALARM", "Message": text.to_string(), "Timestamp": at(second).to_string(),
        },
    }] })
}

/// The same as an order: something of ours that fires.
pub(crate) fn raise(alert: Alert) -> Order {
    Order::Raise { alert, label: None }
}

pub(crate) fn unknown_id() -> IncidentId {
    IncidentId::new(start(), Rng::fixed(1)).unwrap()
}

/// Which cause a signal without a label is of.
pub(crate) fn fires(alert: Alert) -> Signal {
    Signal::new(alert, Change::Fires, start())
}
