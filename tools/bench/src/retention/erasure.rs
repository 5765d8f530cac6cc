//! The erasure of one person who stands in a thousand rows of their own.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use data_retention::{Answer, App, Config, Invocation, Machine, handle};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::ids::UserId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{CaseState, DataSubject};
use shared::providers::client::Patience;
use shared::store::Db;
use shared::store::tombstones::TombstoneStore;
use shared::telemetry::Sink;
use testkit::Aws;

use super::{Row, env, fill, number, text};

const ROWS: u64 = 1_000;
const USER: UserId = UserId::new(5001);
/// More messages than one erasure takes.
const MESSAGES: u32 = 20;

/// Milliseconds from the message to the receipt, each over tables of its own.
pub(super) async fn times(runs: usize) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..runs {
        times.push(time(ROWS).await?);
    }
    Ok(times)
}

async fn time(rows: u64) -> Result<f64> {
    let aws = Aws::start().await;
    fill(&aws, "roles", (0..rows).map(role)).await?;
    let id = PrivacyRequestId::new(Rng::system())?;
    let subject = DataSubject::User(USER);
    let request = PrivacyRequest::new(id, subject, PrivacyAction::Erase, PrivacySource::Command);
    let machine = Machine {
        sink: Sink::memory().0,
        clock: Clock::system(),
        rng: Rng::system(),
        patience: Patience::STANDARD,
    };
    let app = App::new(Config::from_env(&Env::of(env(&aws)))?, aws.sdk_config(), &machine)?;
    let start = Instant::now();
    erase(&aws, &app, request.to_body()?).await?;
    let time = start.elapsed().as_secs_f64() * 1_000.0;
    let cases = TombstoneStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let cases = cases.cases(subject, Clock::system().now()).await?;
    let is_erased = matches!(cases.as_slice(), [case] if matches!(case.state, CaseState::Erased { .. }));
    ensure!(is_erased, "an erasure has not come to its end");
    let left = aws.dynamodb().scan().table_name(format!("{}-roles", aws.prefix())).send().await?;
    ensure!(left.count == 0, "{} rows are left", left.count);
    Ok(time)
}

/// With every message that it sends itself.
async fn erase(aws: &Aws, app: &App, mut body: String) -> Result<()> {
    for _ in 0..MESSAGES {
        let invocation = Invocation { id: "r".to_owned(), deadline: Timestamp::MAX };
        match Box::pin(handle(app, of_queue(&body), &invocation)).await? {
            Answer::Messages(answer) if serde_json::to_value(&answer)?["batchItemFailures"] == json!([]) => {}
            other => bail!("an erasure failed: {other:?}"),
        }
        let receive = aws.sqs().receive_message().queue_url(aws.queue_url("privacy"));
        let received = receive.wait_time_seconds(0).send().await?.messages.unwrap_or_default();
        match received.into_iter().next().and_then(|message| message.body) {
            Some(next) => body = next,
            None => return Ok(()),
        }
    }
    bail!("an erasure goes on for ever")
}

fn of_queue(body: &str) -> Value {
    json!({ "Records": [{ "messageId": "m", "body": body, "eventSource": "aws:sqs" }] })
}

fn role(n: u64) -> Row {
    vec![
        ("guild", text((1_000_000 + n).to_string())),
        ("user", text(USER.to_string())),
        ("role", text("moderator")),
        ("by", text("22")),
        ("at", text("2025-01-01T00:00:00Z")),
        ("version", number(1)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_erasure_ends_with_a_receipt_and_no_row() {
        assert!(time(30).await.unwrap() > 0.0);
    }
}
