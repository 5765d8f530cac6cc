//! Webhooks on this machine: the function behind `/webhooks/{source}`, its queue's poller, a secret for each source, and
//! the demo channel as the place where announcements are read.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use aws_local::ACCOUNT;
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_sqs::Client as Sqs;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::security::webhook::WebhookSource;
use shared::telemetry::Sink;
use webhooks::{App, Config, Machine, Patience};

use super::accounts;
use super::discord::{APPLICATION, CHANNEL};
use super::voice::{Places, SUPERVISOR, doorbells, poll};

/// What stands before a source's name in the name of its secret.
const PREFIX: &str = "/timmybot/webhooks/";
/// Whose videos `timmy webhook send youtube` announces.
pub(crate) const VIDEOS_OF: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";

/// The webhooks function, as Lambda would hold it. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct WebhooksFunction(Arc<App>);

impl WebhooksFunction {
    /// Invokes it.
    pub(crate) async fn invoke(&self, event: Value) -> Result<Value, String> {
        Box::pin(webhooks::handle(&self.0, event, "local")).await.map_err(|failure| failure.to_string())
    }
}

/// The name of a source's secret.
pub(crate) fn secret_name(source: &str) -> String {
    format!("{PREFIX}{source}")
}

/// Starts it; what is started ends with the stack. `base` is where senders reach it.
pub(crate) async fn start(places: &Places<'_>, base: &str) -> Result<WebhooksFunction> {
    let endpoint = places.stack.endpoint();
    let sdk = testkit::sdk_config(&endpoint);
    seed(&Secrets::new(&sdk), places).await?;
    let key = places.discord.public_key(APPLICATION.parse()?).context("the application has no key")?;
    let queue = format!("{endpoint}/{ACCOUNT}/timmybot-webhooks");
    let env = Env::of::<&str, String>([
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("WEBHOOK_SECRET_PREFIX", PREFIX.to_owned()),
        ("DISCORD_PUBLIC_KEYS", key),
        ("DISCORD_API_BASE_URL", places.discord.rest_url()),
        ("PUBLIC_BASE_URL", base.to_owned()),
        ("YOUTUBE_CHANNELS", VIDEOS_OF.to_owned()),
        // Nothing here subscribes anywhere; nobody listens at this address.
        ("YOUTUBE_HUB_URL", format!("{base}/no-hub")),
        ("WEBHOOK_QUEUE_URL", queue.clone()),
        ("PRIVACY_QUEUE_URL", format!("{endpoint}/{ACCOUNT}/timmybot-privacy")),
        ("OAUTH_FUNCTION", accounts::OAUTH.to_owned()),
        ("ALLOW_HTTP", "true".to_owned()),
        ("VOICE_QUEUE_URL_TEMPLATE", doorbells(&endpoint)),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
    ]);
    let machine = Machine {
        sink: Sink::file(super::up::log(places.data)?),
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    let function = WebhooksFunction(Arc::new(App::new(Config::from_env(&env)?, &sdk, &machine)?));
    let (client, polled) = (Sqs::new(&sdk), function.clone());
    let intake = places.stack.intake("timmybot-webhooks");
    tokio::spawn(async move {
        poll(&client, &queue, intake, |batch| {
            let function = polled.clone();
            async move { function.invoke(batch).await }
        })
        .await;
    });
    Ok(function)
}

/// A secret for each source, made once for a data folder; and the addresses of announcements, which this Discord forgets
/// with each end.
async fn seed(secrets: &Secrets, places: &Places<'_>) -> Result<()> {
    for source in WebhookSource::ALL.into_iter().filter(|source| source.scheme().is_some()) {
        keep(secrets, source.code(), &hex::encode(Rng::system().bytes::<16>()?), false).await?;
    }
    let token = hex::encode(Rng::system().bytes::<32>()?);
    let address = places.discord.make_webhook(CHANNEL.parse()?, &token)?;
    let rooms = json!({ "generic": address, "github": address, "youtube": address });
    keep(secrets, "announce", &rooms.to_string(), true).await
}

async fn keep(secrets: &Secrets, name: &str, value: &str, anew: bool) -> Result<()> {
    let name = secret_name(name);
    match secrets.create_secret().name(&name).secret_string(value).send().await {
        Ok(_) => Ok(()),
        // A data folder of an earlier run has it.
        Err(error)
            if error.as_service_error().is_some_and(CreateSecretError::is_resource_exists_exception) =>
        {
            if !anew {
                return Ok(());
            }
            let put = secrets.put_secret_value().secret_id(&name).secret_string(value).send().await;
            put.map(drop).with_context(|| format!("storing {name}"))
        }
        Err(error) => Err(error).with_context(|| format!("storing {name}")),
    }
}
