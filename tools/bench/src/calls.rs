//! How many `DynamoDB` calls a request makes, and how many of them wait for others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::value::RawValue;

use crate::figure::Section;
use crate::recorder::{Call, Recorder, rounds};
use crate::world::{Ask, World, send};

/// A request and what is demanded of its calls.
struct Demand {
    what: &'static str,
    ask: Ask,
    /// Calls that may wait for others: 1 is one parallel wave.
    rounds: usize,
    /// How many of its calls write in one transaction.
    transactions: usize,
}

const DEMANDS: [Demand; 5] = [
    Demand { what: "PING", ask: Ask::Ping, rounds: 0, transactions: 0 },
    Demand {
        what: "`/settings` without the permission: one wave",
        ask: Ask::NotPermitted,
        rounds: 1,
        transactions: 0,
    },
    Demand {
        what: "`/play` in a guild without approval: the wave and a counter",
        ask: Ask::Denied,
        rounds: 2,
        transactions: 0,
    },
    Demand {
        what: "`/queue`: the wave, then the entries that it shows",
        ask: Ask::Queue,
        rounds: 2,
        transactions: 0,
    },
    Demand { what: "`/play`: the wave and one transaction", ask: Ask::Play, rounds: 2, transactions: 1 },
];

/// Counts at the SDK's HTTP client, first with empty caches and then with warm ones.
pub async fn run() -> Result<Section> {
    let world = World::start().await?;
    let recorder = Recorder::default();
    let sdk = recorder.listen(world.sdk_config());
    let filled = world.app(&sdk)?;
    Box::pin(filled.warm()).await;
    ask(&filled, &world, Ask::Play).await?;
    let mut section = Section {
        text: "| request | caches | DynamoDB calls | rounds | demanded | |\n|---|---|---|--:|--:|---|\n"
            .to_owned(),
        missed: vec![],
    };
    for demand in &DEMANDS {
        let app = world.app(&sdk)?;
        Box::pin(app.warm()).await;
        for caches in ["empty", "warm"] {
            recorder.take();
            ask(&app, &world, demand.ask).await?;
            section.add(demand, caches, &recorder.take());
        }
    }
    Ok(section)
}

async fn ask(app: &interactions::App, world: &World, ask: Ask) -> Result<()> {
    let event = RawValue::from_string(world.event(ask).to_string()).context("an event is JSON")?;
    let answer = send(app, &event).await;
    ask.check(answer.status().into(), answer.body())
}

impl Section {
    fn add(&mut self, demand: &Demand, caches: &str, calls: &[Call]) {
        let operations = count(calls);
        let transactions = operations.get("TransactWriteItems").copied().unwrap_or(0);
        let (rounds, names) = (rounds(calls), listed(&operations));
        let met = rounds <= demand.rounds && transactions == demand.transactions;
        let verdict = if met { "reached" } else { "**missed**" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.text,
            "| {} | {caches} | {}{names} | {rounds} | ≤ {} | {verdict} |",
            demand.what,
            calls.len(),
            demand.rounds
        );
        if !met {
            self.missed.push(format!("{} ({caches} caches): {rounds} rounds{names}", demand.what));
        }
    }
}

fn count(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut operations = BTreeMap::new();
    for call in calls {
        *operations.entry(call.operation.as_str()).or_default() += 1;
    }
    operations
}

/// ` (2 GetItem, 1 PutItem)`.
fn listed(operations: &BTreeMap<&str, usize>) -> String {
    let parts: Vec<_> = operations.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn call(operation: &str, begun: Instant, ms: u64) -> Call {
        Call { operation: operation.to_owned(), begun, ended: Some(begun + Duration::from_millis(ms)) }
    }

    #[test]
    fn one_round_too_many_is_missed() {
        let start = Instant::now();
        let wave = vec![call("PutItem", start, 2), call("GetItem", start, 3), call("GetItem", start, 1)];
        let mut section = Section::default();
        section.add(&DEMANDS[1], "warm", &wave);
        assert!(
            section.missed.is_empty() && section.text.contains("3 (2 GetItem, 1 PutItem) | 1 |"),
            "{section:?}"
        );
        let late = call("GetItem", start + Duration::from_millis(9), 1);
        section.add(&DEMANDS[1], "warm", &[wave, vec![late]].concat());
        assert_eq!(section.missed.len(), 1);
    }

    #[test]
    fn a_mutation_has_exactly_one_transaction() {
        let start = Instant::now();
        let play = DEMANDS.iter().find(|demand| demand.ask == Ask::Play).unwrap();
        let mut section = Section::default();
        section.add(play, "warm", &[call("GetItem", start, 1)]);
        section.add(
            play,
            "warm",
            &[call("TransactWriteItems", start, 1), call("TransactWriteItems", start, 1)],
        );
        assert_eq!(section.missed.len(), 2);
    }
}
