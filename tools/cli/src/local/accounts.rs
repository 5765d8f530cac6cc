//! Linked accounts on this machine: the oauth and the token-rotation function behind their names, as clients of the
//! simulator's services. Nobody needs an account anywhere.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use aws_local::{ACCOUNT, REGION};
use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::env::Env;
use shared::providers::client::Patience;
use shared::telemetry::Sink;
use simulator::{ClientConfig, Service};
use token_rotation::Invocation;

use super::voice::Places;

/// Names as in the template with its defaults.
pub(crate) const OAUTH: &str = "timmybot-oauth";
pub(crate) const ROTATION: &str = "timmybot-token-rotation";
/// Every service that there is.
pub(crate) const SERVICES: &str = "discord,slack,spotify,twitch,youtube";
/// What Lambda gives the function at most.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// The oauth function, as Lambda would hold it. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct OauthFunction(Arc<oauth::App>);

impl OauthFunction {
    /// Invokes it.
    pub(crate) async fn invoke(&self, event: Value) -> Result<Value, String> {
        Box::pin(oauth::handle(&self.0, event, "local")).await.map_err(|failure| failure.to_string())
    }
}

/// Starts both; what is started ends with the stack. `base` is where browsers reach the pages.
pub(crate) async fn start(places: &Places<'_>, base: &str) -> Result<OauthFunction> {
    let endpoint = places.stack.endpoint();
    let sdk = testkit::sdk_config(&endpoint);
    for service in Service::ALL {
        let client = ClientConfig::of_the_bot(service, base);
        keep_client(&Secrets::new(&sdk), &client).await?;
        places.discord.accounts().register(client);
    }
    let env = Env::of::<&str, String>([
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("PUBLIC_BASE_URL", base.to_owned()),
        ("PROVIDER_BASE_URLS", services_of(places)),
        ("DISCORD_API_BASE_URL", places.discord.rest_url()),
        ("BOT_TOKEN_SECRET", "/timmybot/bot-token".to_owned()),
        ("LINK_SERVICES", SERVICES.to_owned()),
        ("ALERT_TOPIC_ARN", format!("arn:aws:sns:{REGION}:{ACCOUNT}:timmybot-alerts")),
        ("DEAD_LETTER_QUEUE_URL", format!("{endpoint}/{ACCOUNT}/timmybot-rotation-dlq")),
        ("ROTATED_SECRETS", "/timmybot/log-key,/timmybot/custom-id-key,/timmybot/jwt-keys".to_owned()),
        ("CHECKPOINT_KEY_ID", "alias/timmybot-audit".to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", ROTATION.to_owned()),
    ]);
    let machine = oauth::Machine {
        sink: Sink::file(super::up::log(places.data)?),
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    let function = OauthFunction(Arc::new(oauth::App::new(oauth::Config::from_env(&env)?, &sdk, &machine)?));
    let invoked = function.clone();
    places.stack.functions().serve(OAUTH, move |event| {
        let function = invoked.clone();
        async move { function.invoke(event).await }
    });
    serve_rotation(places, &env)?;
    Ok(function)
}

/// Where the services are, as `PROVIDER_BASE_URLS` says it.
pub(super) fn services_of(places: &Places<'_>) -> String {
    let url = places.discord.accounts_url();
    Provider::ALL.map(|provider| format!("{provider}={url}/{provider}")).join(",")
}

fn serve_rotation(places: &Places<'_>, env: &Env) -> Result<()> {
    let machine = token_rotation::Machine {
        sink: Sink::file(super::up::log(places.data)?),
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    let config = token_rotation::Config::from_env(env)?;
    let sdk = testkit::sdk_config(&places.stack.endpoint());
    let app = Arc::new(token_rotation::App::new(config, &sdk, &machine)?);
    places.stack.functions().serve(ROTATION, move |event| {
        let app = Arc::clone(&app);
        async move {
            let deadline = Clock::system().now().saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
            let invocation = Invocation { id: "local".to_owned(), deadline };
            let done = Box::pin(token_rotation::handle(&app, event, &invocation)).await;
            done.map_err(|failure| failure.to_string())
        }
    });
    Ok(())
}

/// Our client's secret at a service, as an operator would put it.
async fn keep_client(secrets: &Secrets, client: &ClientConfig) -> Result<()> {
    let name = format!("/timmybot/oauth-clients/{}", client.service.code());
    let value = json!({ "client_id": client.id, "client_secret": client.secret }).to_string();
    let created = secrets.create_secret().name(&name).secret_string(&value).send().await;
    match created {
        Ok(_) => Ok(()),
        // A data folder of an earlier run has it.
        Err(error)
            if error.as_service_error().is_some_and(CreateSecretError::is_resource_exists_exception) =>
        {
            let put = secrets.put_secret_value().secret_id(&name).secret_string(value).send().await;
            put.map(drop).with_context(|| format!("storing {name}"))
        }
        Err(error) => Err(error).with_context(|| format!("storing {name}")),
    }
}
