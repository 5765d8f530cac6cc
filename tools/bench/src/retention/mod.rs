//! What outlives its purpose: how fast a night's plan is, what memory a night needs however many rows there are, and how
//! long the erasure of somebody with a thousand rows of their own takes.

mod erasure;
mod night;

use std::path::Path;

use anyhow::{Result, ensure};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use testkit::Aws;

use crate::figure::{Figure, Section, Unit, table};
use crate::sample::Sample;

/// Rows of a night, for the memory.
const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
/// What a person waits for at most, in milliseconds, besides the two minutes that an erasure lets others finish.
const ERASURE_MS: f64 = 5_000.0;
/// More would be a leak.
const FLAT: f64 = 1.25;

/// Measures with the binary that `./timmy build` leaves.
pub async fn run(runs: usize, root: &Path) -> Result<Section> {
    let planned = night::planned(runs);
    let erasures = erasure::times(runs).await?;
    let binary = root.join("target/lambda/data-retention/bootstrap");
    ensure!(binary.is_file(), "{} is missing: run ./timmy build", binary.display());
    let few = night::memory(&binary, FEW).await?;
    let many = night::memory(&binary, MANY).await?;
    let figure = |what, values: Vec<f64>, unit, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(values)?, unit, target })
    };
    Ok(table(&[
        figure("rows that are planned in a second, a tenth of them due", planned, Unit::PerSecond, None)?,
        figure("highest resident memory of a night over 1,000 rows", vec![few], Unit::Megabytes, Some(64.0))?,
        figure("over 1,000,000", vec![many], Unit::Megabytes, Some(few * FLAT))?,
        figure(
            "an erasure of 1,000 rows, to its signed receipt, without the wait in between",
            erasures,
            Unit::Milliseconds,
            Some(ERASURE_MS),
        )?,
    ]))
}

/// Attributes by name.
type Row = Vec<(&'static str, AttributeValue)>;

/// Writes rows into one of the tables.
async fn fill(aws: &Aws, suffix: &str, rows: impl Iterator<Item = Row>) -> Result<()> {
    aws.rows_are_made_up();
    let (name, mut rows) = (format!("{}-{suffix}", aws.prefix()), rows.peekable());
    while rows.peek().is_some() {
        let batch: Vec<WriteRequest> = rows.by_ref().take(25).map(put).collect::<Result<_>>()?;
        let sent = aws.dynamodb().batch_write_item().request_items(&name, batch).send().await?;
        ensure!(sent.unprocessed_items.is_none_or(|left| left.is_empty()), "rows were not taken");
    }
    Ok(())
}

fn put(row: Row) -> Result<WriteRequest> {
    let item = row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// What the function is told, in a process or in this one.
pub(crate) fn env(aws: &Aws) -> Vec<(&'static str, String)> {
    vec![
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("EVIDENCE_BUCKET", aws.bucket("evidence")),
        ("EXPORTS_BUCKET", aws.bucket("exports")),
        ("PRIVACY_QUEUE_URL", aws.queue_url("privacy")),
        ("CHECKPOINT_KEY_ID", "alias/timmybot-audit".to_owned()),
        ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ("ERASE_SETTLE_S", "0".to_owned()),
    ]
}
