//! How far a run has come: what we hand to ourselves when our time is over.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::ids::UserId;
use shared::store::Table;
use shared::store::walk::Mark;

use super::store::Store;
use super::tally::Tally;

/// Times that a run goes on after its time was over: a loop that never ends, ends.
pub(crate) const ROUNDS_MAX: u32 = 200;

/// A run, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// When the run was begun: what has to go is told from here.
    pub started_at: Timestamp,
    /// How many invocations were needed before this one.
    pub round: u32,
    /// What is looked through now.
    pub place: Place,
    /// What was done so far.
    pub tally: Tally,
}

/// What a run looks through, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// A table.
    Rows {
        /// Which.
        table: Store,
        /// How far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Mark>,
    },
    /// The log groups.
    Logs,
    /// Users' secrets. They come last: where listing them fails, all else is done.
    Users {
        /// The last user that was looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<UserId>,
    },
    /// Nothing is left.
    Over,
}

/// It is no checkpoint of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint of a run")]
pub struct BadCheckpoint;

/// The tables that are looked through. Audit rows leave by TTL alone.
pub(crate) fn tables() -> impl Iterator<Item = Table> {
    Table::ALL.into_iter().filter(|table| !matches!(table, Table::Audit | Table::AuditHeads))
}

impl Checkpoint {
    /// The beginning.
    pub fn new(started_at: Timestamp) -> Self {
        Self { started_at, round: 0, place: rows(tables().next()), tally: Tally::default() }
    }

    /// What was handed on.
    pub fn read(handed: &Map<String, Value>) -> Result<Self, BadCheckpoint> {
        Self::deserialize(handed).map_err(|_| BadCheckpoint)
    }

    /// To be handed on.
    pub fn to_map(&self) -> Result<Map<String, Value>, BadCheckpoint> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) | Err(_) => Err(BadCheckpoint),
        }
    }

    /// After a page of a table: at its end, or at the beginning of what follows.
    pub fn after_page(&mut self, table: Table, next: Option<Mark>) {
        self.place = if next.is_some() {
            Place::Rows { table: Store::Table(table), after: next }
        } else {
            rows(tables().skip_while(|one| *one != table).nth(1))
        };
    }

    /// For the next invocation; `None`: there were too many.
    pub fn next_round(self) -> Option<Self> {
        let round = self.round.saturating_add(1);
        (round <= ROUNDS_MAX).then_some(Self { round, ..self })
    }
}

fn rows(table: Option<Table>) -> Place {
    table.map_or(Place::Logs, |table| Place::Rows { table: Store::Table(table), after: None })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at() -> Timestamp {
        "2026-01-02T03:00:00Z".parse().unwrap()
    }

    fn mark() -> Mark {
        serde_json::from_value(json!({ "owner": { "S": "user#1" }, "sk": { "S": "lease" } })).unwrap()
    }

    #[test]
    fn it_reads_as_it_was_written() {
        let table = Store::Table(Table::AccountLinks);
        for place in [
            Place::Rows { table, after: None },
            Place::Rows { table, after: Some(mark()) },
            Place::Logs,
            Place::Users { after: Some(UserId::new(5001)) },
            Place::Over,
        ] {
            let checkpoint = Checkpoint { place, ..Checkpoint::new(at()) };
            assert_eq!(Checkpoint::read(&checkpoint.to_map().unwrap()), Ok(checkpoint));
        }
        assert_eq!(Checkpoint::read(&Map::new()), Err(BadCheckpoint));
    }

    #[test]
    fn each_table_but_those_of_the_audit_trail_is_looked_through_once() {
        let mut run = Checkpoint::new(at());
        let mut seen = Vec::new();
        while let Place::Rows { table: Store::Table(table), after: None } = run.place {
            run.after_page(table, Some(mark()));
            let half = Place::Rows { table: Store::Table(table), after: Some(mark()) };
            assert_eq!(run.place, half);
            run.after_page(table, None);
            seen.push(table);
        }
        assert_eq!(seen, tables().collect::<Vec<_>>());
        assert_eq!((seen.len(), run.place), (Table::ALL.len() - 2, Place::Logs));
    }

    #[test]
    fn a_loop_ends_after_its_rounds() {
        let (mut run, mut rounds) = (Checkpoint::new(at()), 0);
        while let Some(next) = run.clone().next_round() {
            (run, rounds) = (next, rounds + 1);
        }
        assert_eq!(rounds, ROUNDS_MAX);
    }
}
