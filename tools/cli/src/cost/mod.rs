//! `timmy cost`: what this month has cost so far, by what `CloudWatch` has counted (SPEC P15); with `--estimate` what a month
//! costs, computed offline from what people do, and which limit is met next. Both at list prices. What an account is
//! charged is AWS's to say, hours later.

mod account;
mod bill;
mod ceiling;
mod limits;
mod measured;
mod metrics;
mod prices;
mod usage;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use account::Account;
use bill::estimate;
use limits::walls;
use prices::LIST;
use usage::Usage;

use crate::say;

/// How it is used.
#[derive(Debug, clap::Args)]
pub(crate) struct Cost {
    /// Compute a month from usage and list prices instead; nothing is asked anywhere.
    #[arg(long)]
    estimate: bool,
    /// With `--estimate`: approved servers.
    #[arg(long, default_value_t = 10)]
    guilds: u32,
    /// With `--estimate`: commands of a server in a day.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    commands: u32,
    /// With `--estimate`: minutes of music of a server in a day.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=1_440))]
    minutes: u32,
    /// With `--estimate`: members who have linked an account at another service.
    #[arg(long, default_value_t = 0)]
    linked: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    account: Account,
}

impl Cost {
    /// Asks or computes, and says it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        if !self.estimate {
            return self.account.run(self.json, now).await;
        }
        let usage = Usage {
            guilds: self.guilds,
            commands: self.commands,
            minutes: self.minutes,
            linked: self.linked,
        };
        say::line(&if self.json { serde_json::to_string_pretty(&json(&usage))? } else { words(&usage) });
        Ok(())
    }
}

fn json(usage: &Usage) -> serde_json::Value {
    let bill = estimate(usage, &LIST);
    let parts: serde_json::Map<_, _> =
        bill.parts().into_iter().map(|(name, usd)| (name.to_owned(), json!(cents(usd)))).collect();
    let walls = walls(usage);
    let walls: Vec<_> = walls
        .iter()
        .map(|wall| json!({ "what": wall.what, "limit": wall.limit, "guilds": wall.guilds }))
        .collect();
    json!({ "usd_a_month": parts, "total_usd_a_month": cents(bill.total()), "limits": walls })
}

fn words(usage: &Usage) -> String {
    let bill = estimate(usage, &LIST);
    let mut lines = vec!["US dollars a month at list price, without any free tier".to_owned(), String::new()];
    lines.extend(bill.parts().iter().map(|(name, usd)| row(name, *usd)));
    lines.push(row("together", bill.total()));
    lines.push(String::new());
    let (met, ahead): (Vec<_>, Vec<_>) =
        walls(usage).into_iter().partition(|wall| wall.guilds < usage.guilds);
    if !met.is_empty() {
        lines.push("Limits that so many servers are beyond (docs/SCALE.md):".to_owned());
        lines.extend(met.iter().map(|wall| format!("  {} ({})", wall.what, wall.limit)));
    }
    if let Some(next) = ahead.first() {
        let guilds = grouped(&next.guilds.to_string());
        lines.push(format!("The next limit, at {guilds} servers: {} ({})", next.what, next.limit));
    }
    lines.join("\n")
}

fn row(name: &str, usd: f64) -> String {
    format!("{name:<12}{:>14}", dollars(usd))
}

/// Cents below a hundred dollars, whole dollars from there on.
fn dollars(usd: f64) -> String {
    if usd < 100.0 { format!("{usd:.2}") } else { grouped(&format!("{usd:.0}")) }
}

fn cents(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}

/// Digits with a comma before every three.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
