//! A night: its plan alone, and its memory as a whole.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::{Function, FunctionOptions};
use data_retention::night::{Found, Policy, plan};
use jiff::Timestamp;
use serde_json::json;
use shared::clock::Clock;
use shared::store::{Item, Table};
use testkit::Aws;

use super::{Row, env, fill, number, text};
use crate::machine::status_mb;

/// Pages of the size that a walk has, and so many of them.
const PAGE: u32 = 500;
const PAGES: u32 = 400;
/// Of so many rows one has ended.
const ONE_OF: u32 = 10;
/// What the template gives the function is less; the emulator's share of the time is not the function's.
const LAMBDA_TIMEOUT: Duration = Duration::from_mins(15);
const HOUR_S: i64 = 3_600;

/// Rows in a second: the planner alone, over pages that are there.
pub(super) fn planned(runs: usize) -> Vec<f64> {
    let now = Clock::system().now();
    (0..runs).map(|_| speed(now)).collect()
}

fn speed(now: Timestamp) -> f64 {
    let policy = Policy::STANDARD;
    let (mut seconds, mut room, mut due) = (0.0, policy.room, 0_usize);
    for _ in 0..PAGES {
        let page: Vec<Found> = (0..PAGE).map(|n| Found::Row(Table::RateLimits, item(n, now))).collect();
        let start = Instant::now();
        let planned = plan(now, page, &policy, room);
        seconds += start.elapsed().as_secs_f64();
        due += planned.ops.len();
        room = policy.room;
    }
    // Said so that nothing is left out for being unused.
    debug_assert_eq!(due, (PAGES * PAGE / ONE_OF) as usize);
    f64::from(PAGE * PAGES) / seconds
}

fn item(n: u32, now: Timestamp) -> Item {
    row(n.into(), now, n.is_multiple_of(ONE_OF))
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn row(n: u64, now: Timestamp, has_ended: bool) -> Row {
    let end = if has_ended { now.as_second() - 2 * HOUR_S } else { now.as_second() + 24 * HOUR_S };
    vec![("subject", text(n.to_string())), ("sk", text("requests")), ("expires_at", number(end))]
}

/// `VmHWM` of a function after a night over so many rows, none of which has ended: deleting one takes the memory of a call.
pub(super) async fn memory(binary: &Path, rows: u64) -> Result<f64> {
    let (aws, now) = (Aws::start().await, Clock::system().now());
    fill(&aws, "rate-limits", (0..rows).map(|n| row(n, now, false))).await?;
    let mut options = FunctionOptions::new(binary.to_owned(), "data-retention");
    options.timeout = LAMBDA_TIMEOUT;
    options.env = aws.env();
    options.env.extend(env(&aws).into_iter().map(|(name, value)| (name.to_owned(), value)));
    let function = Function::start(&options)?;
    let night = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    let said = function.invoke(&night).await?;
    let seen = said["tally"]["seen"].as_u64();
    ensure!(said["over"] == true && seen >= Some(rows), "a night has not seen everything: {said}");
    status_mb(function.pid(), "VmHWM").context("/proc tells no memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_rows_is_due() {
        let now = Clock::system().now();
        let page = (0..PAGE).map(|n| Found::Row(Table::RateLimits, item(n, now)));
        let planned = plan(now, page, &Policy::STANDARD, Policy::STANDARD.room);
        assert_eq!(planned.ops.len(), (PAGE / ONE_OF) as usize);
        assert!(speed(now) > 0.0);
    }
}
