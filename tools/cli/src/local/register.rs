//! What an operator does once in Discord's developer portal: commands, and the address that interactions are sent to.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::discord::{APPLICATION, BOT_TOKEN};

/// Registers the commands, then the address, which has to be served by now: Discord tries it at once.
pub(crate) async fn register(rest_url: &str, interactions_url: &str) -> Result<()> {
    let commands = shared::discord::commands::registration_json()?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let put = client.put(format!("{rest_url}/applications/{APPLICATION}/commands")).json(&commands);
    call(put).await.context("registering the commands")?;
    let endpoint = json!({ "interactions_endpoint_url": interactions_url });
    let patch = client.patch(format!("{rest_url}/applications/@me")).json(&endpoint);
    call(patch).await.context("telling Discord where the bot is")
}

async fn call(request: reqwest::RequestBuilder) -> Result<()> {
    let answer = request.header("authorization", format!("Bot {BOT_TOKEN}")).send().await?;
    if answer.status().is_success() {
        return Ok(());
    }
    let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
    bail!("Discord answered {status}: {body}")
}
