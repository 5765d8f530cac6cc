//! An announcement, by an incoming webhook of a Discord channel. At most once: a second one bothers everybody, and
//! nobody misses one.
//!
//! Discord knows no idempotency key for webhooks. So the delivery is claimed first, then posted, then marked as done. If
//! Discord certainly did not take it, the claim is given back and the message comes again; if nobody knows, the claim
//! stays. A crash after the claim and before the post loses the announcement; one after the post and before the queue's
//! delete finds the claim and posts nothing.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::discord::escape::Escaped;
use shared::discord::rest::IncomingWebhook;
use shared::messages::{Announcement, WebhookJob};
use shared::secrets::SecretError;
use shared::security::secret::Secret;
use shared::security::webhook::WebhookSource;
use shared::store::deliveries::Sight;
use shared::telemetry::Telemetry;

use super::{HandleError, Settled};
use crate::app::App;

/// The secret with the addresses, beside those of the sources.
const ADDRESSES: &str = "announce";
/// What stands before a source's name where claims are remembered.
const CLAIMS: &str = "announce";
/// How long a claim is remembered: longer than a video is news, and than any sender tries again.
const MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A message's content has at most 2,000 UTF-16 units (Discord: "Create Message"); each of these is escaped already.
const TITLE_MAX: usize = 400;
const TEXT_MAX: usize = 900;
const URL_MAX: usize = 600;

/// Posts it into the source's channel, if it has one.
pub(super) async fn run(
    app: &App,
    job: &WebhookJob,
    announcement: &Announcement,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Settled, HandleError> {
    let Some(webhook) = address(app, job.source(), log, now).await? else { return Ok(Settled::Dropped) };
    let claim = format!("{CLAIMS}/{}", job.source());
    if app.deliveries.see(&claim, job.delivery(), MEMORY, now).await? != Sight::First {
        return Ok(Settled::Dropped);
    }
    match app.discord.execute(&webhook, &message(announcement)).await {
        Ok(()) => {
            app.deliveries.handed_on(&claim, job.delivery()).await?;
            Ok(Settled::Done)
        }
        Err(error) if error.is_certainly_not_done() => {
            app.deliveries.forget(&claim, job.delivery()).await?;
            Err(HandleError::later("discord.execute_webhook", &error.code()))
        }
        Err(error) => {
            log.fault("discord.execute_webhook", &error.code());
            Ok(Settled::Dropped)
        }
    }
}

/// Where this source's announcements go. Without the secret, or without an entry in it, nowhere: that is no error.
async fn address(
    app: &App,
    source: WebhookSource,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Option<IncomingWebhook>, HandleError> {
    let text = match app.logbook.secrets().kept_text(&app.secret(ADDRESSES), now).await {
        Ok(text) => text,
        Err(SecretError::Unavailable { code }) if code != "ResourceNotFoundException" => {
            return Err(HandleError::later("secrets.announce", &code));
        }
        Err(_) => return Ok(None),
    };
    let found = of_source(&text, source);
    if let Err(code) = found {
        log.fault("secrets.announce", code);
    }
    Ok(found.unwrap_or_default())
}

fn of_source(text: &Secret, source: WebhookSource) -> Result<Option<IncomingWebhook>, &'static str> {
    let all: BTreeMap<String, Secret> = serde_json::from_slice(text.expose()).map_err(|_| "malformed")?;
    let Some(address) = all.get(source.code()) else { return Ok(None) };
    IncomingWebhook::parse(address).map(Some).map_err(|_| "no_incoming_webhook")
}

/// Untrusted text and no words of ours. It pings nobody.
fn message(announcement: &Announcement) -> Value {
    let mut content = format!("**{}**", Escaped::within(announcement.title.as_str(), TITLE_MAX));
    if let Some(text) = &announcement.text {
        let text = Escaped::within(text.as_str(), TEXT_MAX);
        content.push('\n');
        content.push_str(text.as_str());
    }
    // In its normal form an address holds no space, quote or angle bracket; one that would not fit is left out.
    if let Some(url) = announcement.url.as_ref().filter(|url| url.as_str().len() <= URL_MAX) {
        content.push('\n');
        content.push_str(url.as_str());
    }
    json!({ "content": content, "allowed_mentions": { "parse": [] } })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::discord::escape::units;
    use shared::security::input::{Headline, MessageText};

    use super::*;

    fn announcement(title: &str, text: Option<&str>, url: Option<&str>) -> Announcement {
        Announcement {
            title: title.parse().unwrap(),
            text: text.map(|text| text.parse().unwrap()),
            url: url.map(|url| url.to_owned().try_into().unwrap()),
        }
    }

    #[test]
    fn what_people_read() {
        let full = announcement(
            "@everyone [free](https://evil.example)",
            Some("# BIG\n<@1> and *more*"),
            Some("https://example.org/a?b=c"),
        );
        insta::assert_snapshot!(message(&full)["content"].as_str().unwrap());
        assert_eq!(message(&full)["allowed_mentions"], json!({ "parse": [] }));
        assert_eq!(message(&announcement("a", None, None))["content"], "**a**");
    }

    #[test]
    fn an_address_is_found_by_its_source() {
        let text = Secret::new(
            r#"{"youtube":"https://discord.com/api/webhooks/1/a","github":"https://example.org"}"#,
        );
        assert!(of_source(&text, WebhookSource::YouTube).unwrap().is_some());
        assert!(of_source(&text, WebhookSource::Generic).unwrap().is_none());
        assert_eq!(of_source(&text, WebhookSource::GitHub).err(), Some("no_incoming_webhook"));
        assert_eq!(of_source(&Secret::new("https://x"), WebhookSource::GitHub).err(), Some("malformed"));
    }

    proptest! {
        #[test]
        fn it_always_fits(title in ".{1,200}", text in ".{1,2000}", path in "[a-z]{0,2000}") {
            let (Ok(title), Ok(text)) = (title.parse::<Headline>(), text.parse::<MessageText>()) else {
                return Ok(());
            };
            let url = format!("https://example.org/{path}").try_into().unwrap();
            let message = message(&Announcement { title, text: Some(text), url: Some(url) });
            prop_assert!(units(message["content"].as_str().unwrap()) <= 2000);
        }
    }
}
