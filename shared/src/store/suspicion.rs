//! How often something odd has happened in each minute, for everybody together, in `rate-limits` (SPEC T24). Keys `subject`,
//! `sk`: `suspicion` and `minute-{minutes since 1970}`. The rule and its score are in `security::suspicion`.
//!
//! Each process adds what it has counted at most once in ten seconds, so that a flood costs little. What a process has not
//! written when it ends is lost to the score, and to nothing else: each event is in the log and in its own metric.

use core::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};

use super::item::{Item, number, text};
use super::{Db, StoreError, Table};
use crate::security::suspicion::{Counts, Kind, WINDOW_MINUTES};
use crate::telemetry::{StoreOperation, Telemetry};

/// How long a minute's row is kept from its end.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Nobody's answer waits longer for it.
const PATIENCE: Duration = Duration::from_millis(100);

const SUBJECT: &str = "suspicion";
const ADD: &str = "ADD #denied :denied, #banned :banned, #auth_failed :auth_failed, #replayed :replayed, \
                   #not_permitted :not_permitted, #limited :limited SET expires_at = :expires";
const OF_WINDOW: &str = "#subject = :subject AND sk BETWEEN :first AND :last";

/// The counters. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SuspicionStore {
    db: Db,
}

impl SuspicionStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Writes down what `log` has counted since the last time, if that is ten seconds ago. For the end of an invocation.
    pub async fn keep(&self, log: &Telemetry, now: Timestamp) {
        let Some(counts) = log.suspicion().take(now) else { return };
        let added = tokio::time::timeout(PATIENCE, Box::pin(self.add(&counts, now))).await;
        match added {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log.store_failed(StoreOperation::Write, &error),
            Err(_) => log.fault("suspicion.add", "timeout"),
        }
    }

    /// Adds to this minute's row.
    pub async fn add(&self, counts: &Counts, now: Timestamp) -> Result<(), StoreError> {
        let expires = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
        let mut call = self
            .db
            .client()
            .update_item()
            .table_name(self.db.table(Table::RateLimits))
            .key("subject", text(SUBJECT))
            .key("sk", text(sk(minute(now))))
            .update_expression(ADD)
            .expression_attribute_values(":expires", number(expires));
        for kind in Kind::ALL {
            let name = kind.as_str();
            let [own, bound] = ['#', ':'].map(|sign| format!("{sign}{name}"));
            call = call.expression_attribute_names(own, name);
            call = call.expression_attribute_values(bound, number(counts.of(kind)));
        }
        let sent = call.send().await;
        sent.map(drop).map_err(|error| StoreError::unavailable("suspicion.add", &error))
    }

    /// What has happened in the last 15 minutes, this one among them.
    pub async fn window(&self, now: Timestamp) -> Result<Counts, StoreError> {
        let last = minute(now);
        let call = self.db.client().query().table_name(self.db.table(Table::RateLimits));
        let sent = call
            .key_condition_expression(OF_WINDOW)
            .expression_attribute_names("#subject", "subject")
            .expression_attribute_values(":subject", text(SUBJECT))
            .expression_attribute_values(":first", text(sk(last - WINDOW_MINUTES + 1)))
            .expression_attribute_values(":last", text(sk(last)))
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("suspicion.window", &error))?;
        let rows = output.items.unwrap_or_default();
        let counts = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(counts.iter().fold(Counts::default(), Counts::and))
    }
}

fn read(row: &Item) -> Result<Counts, StoreError> {
    let corrupt = || StoreError::Corrupt { table: Table::RateLimits.suffix(), what: "suspicion" };
    Kind::ALL.into_iter().try_fold(Counts::default(), |counts, kind| {
        let count = row.get(kind.as_str()).map(AttributeValue::as_n);
        let count: u64 = match count {
            None => 0,
            Some(count) => count.map_err(|_| corrupt())?.parse().map_err(|_| corrupt())?,
        };
        Ok(counts.with(kind, u32::try_from(count).unwrap_or(u32::MAX)))
    })
}

/// Minutes have 8 digits until the year 2160, so that they sort as text.
fn sk(minute: i64) -> String {
    format!("minute-{minute:08}")
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[cfg(test)]
#[path = "suspicion_tests.rs"]
mod tests;
