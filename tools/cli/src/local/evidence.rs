//! Checkpoints and people's own data on this machine: the data-retention function behind its name, and the poller of the
//! queue that it works off. The emulator's tables have no streams, so this looks itself whether an audit chain has grown,
//! every five minutes as the cloud does at most, and once more at the end; then it invokes the function with what a stream
//! would have sent.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_local::ACCOUNT;
use aws_sdk_sqs::Client as Sqs;
use data_retention::{App, Config, Invocation, Machine};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::providers::client::Patience;
use shared::security::audit_chain::ChainHead;
use shared::store::Db;
use shared::store::audit::AuditStore;
use shared::telemetry::Sink;
use tokio::task::JoinHandle;
use tokio::time::interval;

use super::accounts;
use super::voice::{Places, poll};

/// Its name in the template with its defaults.
const RETENTION: &str = "timmybot-data-retention";
const PREFIX: &str = "timmybot";
/// The stream's longest batching window.
const EVERY: Duration = Duration::from_mins(5);
/// How long an erasure waits before it looks once more. No function of this machine's runs for as long as it may in the
/// cloud, and whoever tries it out wants to see the receipt.
const SETTLE_S: u32 = 5;

/// Looks after the evidence until it is told that the stack ends.
pub(crate) struct Evidence {
    watch: Watch,
    watching: JoinHandle<()>,
    polling: JoinHandle<()>,
}

/// The function, and where the chains ended when it ran last.
#[derive(Clone)]
struct Watch {
    app: Arc<App>,
    audit: AuditStore,
    seen: Arc<tokio::sync::Mutex<Vec<(String, ChainHead)>>>,
}

/// Starts it. `base` is where browsers reach the pages; whose log it is follows from that.
pub(crate) fn start(places: &Places<'_>, base: &str) -> Result<Evidence> {
    let outside = [
        ("DISCORD_API_BASE_URL", places.discord.rest_url()),
        ("PROVIDER_BASE_URLS", accounts::services_of(places)),
        ("ERASE_SETTLE_S", SETTLE_S.to_string()),
    ];
    let endpoint = places.stack.endpoint();
    let watch = Watch::new(&endpoint, base, outside, Sink::file(super::up::log(places.data)?))?;
    let app = Arc::clone(&watch.app);
    places.stack.functions().serve(RETENTION, move |event| {
        let app = Arc::clone(&app);
        async move { handle(&app, event).await }
    });
    let looking = watch.clone();
    let watching = tokio::spawn(async move {
        let mut every = interval(EVERY);
        loop {
            every.tick().await;
            looking.look().await;
        }
    });
    let (asked, sqs) = (Arc::clone(&watch.app), Sqs::new(&testkit::sdk_config(&endpoint)));
    let intake = places.stack.intake("timmybot-privacy");
    let polling = tokio::spawn(async move {
        poll(&sqs, &privacy_queue(&endpoint), intake, |batch| {
            let app = Arc::clone(&asked);
            async move { handle(&app, batch).await }
        })
        .await;
    });
    Ok(Evidence { watch, watching, polling })
}

async fn handle(app: &App, event: Value) -> Result<Value, String> {
    // Nobody ends it here.
    let invocation = Invocation { id: "local".to_owned(), deadline: jiff::Timestamp::MAX };
    let answer = Box::pin(data_retention::handle(app, event, &invocation)).await;
    let answer = answer.map_err(|failure| failure.to_string())?;
    serde_json::to_value(answer).map_err(|error| error.to_string())
}

impl Evidence {
    /// Looks once more: what was done in the last minutes is in a checkpoint, too.
    pub(crate) async fn end(self) {
        self.watching.abort();
        self.polling.abort();
        self.watch.look().await;
    }
}

impl Watch {
    /// `outside` is where Discord and the services are.
    fn new(
        endpoint: &str,
        base: &str,
        outside: impl IntoIterator<Item = (&'static str, String)>,
        sink: Sink,
    ) -> Result<Self> {
        let own = [
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("EVIDENCE_BUCKET", format!("{PREFIX}-evidence-{ACCOUNT}")),
            ("CHECKPOINT_KEY_ID", format!("alias/{PREFIX}-audit")),
            ("PUBLIC_BASE_URL", base.to_owned()),
            ("EXPORTS_BUCKET", format!("{PREFIX}-exports-{ACCOUNT}")),
            ("PRIVACY_QUEUE_URL", privacy_queue(endpoint)),
        ];
        let env = Env::of::<&str, String>(own.into_iter().chain(outside));
        let machine =
            Machine { sink, clock: Clock::system(), rng: Rng::system(), patience: Patience::STANDARD };
        let sdk = testkit::sdk_config(endpoint);
        Ok(Self {
            app: Arc::new(App::new(Config::from_env(&env)?, &sdk, &machine)?),
            audit: AuditStore::new(Db::new(shared::store::client(&sdk), PREFIX)),
            seen: Arc::default(),
        })
    }

    /// Whether the function was invoked, and was right. What fails is in the log, and is tried at the next look.
    async fn look(&self) -> bool {
        let mut seen = self.seen.lock().await;
        let Ok(heads) = self.audit.heads().await else { return false };
        if heads == *seen || handle(&self.app, moved(&heads)).await.is_err() {
            return false;
        }
        *seen = heads;
        true
    }
}

/// What people ask about their own data.
fn privacy_queue(endpoint: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/{PREFIX}-privacy")
}

/// What a stream of keys would have sent.
fn moved(heads: &[(String, ChainHead)]) -> Value {
    let record = |(tenant, _): &(String, ChainHead)| {
        json!({
            "eventSource": "aws:dynamodb", "eventName": "MODIFY",
            "dynamodb": { "Keys": { "tenant": { "S": tenant } }, "StreamViewType": "KEYS_ONLY" },
        })
    };
    json!({ "Records": heads.iter().map(record).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use shared::ids::UserId;
    use shared::security::audit::AuditEvent;
    use shared::security::pseudonym::Pseudonyms;
    use shared::security::secret::Secret;
    use testkit::{Aws, Fault};

    use super::*;

    async fn act(watch: &Watch) {
        let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
        let random = Rng::system().bytes().unwrap();
        let now = Clock::system().now();
        let event = AuditEvent::new(names.admin(UserId::new(42)), "set", "settings", "api", now, random);
        watch.audit.append("7", event, Rng::system()).await.unwrap();
    }

    #[tokio::test]
    async fn the_function_runs_when_somebody_has_acted_and_again_when_it_failed() {
        let aws = Aws::start().await;
        let watch = Watch::new(&aws.endpoint(), "http://127.0.0.1:8787", [], Sink::memory().0).unwrap();
        assert!(!watch.look().await, "nobody has acted");
        act(&watch).await;
        aws.fault_next("Sign", Fault::Status500, 1);
        assert!(!watch.look().await);
        assert!(watch.look().await);
        assert!(!watch.look().await, "nothing has changed");
        act(&watch).await;
        assert!(watch.look().await);
    }
}
