//! The topic of a severity: mails, text messages, pagers, whatever an operator subscribes to it
//! (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).

use core::time::Duration;

use aws_sdk_sns::Client;
use shared::aws_code::code;

use super::facts::{Facts, Value, utc};
use super::http::NotTold;

/// Of a subject: ASCII without control characters, fewer than 100 characters.
const SUBJECT_MAX: usize = 99;

/// Publishes it.
pub(super) async fn publish(
    client: &Client,
    arn: &str,
    facts: &Facts<'_>,
    limit: Duration,
) -> Result<(), NotTold> {
    let publish = client.publish().topic_arn(arn).subject(subject(facts)).message(message(facts)).send();
    match tokio::time::timeout(limit, publish).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(NotTold::Later { code: code(&error), asked: None }),
        Err(_) => Err(NotTold::Later { code: "timeout".to_owned(), asked: None }),
    }
}

fn subject(facts: &Facts<'_>) -> String {
    let notice = facts.notice();
    let whole = if facts.is_real() {
        let (severity, kind) = (notice.severity(), notice.kind.as_str());
        let title = notice.incident.alert.rule().title;
        format!("[{severity}] {title} ({kind}, {})", notice.incident.id.short())
    } else {
        facts.headline()
    };
    let ascii = whole.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' });
    ascii.take(SUBJECT_MAX).collect()
}

fn message(facts: &Facts<'_>) -> String {
    let mut lines = vec![facts.headline(), facts.lead(), String::new()];
    lines.extend(facts.lines().into_iter().map(|(name, value)| match value {
        Value::Text(value) => format!("{name}: {value}"),
        Value::At(at) => format!("{name}: {}", utc(at)),
    }));
    lines.extend(facts.detail().map(|said| format!("It says: {said}")));
    lines.extend(facts.advice().map(|advice| format!("First: {advice}")));
    lines.extend(facts.counter_measure().map(|done| format!("By itself: {done}")));
    lines.extend(facts.runbook().map(|address| format!("Runbook: {address}")));
    lines.push(String::new());
    lines.push(facts.signature());
    lines.join("\n")
}

#[cfg(test)]
#[path = "topic_tests.rs"]
mod tests;
