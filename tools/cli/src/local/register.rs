//! What an operator does once in Discord's developer portal: commands, and the address that interactions are sent to.

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};
use shared::security::secret::Secret;

use super::discord::{APPLICATION, BOT_TOKEN};
use crate::register::rest::{Place, Rest};
use crate::register::wanted;

/// Registers the commands, then the address, which has to be served by now: Discord tries it at once.
pub(crate) async fn register(rest_url: &str, interactions_url: &str) -> Result<()> {
    let rest = Rest::new(rest_url, &Secret::new(BOT_TOKEN))?;
    let everywhere = Place { application: APPLICATION.to_owned(), guild: None };
    rest.overwrite(&everywhere, &Value::Array(wanted()?)).await.context("registering the commands")?;
    let endpoint = json!({ "interactions_endpoint_url": interactions_url });
    rest.call(Method::PATCH, "/applications/@me", Some(&endpoint))
        .await
        .map(drop)
        .context("telling Discord where the bot is")
}
