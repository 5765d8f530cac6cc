//! `timmy cost` without `--estimate`: what a deployment has used in this month, as `CloudWatch` has counted it, at list
//! prices. AWS's own bill is the truth, and hours late.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::ceiling::Parameters;
use super::measured::{Charged, Measured, bill_of};
use super::metrics::{self, Metrics};
use super::prices::LIST;
use super::{cents, dollars};
use crate::local::session::Session;
use crate::say;
use crate::stack::Stack;

const HOUR_S: f64 = 3_600.0;

/// Which deployment, and how it was deployed.
#[derive(Debug, clap::Args)]
pub(super) struct Account {
    /// How the stack was deployed where that is not the default, such as MemorySize=512 or VoiceCpu=1024; once for each.
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "estimate")]
    parameter: Vec<String>,
    #[command(flatten)]
    stack: Stack,
}

/// A month that goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Month {
    first: Date,
    pub(super) start: Timestamp,
    now: Timestamp,
    /// The share of it that is over.
    pub(super) over: f64,
}

/// What is told.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) month: Month,
    pub(super) measured: Measured,
    pub(super) ceiling: f64,
    /// Of a stack on this machine, which nobody pays for.
    pub(super) is_local: bool,
}

impl Account {
    /// Asks and says it.
    pub(super) async fn run(&self, as_json: bool, now: Timestamp) -> Result<()> {
        say::progress(as_json, "Asking CloudWatch for this month's figures …");
        let report = self.report(now).await?;
        say::answer(as_json, &report.words(), &report.json());
        Ok(())
    }

    async fn report(&self, now: Timestamp) -> Result<Report> {
        let parameters = Parameters::of(&self.parameter)?;
        let month = Month::of(now)?;
        let sdk = self.stack.sdk();
        let asked = metrics::wanted(&self.stack.table_prefix)?;
        let sums = Metrics::of(&sdk, now).await?.sums(&asked, month.start, now).await;
        let sums = sums.context("asking CloudWatch what was used")?;
        Ok(Report {
            month,
            measured: Measured::of(&asked, &sums, &parameters)?,
            ceiling: parameters.ceiling()?,
            is_local: Session::load(&self.stack.data).is_ok(),
        })
    }
}

impl Month {
    /// The one that it is, in UTC as AWS's bills are.
    pub(super) fn of(now: Timestamp) -> Result<Self> {
        let first = now.to_zoned(TimeZone::UTC).date().first_of_month();
        let start = first.to_zoned(TimeZone::UTC)?.timestamp();
        let length_s = f64::from(first.days_in_month()) * 24.0 * HOUR_S;
        // A minute, so that nothing is divided by none.
        let gone_s = now.duration_since(start).as_secs_f64().max(60.0);
        Ok(Self { first, start, now, over: gone_s / length_s })
    }

    fn name(&self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }
}

impl Report {
    fn charged(&self) -> Charged {
        bill_of(&self.measured, &LIST, self.month.over)
    }

    pub(super) fn words(&self) -> String {
        let (charged, month) = (self.charged(), &self.month);
        let until = month.now.strftime("%Y-%m-%d %H:%M UTC");
        let mut lines = vec![format!(
            "US dollars from the first of {} to {until}, at list price, without any free tier",
            month.name()
        )];
        if self.measured.is_empty() {
            lines.push(nothing(self.is_local).to_owned());
        }
        lines.push(String::new());
        lines.extend(charged.parts.iter().map(|(name, usd)| row(name, *usd)));
        lines.push(row("together", Some(charged.total())));
        lines.push(String::new());
        if !charged.functions.is_empty() {
            lines.push("Of that, functions:".to_owned());
            lines.extend(charged.functions.iter().map(|(name, usd)| row(&format!("  {name}"), Some(*usd))));
            lines.push(String::new());
        }
        lines.push(format!("At this pace, by the month's end: {}", dollars(charged.projected(month.over))));
        lines.push(format!(
            "The most that functions and a worker can cost in 31 days: {}",
            dollars(self.ceiling)
        ));
        lines.push(
            "What stands as - was not counted. Kept tracks, exports, members' secrets and backups are not in it. AWS's \
             own bill is the truth, hours late: Billing and Cost Management in the console."
                .to_owned(),
        );
        lines.join("\n")
    }

    pub(super) fn json(&self) -> Value {
        let charged = self.charged();
        let parts: BTreeMap<_, _> = charged.parts.iter().map(|(name, usd)| (*name, usd.map(cents))).collect();
        let functions: BTreeMap<_, _> =
            charged.functions.iter().map(|(name, usd)| (name, cents(*usd))).collect();
        json!({
            "month": self.month.name(),
            "until": self.month.now,
            "is_local": self.is_local,
            "has_figures": !self.measured.is_empty(),
            "usd": parts,
            "usd_of_functions": functions,
            "total_usd": cents(charged.total()),
            "projected_usd": cents(charged.projected(self.month.over)),
            "ceiling_usd": cents(self.ceiling),
        })
    }
}

/// What to do where nothing was counted.
const fn nothing(is_local: bool) -> &'static str {
    if is_local {
        "Nothing was counted yet on the local stack: use the bot once (./timmy chat), and look again."
    } else {
        "CloudWatch has no figures of it in this month. Is it deployed under this --table-prefix and in this AWS_REGION? \
         Figures come some minutes late. --estimate computes a month without any."
    }
}

fn row(name: &str, usd: Option<f64>) -> String {
    format!("{name:<20}{:>10}", usd.map_or_else(|| "-".to_owned(), dollars))
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
