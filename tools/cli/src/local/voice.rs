//! The voice half of the local stack: voice-supervisor behind its name, the tasks that it starts, and the deliveries
//! that `EventBridge` and Lambda's queue poller make in the cloud.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_local::ecs::Program;
use aws_local::{ACCOUNT, Intake, REGION, Stack};
use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::types::Message;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::domain::workers::{ShardId, StartedBy};
use shared::env::Env;
use shared::ids::ApplicationId;
use shared::store::Db;
use shared::store::leases::Attempts;
use shared::telemetry::Sink;
use simulator::Simulator;
use voice_supervisor::{App, Config, Machine};

use super::discord::{APPLICATION, BOT_TOKEN};
use super::{alarms, music};

/// Names as in the template with its defaults.
pub(crate) const SUPERVISOR: &str = "timmybot-voice-supervisor";
const FAMILY: &str = "timmybot-voice";
/// What the worker writes.
pub(crate) const LOG: &str = "voice.jsonl";
const BOT_TOKEN_SECRET: &str = "/timmybot/bot-token";

/// Times of the worker's that whoever starts the stack may choose, as in a task definition.
const TIMES: [&str; 5] = ["IDLE_LEAVE_S", "STOP_LEAVE_S", "IDLE_EXIT_S", "LEASE_TTL_S", "REREAD_S"];
/// How long the queue's poller waits for a message at a time.
const WAIT_S: i32 = 20;
/// Before it asks again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Where the parts of the stack are.
pub(crate) struct Places<'a> {
    /// The AWS services.
    pub(crate) stack: &'a Arc<Stack>,
    /// Discord.
    pub(crate) discord: &'a Simulator,
    /// The data folder.
    pub(crate) data: &'a Path,
    /// The port of the stack's own HTTP address, which serves the music.
    pub(crate) port: u16,
}

/// The queue whose messages end overdue replies.
pub(crate) fn deadline_queue(endpoint: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/timmybot-reply-deadline")
}

/// The queue of what is asked about people's data.
pub(crate) fn privacy_queue(endpoint: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/timmybot-privacy")
}

/// Where orders about incidents and containment go.
pub(crate) fn control_queue(endpoint: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/timmybot-control")
}

/// The doorbells' queues.
pub(crate) fn doorbells(endpoint: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/timmybot-voice-{{shard}}")
}

/// Starts it. What it started ends with the stack.
pub(crate) async fn start(places: &Places<'_>) -> Result<()> {
    let sdk = testkit::sdk_config(&places.stack.endpoint());
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
    let put = secrets.put_secret_value().secret_id(BOT_TOKEN_SECRET).secret_string(BOT_TOKEN);
    put.send().await.context("storing the bot's token")?;
    places.stack.ecs().program(FAMILY, worker(places)?);
    let supervisor = Supervisor::new(places)?;
    let invoked = supervisor.clone();
    places.stack.functions().serve(SUPERVISOR, move |event| {
        let supervisor = invoked.clone();
        async move { supervisor.handle(event).await }
    });
    let (told, runtime) = (supervisor.clone(), tokio::runtime::Handle::current());
    let stack = Arc::downgrade(places.stack);
    places.stack.ecs().on_stopped(Arc::new(move |event: Value| {
        let (supervisor, stack) = (told.clone(), stack.clone());
        runtime.spawn(async move {
            if let Some(stack) = stack.upgrade() {
                alarms::worker_stopped(&stack, event.clone());
            }
            // A failure is in the log; EventBridge would try again, and so does whoever plays something next.
            drop(supervisor.handle(event).await);
        });
    }));
    supervisor.end_what_was(places).await?;
    let (queue, intake) = (Sqs::new(&sdk), places.stack.intake("timmybot-reply-deadline"));
    tokio::spawn(async move {
        let url = deadline_queue(&supervisor.endpoint);
        poll(&queue, &url, intake, |batch| {
            let supervisor = supervisor.clone();
            async move { supervisor.handle(batch).await }
        })
        .await;
    });
    Ok(())
}

