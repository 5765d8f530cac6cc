//! `timmy webhook send`: plays another service to the local stack. What it sends stands in `events/webhooks`, signed anew
//! with the stack's own secret and changed so that it is no repetition.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use aws_sdk_secretsmanager::Client as Secrets;
use clap::{Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::signing::DiscordKey;
use testkit::webhooks::Sender;

use crate::local::session::Session;
use crate::local::up::LOG;
use crate::local::webhooks::secret_name;
use crate::say;

/// What a data folder's stack is not, if it does not answer.
const GONE: &str = "the local stack does not answer: is ./timmy up still running?";
/// What names a video in the committed feed.
const VIDEO: &str = "dQw4w9WgXcQ";
/// When the committed feed says that it was published.
const PUBLISHED: &str = "2026-01-02T11:57:57+00:00";

/// Webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Sends one to the local stack, as its service would.
    Send(Send),
}

/// What to send.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// Who sends it.
    #[arg(value_enum)]
    from: Service,
    /// What happened, such as `redemption`; without it the most interesting thing. An unknown one lists what there is.
    event: Option<String>,
    /// The words in it: a song, a title.
    #[arg(long, value_name = "TEXT")]
    say: Option<String>,
    /// Sign with another secret than the stack's, to see it refused.
    #[arg(long)]
    forged: bool,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    /// The data folder of the stack.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Service {
    Twitch,
    Slack,
    Youtube,
    Github,
    Generic,
    Standard,
    Discord,
}

impl Service {
    /// How it signs; `None`: with Discord's key.
    const fn sender(self) -> Option<Sender> {
        match self {
            Self::Twitch => Some(Sender::Twitch),
            Self::Slack => Some(Sender::Slack),
            Self::Youtube => Some(Sender::YouTube),
            Self::Github => Some(Sender::GitHub),
            Self::Generic => Some(Sender::Generic),
            Self::Standard => Some(Sender::Standard),
            Self::Discord => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Twitch => "twitch",
            Self::Slack => "slack",
            Self::Youtube => "youtube",
            Self::Github => "github",
            Self::Generic => "generic",
            Self::Standard => "standard",
            Self::Discord => "discord",
        }
    }

    const fn usual(self) -> &'static str {
        match self {
            Self::Twitch => "redemption",
            Self::Slack => "tokens-revoked",
            Self::Youtube => "video",
            Self::Github => "release",
            Self::Generic | Self::Standard => "announcement",
            Self::Discord => "ping",
        }
    }
}

impl Send {
    /// Sends it, and says what was answered and where to look next. `noise` makes ids that nobody had.
    pub(crate) async fn run(&self, root: &Path, now: Timestamp, noise: u64) -> Result<()> {
        let session = Session::load(&self.data)?;
        let event = self.event.as_deref().unwrap_or(self.from.usual());
        let mut committed = committed(root, self.from.name(), event)?;
        let body = renewed(&mut committed, self.say.as_deref(), now, noise);
        let client = reqwest::Client::builder().no_proxy().build()?;
        let path = committed["rawPath"].as_str().unwrap_or_default();
        let query = committed["rawQueryString"].as_str().filter(|query| !query.is_empty());
        let address = format!(
            "{}{path}{}{}",
            session.public,
            if query.is_some() { "?" } else { "" },
            query.unwrap_or_default()
        );
        let request = if committed["requestContext"]["http"]["method"] == "GET" {
            client.get(address)
        } else {
            let signed = self.signed(&session, &committed, &body, now).await?;
            let request = signed
                .iter()
                .fold(client.post(address), |request, (name, value)| request.header(*name, value));
            unsigned(&committed)
                .fold(request, |request, (name, value)| request.header(name, value))
                .body(body)
        };
        let answer = request.send().await.context(GONE)?;
        let (status, text) = (answer.status(), answer.text().await?);
        let said = if text.is_empty() { "nothing more to say".to_owned() } else { text };
        let log = self.data.join(LOG);
        let (from, next) = (self.from.name(), next(status.as_u16(), self.from, event, &log));
        let value =
            json!({ "from": from, "event": event, "status": status.as_u16(), "said": said, "next": next });
        say::answer(self.json, &format!("{from} {event}: {status}, {said}\n\n{next}"), &value);
        Ok(())
    }

