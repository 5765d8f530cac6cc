//! Alarms on this machine: the security-alarms function behind its name, the poller of its orders, the rules that wake it,
//! and `CloudWatch`, which looks every second at what the functions have written.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::Result;
use aws_local::{ACCOUNT, REGION, Stack};
use aws_sdk_sqs::Client as Sqs;
use security_alarms::{App, Config, Invocation, Machine};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::env::Env;
use shared::security::secret::Secret;
use shared::telemetry::Sink;
use tokio::task::JoinHandle;
use tokio::time::interval;

use super::discord::{APPLICATION, OPERATORS};
use super::voice::{Places, control_queue, poll};
use crate::channel;

/// Names as in the template with its defaults.
const ALARMS: &str = "timmybot-security-alarms";
const PREFIX: &str = "timmybot";
const TICK: &str = "timmybot-incidents";
const WATCH: &str = "timmybot-incidents-watch";
const WORKER_STOPPED: &str = "timmybot-incidents-worker-stopped";
/// How often alarms are looked at; the cloud takes a minute.
const LOOK: Duration = Duration::from_secs(1);
/// How often the rule of the tick fires while it is on.
const EVERY: Duration = Duration::from_mins(1);
/// The rule of the watch fires with every fifth of these.
const WATCHES: u32 = 5;

/// What goes on until the stack ends.
pub(crate) struct Alarms(Vec<JoinHandle<()>>);

/// Starts it. `base` is where browsers reach the pages.
pub(crate) async fn start(stack: &Arc<Stack>, places: &Places<'_>, base: &str) -> Result<Alarms> {
    let token = hex::encode(Rng::system().bytes::<32>()?);
    let room = places.discord.make_webhook_of(APPLICATION.parse()?, OPERATORS.parse()?, &token)?;
    channel::seed(&testkit::sdk_config(&stack.endpoint()), "operators", Secret::new(room)).await?;
    let app = Arc::new(app(places, base)?);
    let invoked = Arc::clone(&app);
    stack.functions().serve(ALARMS, move |event| {
        let app = Arc::clone(&invoked);
        async move { handle(&app, event).await }
    });
    for log in [super::up::LOG, super::voice::LOG] {
        stack.cloudwatch().follow(places.data.join(log));
    }
    let (sqs, endpoint) = (Sqs::new(&testkit::sdk_config(&stack.endpoint())), stack.endpoint());
    let intake = stack.intake("timmybot-control");
    let orders = tokio::spawn(async move {
        poll(&sqs, &control_queue(&endpoint), intake, |batch| {
            let app = Arc::clone(&app);
            async move { handle(&app, batch).await }
        })
        .await;
    });
    let looking = tokio::spawn(look(Arc::downgrade(stack)));
    let waking = tokio::spawn(wake(Arc::downgrade(stack)));
    Ok(Alarms(vec![orders, looking, waking]))
}

