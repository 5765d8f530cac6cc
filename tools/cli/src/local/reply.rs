//! What becomes of an interaction in Discord: the answer may stand at once, come later, or change the message that was
//! pressed.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::time::Instant;

use super::session::Session;

/// How long a deferred answer is waited for: as long as Discord lets a bot think.
const PATIENCE: Duration = Duration::from_mins(15);
/// How long a message that was pressed may take to change; it need not.
const CHANGES: Duration = Duration::from_secs(3);
/// How often Discord is asked meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// Discord's simulator, as a person's app talks to it.
#[derive(Clone, Debug)]
pub(crate) struct Discord {
    client: reqwest::Client,
    url: String,
}

impl Discord {
    /// That of a running stack.
    pub(crate) fn of(session: &Session) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { client, url: session.simulator.clone() })
    }

    /// Asks for something.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let sent = self.client.get(format!("{}/{path}", self.url)).send().await;
        said(sent.context(GONE)?).await
    }

    /// Everything that people see change, from now on.
    pub(crate) async fn events(&self) -> Result<reqwest::Response> {
        Ok(self.client.get(format!("{}/events", self.url)).send().await?.error_for_status()?)
    }

    /// A file at an address of the stack's.
    pub(crate) async fn bytes(&self, address: &str) -> Result<Vec<u8>> {
        let sent = self.client.get(address).send().await.context(GONE)?.error_for_status()?;
        Ok(sent.bytes().await?.to_vec())
    }

    /// Does something; a refusal is an error with Discord's words.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let sent = self.client.post(format!("{}/{path}", self.url)).json(body).send().await;
        said(sent.context(GONE)?).await
    }

    /// The message that an interaction has led to. `before` is the message that was pressed, as it was then.
    pub(crate) async fn settled(&self, outcome: &Value, before: Option<&Value>) -> Result<Value> {
        let path = format!("interactions/{}", outcome["token"].as_str().unwrap_or_default());
        let patience = if before.is_some() { CHANGES } else { PATIENCE };
        let until = Instant::now() + patience;
        loop {
            let state = self.get(&path).await?;
            if let Some(message) = message(&state, before) {
                return Ok(message.clone());
            }
            if Instant::now() >= until {
                return before.cloned().context("the bot never answered");
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// What is wrong when nobody answers.
pub(crate) const GONE: &str = "the local stack does not answer: is ./timmy up still running?";

async fn said(answer: reqwest::Response) -> Result<Value> {
    let (status, text) = (answer.status(), answer.text().await?);
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if !status.is_success() {
        bail!("{}", body["message"].as_str().unwrap_or(&text));
    }
    Ok(body)
}

/// The answer, if it is there; an answer that was taken away has one that follows it. A message that was pressed counts
/// once it is another.
fn message<'a>(state: &'a Value, before: Option<&Value>) -> Option<&'a Value> {
    match state["state"].as_str() {
        Some("answered") => {
            let message = &state["message"];
            let is_same = |before: &Value| before["edited_timestamp"] == message["edited_timestamp"];
            (!before.is_some_and(is_same)).then_some(message)
        }
        Some("deleted") => state["follow_ups"].get(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_waited_for() {
        for open in ["open", "deferred", "deleted"] {
            assert_eq!(message(&json!({ "state": open, "follow_ups": [] }), None), None);
        }
        let state = json!({ "state": "answered", "message": { "content": "hello" } });
        assert_eq!(message(&state, None).unwrap()["content"], "hello");
        let state = json!({ "state": "deleted", "follow_ups": [{ "content": "sorry" }] });
        assert_eq!(message(&state, None).unwrap()["content"], "sorry");
    }

    #[test]
    fn a_pressed_message_counts_once_it_is_another() {
        let before = json!({ "content": "playing", "edited_timestamp": null });
        let state = json!({ "state": "answered", "message": before });
        assert_eq!(message(&state, Some(&before)), None);
        let after = json!({ "content": "paused", "edited_timestamp": "2026-01-02T12:00:00Z" });
        let state = json!({ "state": "answered", "message": after });
        assert_eq!(message(&state, Some(&before)).unwrap()["content"], "paused");
    }
}