    /// The headers that prove who sends.
    async fn signed(
        &self,
        session: &Session,
        event: &Value,
        body: &str,
        now: Timestamp,
    ) -> Result<Vec<(&'static str, String)>> {
        let at = now.as_second();
        let Some(sender) = self.from.sender() else {
            let seed = hex::decode(&session.test_signing_key).ok().and_then(|bytes| bytes.try_into().ok());
            let seed =
                if self.forged { [0; 32] } else { seed.context("the session's key is not 64 hex digits")? };
            let signature = DiscordKey::from_seed(seed).sign(at, body.as_bytes());
            return Ok(vec![("x-signature-ed25519", signature), ("x-signature-timestamp", at.to_string())]);
        };
        let secrets = Secrets::new(&testkit::sdk_config(&session.aws_endpoint));
        let name = secret_name(sender.source());
        let found = secrets.get_secret_value().secret_id(&name).version_stage("AWSCURRENT").send().await;
        let secret = found.with_context(|| format!("reading {name}"))?.secret_string.unwrap_or_default();
        let secret = if self.forged { "somebody else's secret".to_owned() } else { secret };
        let ids = ["twitch-eventsub-message-id", "webhook-id", "x-github-delivery"];
        let id = ids.iter().find_map(|name| event["headers"][*name].as_str()).unwrap_or_default();
        Ok(sender.headers(&secret, id, at, body.as_bytes()))
    }
}

/// Headers that say what a message is, which nobody signs.
fn unsigned(event: &Value) -> impl Iterator<Item = (String, String)> {
    let headers = event["headers"].as_object().cloned().unwrap_or_default();
    let kind =
        |name: &str| name == "content-type" || name == "x-github-event" || name.ends_with("message-type");
    headers
        .into_iter()
        .filter(move |(name, _)| kind(name))
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
}

/// An event of the folder; for one that is not there, the names of those that are.
fn committed(root: &Path, from: &str, event: &str) -> Result<Value> {
    let folder = root.join("events/webhooks");
    let plain = !event.is_empty() && event.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let file = folder.join(format!("{from}-{event}.json"));
    if let (true, Ok(text)) = (plain, std::fs::read(&file)) {
        return serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()));
    }
    let files = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let names = files.flatten().filter_map(|file| file.file_name().into_string().ok());
    let mut known: Vec<String> = names
        .filter_map(|name| {
            Some(name.strip_prefix(from)?.strip_prefix('-')?.strip_suffix(".json")?.to_owned())
        })
        .collect();
    known.sort();
    bail!("{from} sends {}, not {event}", known.join(", "))
}

/// The same as if it happened now, once more and with other words; its body.
fn renewed(event: &mut Value, say: Option<&str>, now: Timestamp, noise: u64) -> String {
    for id in ["twitch-eventsub-message-id", "webhook-id", "x-github-delivery"] {
        if event["headers"][id].is_string() {
            event["headers"][id] = format!("{noise:016x}").into();
        }
    }
    let text = event["body"].as_str().unwrap_or_default().to_owned();
    let Ok(mut body) = serde_json::from_str::<Value>(&text) else {
        // Eleven characters, as a video's id has.
        let video = format!("{noise:016x}").split_off(5);
        let published = now.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(now).to_string();
        let text = text.replace(VIDEO, &video).replace(PUBLISHED, &published);
        let title = say.map(|say| say.replace('&', "&amp;").replace('<', "&lt;"));
        return title.map_or(text.clone(), |title| text.replace("Cats &amp; dogs", &title));
    };
    for (path, value) in [
        ("/event_id", format!("Ev{noise:X}")),
        ("/event/timestamp", now.to_string()),
        ("/event/id", format!("{noise:016x}")),
        ("/event/message_id", format!("{noise:016x}")),
        ("/release/id", noise.to_string()),
    ] {
        if let Some(member) = body.pointer_mut(path) {
            *member = value.into();
        }
    }
    let words =
        [("/event/user_input", ""), ("/event/message/text", "!sr "), ("/release/name", ""), ("/title", "")];
    for (path, before) in words {
        if let (Some(member), Some(say)) = (body.pointer_mut(path), say) {
            *member = format!("{before}{say}").into();
        }
    }
    body.to_string()
}

