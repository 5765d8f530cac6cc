//! What becomes of an interaction's answer in Discord: a deferral is shown as "thinking…" until the bot edits it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::session::Session;

/// How long a deferred answer is waited for: as long as Discord lets a bot think.
const PATIENCE: Duration = Duration::from_mins(15);
/// How often Discord is asked meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// The place of an answer, as the simulator keeps it.
#[derive(Debug)]
pub(crate) struct Reply {
    client: reqwest::Client,
    url: String,
}

/// Whether the bot has asked for time.
pub(crate) fn is_deferral(answer: &Value) -> bool {
    matches!(answer["type"].as_u64(), Some(5 | 6))
}

impl Reply {
    /// Tells Discord's simulator of an interaction, so that its token can be used.
    pub(crate) async fn expect(session: &Session, interaction: &Value) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let (token, at) = (&interaction["token"], format!("{}/interactions", session.simulator));
        let body = json!({
            "application": interaction["application_id"],
            "channel": interaction["channel_id"],
            "token": token,
        });
        let told = client.post(&at).json(&body).send().await;
        told.context("the local stack does not answer: is ./timmy up still running?")?.error_for_status()?;
        Ok(Self { client, url: format!("{at}/{}", token.as_str().unwrap_or_default()) })
    }

    /// The bot has answered the interaction itself.
    pub(crate) async fn answered(&self, answer: &Value) -> Result<()> {
        let told = self.client.post(format!("{}/callback", self.url)).json(answer).send().await?;
        if !told.status().is_success() {
            bail!("Discord would refuse the bot's answer: {}", told.text().await?);
        }
        Ok(())
    }

    /// Waits until a deferred answer is there: the message as Discord shows it.
    pub(crate) async fn wait(&self) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let state: Value = self.client.get(&self.url).send().await?.error_for_status()?.json().await?;
            match state["state"].as_str() {
                Some("answered") => return Ok(state["message"].clone()),
                // The answer is for the caller alone: it follows.
                Some("deleted") if state["follow_ups"].get(0).is_some() => {
                    return Ok(state["follow_ups"][0].clone());
                }
                _ => tokio::time::sleep(LOOK).await,
            }
        }
        bail!("the bot never answered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_deferral_is_waited_for() {
        let is = |kind: u64| is_deferral(&json!({ "type": kind }));
        assert_eq!([4, 5, 6, 7, 8].map(is), [false, true, true, false, false]);
        assert!(!is_deferral(&json!(null)));
    }
}