/// The worker as a task: this program, with what its task definition says and the local addresses.
fn worker(places: &Places<'_>) -> Result<Program> {
    let endpoint = places.stack.endpoint();
    let data = std::path::absolute(places.data)?;
    let env = [
        ("AWS_ENDPOINT_URL", endpoint.clone()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
        ("DISCORD_API_BASE_URL", places.discord.rest_url()),
        ("DISCORD_GATEWAY_URL", places.discord.gateway_url()),
        ("SSL_CERT_FILE", certificates(&places.discord.ca_pem_path(), &data)?.display().to_string()),
        ("BOT_TOKEN_SECRET", BOT_TOKEN_SECRET.to_owned()),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("PRIVACY_QUEUE_URL", privacy_queue(&endpoint)),
        ("VOICE_QUEUE_URL_TEMPLATE", doorbells(&endpoint)),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
        ("AUDIO_DIR", data.join("audio").display().to_string()),
        ("ALLOW_HTTP", "true".to_owned()),
        ("ALLOWED_PRIVATE_HOSTS", format!("{}:{}=127.0.0.1", music::HOST, places.port)),
        ("HAND_OVER_S", "15".to_owned()),
    ];
    Ok(Program {
        binary: std::env::current_exe().context("finding this program")?,
        args: vec!["worker".to_owned()],
        env: env.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(times()).collect(),
        log: Some(data.join(LOG)),
    })
}

fn times() -> impl Iterator<Item = (String, String)> {
    let chosen = Env::of_process();
    TIMES.into_iter().filter_map(move |name| Some((name.to_owned(), chosen.get(name)?.to_owned())))
}

/// The machine's own certificates and the simulator's: the worker fetches music from the world and talks to both.
fn certificates(simulator: &Path, data: &Path) -> Result<PathBuf> {
    const SYSTEM: &str = "/etc/ssl/certs/ca-certificates.crt";
    let mut all = fs::read(simulator)?;
    // Without the machine's own only the music folder can be played.
    all.extend(fs::read(SYSTEM).unwrap_or_default());
    let file = data.join("ca.pem");
    fs::write(&file, all).with_context(|| format!("writing {}", file.display()))?;
    Ok(file)
}

/// voice-supervisor, as Lambda would hold it.
#[derive(Clone)]
struct Supervisor {
    app: Arc<App>,
    endpoint: String,
}

impl Supervisor {
    fn new(places: &Places<'_>) -> Result<Self> {
        let endpoint = places.stack.endpoint();
        let env = Env::of::<&str, String>([
            ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
            ("DISCORD_API_BASE_URL", places.discord.rest_url()),
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("REPLY_DEADLINE_QUEUE_URL", deadline_queue(&endpoint)),
            ("ECS_CLUSTER", FAMILY.to_owned()),
            ("VOICE_TASK_DEFINITION", format!("{FAMILY}:1")),
            ("VOICE_SUBNETS", "subnet-local".to_owned()),
            ("VOICE_SECURITY_GROUP", "sg-local".to_owned()),
        ]);
        let machine = Machine {
            sink: Sink::file(super::up::log(places.data)?),
            clock: Clock::system(),
            rng: Rng::system(),
            patience: Patience::STANDARD,
        };
        let app = App::on(&machine, &Config::from_env(&env)?, &testkit::sdk_config(&endpoint))?;
        Ok(Self { app: Arc::new(app), endpoint })
    }

    async fn handle(&self, event: Value) -> Result<Value, String> {
        let answer = Box::pin(voice_supervisor::handle(&self.app, event, "local")).await;
        let answer = answer.map_err(|failure| failure.to_string())?;
        serde_json::to_value(answer).map_err(|error| error.to_string())
    }

    /// A task that ran when the stack ended last is gone: its end is told now, as `EventBridge` would have.
    async fn end_what_was(&self, places: &Places<'_>) -> Result<()> {
        let client = shared::store::client(&testkit::sdk_config(&places.stack.endpoint()));
        let application: ApplicationId = APPLICATION.parse()?;
        let attempts = Attempts::new(Db::new(client, "timmybot"));
        let rows = attempts.rows(ShardId::new(0), application, Clock::system().now()).await?;
        let Some(attempt) = rows.attempt else { return Ok(()) };
        let Some(task) = &attempt.task_arn else { return Ok(()) };
        let event = json!({ "source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": {
            "taskArn": task, "lastStatus": "STOPPED", "startedBy": StartedBy::from(&attempt).to_string(),
            "stopCode": "TerminationNotice", "stoppedReason": "the local stack ended", "containers": [],
        } });
        // What cannot be decided now is decided when somebody plays something.
        drop(self.handle(event).await);
        Ok(())
    }
}

/// Lambda's poller of a queue: what is handled is deleted, what failed comes again. While the intake is off nothing is
/// taken, and what comes waits.
pub(crate) async fn poll<F, Fut>(client: &Sqs, queue: &str, intake: Intake, invoke: F)
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, String>>,
{
    loop {
        if !intake.is_on() {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let receive = client.receive_message().queue_url(queue).max_number_of_messages(10);
        let Ok(received) = receive.wait_time_seconds(WAIT_S).send().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let messages = received.messages.unwrap_or_default();
        // Turned off while we waited: what came is seen again later.
        if messages.is_empty() || !intake.is_on() {
            continue;
        }
        let failed = invoke(batch(&messages)).await.ok().map(|answer| failures(&answer));
        for message in &messages {
            let is_done = failed.as_ref().is_some_and(|failed| !failed.contains(id(message)));
            if let (true, Some(handle)) = (is_done, message.receipt_handle()) {
                // Handled twice does no harm.
                drop(client.delete_message().queue_url(queue).receipt_handle(handle).send().await);
            }
        }
    }
}

fn batch(messages: &[Message]) -> Value {
    let record = |message: &Message| json!({ "messageId": id(message), "body": message.body(), "eventSource": "aws:sqs" });
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

fn id(message: &Message) -> &str {
    message.message_id().unwrap_or_default()
}

fn failures(answer: &Value) -> BTreeSet<String> {
    let failed = answer["batchItemFailures"].as_array().into_iter().flatten();
    failed.filter_map(|one| one["itemIdentifier"].as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_comes_again_and_the_rest_is_done() {
        let message = |id: &str| Message::builder().message_id(id).body("{}").build();
        let batch = batch(&[message("a"), message("b")]);
        let expected = json!({ "messageId": "b", "body": "{}", "eventSource": "aws:sqs" });
        assert_eq!(batch["Records"][1], expected);
        let failed = failures(&json!({ "batchItemFailures": [{ "itemIdentifier": "b" }] }));
        assert!(failed.contains("b") && !failed.contains("a"));
        assert!(failures(&json!({})).is_empty());
    }

    #[test]
    fn the_worker_trusts_the_simulator_and_the_world() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own.pem");
        fs::write(&own, "simulator\n").unwrap();
        let all = fs::read_to_string(certificates(&own, folder.path()).unwrap()).unwrap();
        assert!(all.starts_with("simulator\n"));
    }
}