impl Alarms {
    /// Nothing of it goes on.
    pub(crate) fn end(self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What the rule for stopped workers passes on.
pub(super) fn worker_stopped(stack: &Stack, event: Value) {
    if stack.rule_is_on(WORKER_STOPPED) {
        stack.functions().hand_over(ALARMS, event);
    }
}

async fn look(stack: Weak<Stack>) {
    let mut every = interval(LOOK);
    loop {
        every.tick().await;
        let Some(stack) = stack.upgrade() else { return };
        stack.cloudwatch().evaluate(Clock::system().now());
    }
}

/// The two schedules of the template that are this function's: one that it switches itself, and one that is always on.
async fn wake(stack: Weak<Stack>) {
    let mut every = interval(EVERY);
    for turn in (0..WATCHES).cycle() {
        every.tick().await;
        let Some(stack) = stack.upgrade() else { return };
        let watch = (turn == 0).then_some(WATCH);
        for rule in watch.into_iter().chain([TICK]).filter(|rule| stack.rule_is_on(rule)) {
            stack.functions().hand_over(ALARMS, scheduled(rule));
        }
    }
}

/// The event of a schedule, as `EventBridge` sends it.
fn scheduled(rule: &str) -> Value {
    json!({
        "version": "0", "id": "local", "detail-type": "Scheduled Event", "source": "aws.events", "account": ACCOUNT,
        "time": Clock::system().now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "region": REGION, "detail": {},
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}")],
    })
}

async fn handle(app: &App, event: Value) -> Result<Value, String> {
    // Nobody ends it here.
    let invocation = Invocation { id: "local".to_owned(), deadline: jiff::Timestamp::MAX };
    let answer = Box::pin(security_alarms::handle(app, event, &invocation)).await;
    let answer = answer.map_err(|failure| failure.to_string())?;
    serde_json::to_value(answer).map_err(|error| error.to_string())
}

fn app(places: &Places<'_>, base: &str) -> Result<App> {
    let endpoint = places.stack.endpoint();
    let topic = |name: &str| format!("arn:aws:sns:{REGION}:{ACCOUNT}:{PREFIX}-{name}");
    let severities = ["P0", "P1", "P2", "P3"]
        .map(|one| format!("{one}={}", topic(&format!("alerts-{}", one.to_lowercase()))));
    let env = Env::of([
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
        ("CONTROL_QUEUE_URL", control_queue(&endpoint)),
        ("EVIDENCE_BUCKET", format!("{PREFIX}-evidence-{ACCOUNT}")),
        ("STATUS_BUCKET", format!("{PREFIX}-status-{ACCOUNT}")),
        ("ALERT_TOPIC_ARN", topic("alerts")),
        ("SEVERITY_TOPIC_ARNS", severities.join(",")),
        // A stack that is not prod.
        ("ALARM_SUFFIX", PREFIX.to_owned()),
        ("DISCORD_API_BASE_URL", places.discord.rest_url()),
        ("PUBLIC_BASE_URL", base.to_owned()),
        ("ALLOW_HTTP", "true".to_owned()),
        ("ECS_CLUSTER", format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{PREFIX}-voice")),
        ("TOKEN_KEY_ID", format!("alias/{PREFIX}-tokens")),
    ]);
    let sink = Sink::file(super::up::log(places.data)?);
    let machine = Machine { sink, clock: Clock::system(), rng: Rng::system(), patience: Patience::STANDARD };
    Ok(App::new(Config::from_env(&env)?, &testkit::sdk_config(&endpoint), &machine)?)
}

#[cfg(test)]
mod tests {
    use aws_local::{Data, StackOptions};
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    /// The names are the template's, too: a rule of another name is never on.
    #[tokio::test]
    async fn a_stopped_worker_is_told_and_nothing_ticks_before_something_is_wrong() {
        let template = testkit::workspace_root().join("template.yaml");
        let options = StackOptions { template, parameters: [].into(), data: Data::Memory, port: 0 };
        let stack = Stack::start(&options).unwrap();
        let (heard, mut events) = unbounded_channel();
        stack.functions().serve(ALARMS, move |event| {
            let told = heard.send(event).map_err(|error| error.to_string());
            async move { told.map(|()| Value::Null) }
        });
        let event = json!({ "source": "aws.ecs", "detail": { "lastStatus": "STOPPED" } });
        worker_stopped(&stack, event.clone());
        assert_eq!(events.recv().await, Some(event));
        assert!(stack.rule_is_on(WATCH) && !stack.rule_is_on(TICK));
    }

    #[test]
    fn a_schedule_says_when_and_by_which_rule() {
        let event = scheduled(WATCH);
        assert_eq!(
            (&event["source"], &event["detail-type"]),
            (&json!("aws.events"), &json!("Scheduled Event"))
        );
        let rule = "arn:aws:events:eu-central-1:000000000000:rule/timmybot-incidents-watch";
        assert_eq!(event["resources"][0], rule);
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z') && time.len() == 20));
    }
}
