//! `timmy record`: keeps an interaction of the local stack as the event that Lambda would have got, for `timmy replay`,
//! for a test, or for `sam local invoke`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use aws_local::function_url::{Front, Origin, event};
use axum::http::Request;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::signing::DiscordKey;

use super::reply::Discord;
use super::session::Session;
use crate::say;

/// Which one, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Record {
    /// The file to write, as `events/interactions/my-case.json`.
    file: PathBuf,
    /// The interaction's id, as the page's timeline has it; the last one unless said.
    #[arg(long, value_name = "ID")]
    interaction: Option<String>,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

impl Record {
    /// Writes the file, and says what is in it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let discord = Discord::of(&Session::load(&self.data)?)?;
        let timeline = discord.get("timeline").await?;
        let found = find(&timeline, self.interaction.as_deref());
        let entry = found.context("the timeline has no such interaction: use the bot first")?;
        let recorded = as_event(&entry["detail"]["request"], now)?;
        let text = serde_json::to_string_pretty(&recorded)? + "\n";
        fs::write(&self.file, text).with_context(|| format!("writing {}", self.file.display()))?;
        let title = entry["title"].as_str().unwrap_or_default();
        let words = format!("{title} is in {}, signed with the test key of events/", self.file.display());
        say::answer(self.json, &words, &json!({ "file": self.file, "interaction": title }));
        Ok(())
    }
}

/// The entry of an interaction; the last that there is unless one is named.
fn find<'a>(timeline: &'a Value, interaction: Option<&str>) -> Option<&'a Value> {
    let entries = timeline.as_array()?.iter().rev().filter(|entry| entry["kind"] == "interaction");
    let is_it = |entry: &&Value| interaction.is_none_or(|id| entry["interaction"] == id);
    entries.into_iter().find(is_it)
}

/// A Function URL's event around the body, signed with the committed test key.
fn as_event(request: &Value, now: Timestamp) -> Result<Value> {
    let body = request.to_string();
    let (parts, ()) = Request::post("/")
        .header("host", "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws")
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("user-agent", "Discord-Interactions/1.0 (+https://discord.com)")
        .body(())?
        .into_parts();
    // An address for documentation (RFC 5737).
    let source_ip = core::net::IpAddr::from([192, 0, 2, 33]);
    let origin =
        Origin { source_ip, time: now, request_id: "7f1d3c2a-9c54-4f0e-8a44-0d6c5a0b1c2d".to_owned() };
    let mut recorded = event(&Front::FunctionUrl, &parts, body.as_bytes(), &origin);
    DiscordKey::committed().sign_event(&mut recorded, now.as_second());
    Ok(recorded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_interaction_is_taken_or_the_one_that_is_named() {
        let entry = |id: &str, kind: &str| json!({ "interaction": id, "kind": kind });
        let timeline = json!([entry("1", "interaction"), entry("2", "interaction"), entry("2", "violation")]);
        assert_eq!(find(&timeline, None).unwrap()["interaction"], "2");
        assert_eq!(find(&timeline, Some("1")).unwrap()["interaction"], "1");
        assert!(find(&timeline, Some("3")).is_none());
    }

    #[test]
    fn an_event_has_what_those_that_are_committed_have() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let recorded = as_event(&json!({ "type": 2, "id": "5" }), now).unwrap();
        let committed = testkit::workspace_root().join("events/interactions/help.json");
        let committed: Value = serde_json::from_slice(&fs::read(committed).unwrap()).unwrap();
        for key in committed.as_object().unwrap().keys() {
            assert!(recorded.get(key).is_some(), "{key}");
        }
        assert_eq!(recorded["headers"]["x-signature-timestamp"], "1800000000");
        assert_eq!(recorded["body"], r#"{"id":"5","type":2}"#);
    }
}
