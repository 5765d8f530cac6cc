//! A channel of Slack's: blocks (<https://docs.slack.dev/reference/block-kit/blocks>). What is not ours stands in plain
//! text, where no mark means anything; the rest is escaped as Slack asks: `&`, `<` and `>`.

use reqwest::{Method, Url};
use serde_json::{Value as Json, json};
use shared::domain::incident::Severity;

use super::facts::{Facts, Value, utc};
use super::http::{NotTold, Sender, Way};

/// Of a header, in characters.
const HEADER_MAX: usize = 150;

/// Posts it.
pub(super) async fn post(sender: &Sender, url: Url, facts: &Facts<'_>) -> Result<(), NotTold> {
    sender.json(Method::POST, url, Way::Named, body(facts).to_string().into_bytes()).await.map(drop)
}

/// The body; `text` is what a notification shows.
fn body(facts: &Facts<'_>) -> Json {
    let headline: String = facts.headline().chars().take(HEADER_MAX).collect();
    let mut blocks = vec![
        json!({ "type": "header", "text": plain(&headline) }),
        json!({ "type": "section", "text": plain(&facts.lead()) }),
    ];
    let fields: Vec<Json> = facts.lines().into_iter().map(field).collect();
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    blocks.extend(facts.detail().map(|said| json!({ "type": "section", "text": plain(said) })));
    blocks.extend(facts.advice().map(|advice| json!({ "type": "section", "text": marked(advice) })));
    blocks.extend(facts.counter_measure().map(|done| json!({ "type": "section", "text": marked(done) })));
    let link = facts.runbook().map(|address| format!(" · <{}|Runbook>", escaped(&address)));
    let foot = format!("{}{}", escaped(&facts.signature()), link.unwrap_or_default());
    let foot = json!({ "type": "mrkdwn", "text": foot });
    blocks.push(json!({ "type": "context", "elements": [foot] }));
    json!({
        "text": escaped(&format!("{}: {}", facts.headline(), facts.lead())),
        "unfurl_links": false,
        "unfurl_media": false,
        "attachments": [{ "color": colour(facts), "blocks": blocks }],
    })
}

fn field((name, value): (&'static str, Value)) -> Json {
    let value = match value {
        Value::Text(value) => escaped(&value),
        // Shown in the reader's own time zone; after the bar for clients that cannot.
        Value::At(at) => {
            format!("<!date^{}^{{date_short_pretty}} {{time_secs}}|{}>", at.as_second(), utc(at))
        }
    };
    json!({ "type": "mrkdwn", "text": format!("*{name}*\n{value}") })
}

fn plain(text: &str) -> Json {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

fn marked(text: &str) -> Json {
    json!({ "type": "mrkdwn", "text": escaped(text), "verbatim": true })
}

/// The three characters that Slack gives a meaning to in its markup of links and mentions.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn colour(facts: &Facts<'_>) -> &'static str {
    match (facts.notice().severity(), facts.is_real(), facts.notice().incident.is_open()) {
        (_, false, _) => "#747f8d",
        (_, true, false) => "#3ba55d",
        (Severity::P0, true, true) => "#ed4245",
        (Severity::P1, true, true) => "#faa61a",
        (Severity::P2, true, true) => "#fee75c",
        (Severity::P3, true, true) => "#5b8def",
    }
}

#[cfg(test)]
#[path = "slack_tests.rs"]
mod tests;