/// Where to look next.
fn next(status: u16, from: Service, event: &str, log: &Path) -> String {
    let next = match (status, from, event) {
        (401, ..) => {
            let log = log.display();
            return format!("The bot does not believe it; {log} says why (look for AUTHENTICATION_ATTEMPT).");
        }
        (400, ..) => "The signature is good, and the body is not what it should be.",
        (500, ..) => "This source has no secret: ./timmy up makes one when it starts.",
        (503, ..) => "Something did not answer in time; the sender would try again.",
        (200, ..) => "The challenge came back: the address is verified.",
        (_, Service::Twitch, "redemption" | "chat") => {
            "It is in the queue. If the streamer has connected the channel, the song is in /queue: ./timmy send queue"
        }
        (_, Service::Twitch | Service::Slack, _) => {
            "It is in the queue; the account is unlinked, if anybody has linked it: ./timmy send accounts"
        }
        (_, Service::Discord, "deauthorized") => {
            return format!("The person's data will be erased; {} tells of it.", log.display());
        }
        (_, Service::Discord, _) => "Discord has its empty answer.",
        (_, Service::Github, "ping" | "push") => "It was taken and forgotten: only releases are news.",
        (_, Service::Youtube | Service::Github | Service::Generic | Service::Standard, _) => {
            "It is read in the demo channel in a moment: ./timmy chat, or the page."
        }
    };
    next.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Service; 7] = [
        Service::Twitch,
        Service::Slack,
        Service::Youtube,
        Service::Github,
        Service::Generic,
        Service::Standard,
        Service::Discord,
    ];

    fn now() -> Timestamp {
        "2027-01-15T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn each_sender_has_its_usual_event() {
        let root = testkit::workspace_root();
        for from in ALL {
            let event = committed(&root, from.name(), from.usual()).unwrap();
            let source = from.sender().map_or("discord", Sender::source);
            assert_eq!(event["rawPath"], format!("/webhooks/{source}"));
        }
    }

    #[test]
    fn an_unknown_event_lists_what_there_is() {
        let root = testkit::workspace_root();
        for event in ["song", "../oauth/begin", ""] {
            let error = committed(&root, "slack", event).unwrap_err().to_string();
            assert!(
                error.starts_with("slack sends app-uninstalled, challenge, tokens-revoked, not"),
                "{error}"
            );
        }
    }

    #[test]
    fn it_is_no_repetition_and_has_the_words_that_were_asked_for() {
        let root = testkit::workspace_root();
        for (from, event, words) in [
            ("twitch", "redemption", "\"vogue\""),
            ("twitch", "chat", "\"!sr vogue\""),
            ("github", "release", "\"vogue\""),
            ("generic", "announcement", "\"vogue\""),
            ("youtube", "video", "<title>vogue</title>"),
        ] {
            let body = |noise: u64| {
                let mut one = committed(&root, from, event).unwrap();
                let body = renewed(&mut one, Some("vogue"), now(), noise);
                (body, one["headers"].clone())
            };
            assert!(body(1).0.contains(words), "{}", body(1).0);
            // What is signed with its time needs no other mark.
            assert!(from == "generic" || body(1) != body(2), "{from}");
        }
        let mut video = committed(&root, "youtube", "video").unwrap();
        let feed = renewed(&mut video, None, now(), 7);
        assert!(feed.contains("<published>2027-01-15T07:59:00Z</published>") && !feed.contains(VIDEO));
    }

    #[test]
    fn there_is_a_next_step_for_every_answer() {
        for from in ALL {
            for status in [200, 204, 400, 401, 500, 503] {
                assert!(next(status, from, from.usual(), Path::new(LOG)).len() > 20);
            }
        }
        let forged = next(401, Service::Github, "release", Path::new("elsewhere/log.jsonl"));
        assert!(forged.contains("elsewhere/log.jsonl"), "{forged}");
    }
}
