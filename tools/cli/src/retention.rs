//! `timmy retention run`: has data-retention look through what is kept, now instead of at 03:00 UTC, and says in words
//! what went; with `--dry-run` what would go (SPEC T29).
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

use anyhow::{Context as _, Result, bail};
use aws_sdk_lambda::primitives::Blob;
use data_retention::night::{Store, Tally};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::messages::RetentionRun;
use shared::privacy::RetentionReason;

use crate::say;
use crate::stack::Stack;

/// What is done with what is kept.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Retention {
    /// Lets go what has outlived its purpose, as every night at 03:00 UTC.
    Run(Run),
}

/// A run.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// Only say what would go.
    #[arg(long = "dry-run")]
    dry: bool,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: Stack,
}

/// What the function answers.
#[derive(Debug, Deserialize, Serialize)]
struct Said {
    dry_run: bool,
    ended_by: Timestamp,
    over: bool,
    tally: Tally,
}

impl Retention {
    /// Does it, and says what became of it.
    pub(crate) async fn run(&self) -> Result<()> {
        let Self::Run(run) = self;
        say::progress(run.json, "Looking through what is kept; that takes up to some minutes …");
        let said = run.ask().await?;
        say::answer(run.json, &words(&said), &serde_json::to_value(&said)?);
        Ok(())
    }
}

impl Run {
    async fn ask(&self) -> Result<Said> {
        let function = format!("{}-data-retention", self.stack.table_prefix);
        let payload = serde_json::to_vec(&RetentionRun::new(self.dry))?;
        let client = aws_sdk_lambda::Client::new(&self.stack.sdk());
        let answer = client.invoke().function_name(&function).payload(Blob::new(payload)).send().await;
        let answer = answer.with_context(|| format!("invoking {function}"))?;
        if let Some(error) = answer.function_error() {
            bail!("{function} failed ({error}): its log says why");
        }
        let said = answer.payload().context("no answer")?;
        serde_json::from_slice(said.as_ref()).with_context(|| format!("{function} answered something else"))
    }
}

/// A run in words, a line for each reason and store.
fn words(said: &Said) -> String {
    let tally = &said.tally;
    let mut lines = Vec::new();
    for (reason, stores) in &tally.counts {
        lines.extend(stores.iter().map(|(store, count)| line(said, *reason, *store, *count)));
    }
    if lines.is_empty() {
        lines.push(if said.dry_run { "Nothing would go." } else { "Nothing had to go." }.to_owned());
    }
    let others = [
        ("Secrets that no link leads to, which go within two nights", tally.told),
        ("Due, but more than one run may do", tally.left),
        ("Left alone, since it changed meanwhile", tally.changed),
        ("Failed, for reasons that stand in the log, and due again the next night", tally.failed),
    ];
    let others = others.into_iter().filter(|(_, count)| *count > 0);
    lines.extend(others.map(|(what, count)| format!("{what}: {count}.")));
    lines.push(format!("Looked at {} rows, secrets and log groups.", tally.seen));
    if !said.over {
        lines.push("It is not over: it goes on by itself, and its log says how it ends.".to_owned());
    }
    lines.join("\n")
}

fn line(said: &Said, reason: RetentionReason, store: Store, count: u32) -> String {
    let (delete, forget) =
        if said.dry_run { ("Would delete", "Would forget") } else { ("Deleted", "Forgot") };
    let rows = many(count, "row");
    match reason {
        RetentionReason::PastItsEnd => {
            let end = said.ended_by.strftime("%Y-%m-%d %H:%M:%S");
            format!("{delete} {rows} of {store} that ended before {end} UTC.")
        }
        RetentionReason::Spent => format!("{delete} {rows} of {store} about sign-ins that are over."),
        RetentionReason::Idle => {
            format!(
                "{delete} {rows} of {store}: settings where the bot was turned away 90 days ago or earlier."
            )
        }
        RetentionReason::OldUse => {
            let keys = many(count, "API key");
            format!("{forget} when {keys} had been used last, 90 days ago or earlier.")
        }
        RetentionReason::Orphaned => {
            format!("{delete} {} with tokens that no link leads to.", many(count, "secret"))
        }
        RetentionReason::NoRetention => {
            let (would, groups) = (if said.dry_run { "Would let" } else { "Let" }, many(count, "log group"));
            format!("{would} {groups} forget after 30 days, instead of never.")
        }
    }
}

fn many(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
