//! `timmy replay`: does once more what an event file says, with the local stack.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::signing::DiscordKey;

use super::draw::draw;
use super::reply::{Discord, GONE};
use super::session::Session;

/// What to do again.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// An event, as `timmy record` writes it or as it stands in `events/interactions`.
    file: PathBuf,
    /// Keep the interaction's id, as when Discord sends it twice; otherwise it becomes a new one.
    #[arg(long)]
    same_id: bool,
    /// The answer itself, as JSON.
    #[arg(long)]
    json: bool,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

impl Replay {
    /// Sends it and returns the answer as a person would read it. `noise` makes ids that nobody had.
    pub(crate) async fn run(&self, now: Timestamp, noise: u64) -> Result<String> {
        let session = Session::load(&self.data)?;
        let discord = Discord::of(&session)?;
        let mut interaction = interaction(&self.file)?;
        if !self.same_id {
            renew(&mut interaction, now, noise);
        }
        let token = interaction["token"].clone();
        let expected = json!({
            "application": session.application_id, "channel": interaction["channel_id"], "token": token,
        });
        // An event may be from a channel that this Discord does not have; then nobody sees the answer but who replays it.
        let is_shown = discord.post("interactions", &expected).await.is_ok();
        let answer = send(&session, &interaction, now).await?;
        let path = format!("interactions/{}/callback", token.as_str().unwrap_or_default());
        if !is_shown
            || discord.post(&path, &answer).await.is_err()
            || !matches!(answer["type"].as_u64(), Some(4 | 5))
        {
            return self.said(&session, &answer);
        }
        let message = discord.settled(&json!({ "token": token }), None).await?;
        self.said(&session, &json!({ "type": 4, "data": message }))
    }

    fn said(&self, session: &Session, answer: &Value) -> Result<String> {
        if self.json {
            return Ok(serde_json::to_string_pretty(answer)?);
        }
        Ok(session.users.name_in(&draw(answer).text))
    }
}

/// The body of an event.
fn interaction(file: &Path) -> Result<Value> {
    let text = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let event: Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let body = event["body"].as_str().filter(|_| event["isBase64Encoded"] != true);
    let body = body.with_context(|| format!("{} is no event of an interaction", file.display()))?;
    serde_json::from_str(body).with_context(|| format!("the body in {} is not JSON", file.display()))
}

/// Another interaction with the same content: its own id (milliseconds since 2015 in the upper 42 bits) and token.
fn renew(interaction: &mut Value, now: Timestamp, noise: u64) {
    let since_2015 = now.as_millisecond().saturating_sub(1_420_070_400_000).unsigned_abs();
    let id = (since_2015 << 22) | (noise & 0x3F_FFFF);
    interaction["id"] = id.to_string().into();
    interaction["token"] = format!("replayed-{id}").into();
}

async fn send(session: &Session, interaction: &Value, now: Timestamp) -> Result<Value> {
    let seed = hex::decode(&session.test_signing_key).ok().and_then(|bytes| bytes.try_into().ok());
    let key = DiscordKey::from_seed(seed.context("the session's key is not 64 hex digits")?);
    let (body, at) = (interaction.to_string(), now.as_second());
    let signature = key.sign(at, body.as_bytes());
    let request = reqwest::Client::builder().no_proxy().build()?.post(&session.discord).body(body);
    let request = request.header("content-type", "application/json").header("x-signature-ed25519", signature);
    let answer = request.header("x-signature-timestamp", at.to_string()).send().await;
    let answer = answer.context(GONE)?;
    let status = answer.status();
    if status != 200 {
        bail!("the bot answered {status}: {}", answer.text().await?);
    }
    answer.json().await.context("the bot's answer is not JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_a_committed_event_is_read_and_of_another_file_not() {
        let events = testkit::workspace_root().join("events/interactions");
        assert_eq!(interaction(&events.join("help.json")).unwrap()["data"]["name"], "help");
        let error = interaction(&testkit::workspace_root().join("Cargo.toml")).unwrap_err().to_string();
        assert!(error.contains("is not JSON"), "{error}");
    }

    #[test]
    fn another_interaction_has_an_id_of_its_time_and_its_own_token() {
        let now = Timestamp::from_second(1_767_355_200).unwrap();
        let mut one = json!({ "id": "1", "token": "t", "data": {} });
        renew(&mut one, now, 7);
        let id: u64 = one["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(((id >> 22) + 1_420_070_400_000, id & 0x3F_FFFF), (1_767_355_200_000, 7));
        assert_ne!(one["token"], "t");
    }
}
