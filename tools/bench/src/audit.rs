//! The audit trail: how long checking an export takes, against signed checkpoints, as `timmy audit verify` does it.

use std::time::Instant;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use shared::clock::{Clock, Rng};
use shared::ids::UserId;
use shared::security::audit::AuditEvent;
use shared::security::audit_anchors::Anchors;
use shared::security::audit_chain::ChainHead;
use shared::security::audit_export::{Closing, Opening, Verifier};
use shared::security::audit_record::AuditRecord;
use shared::security::checkpoint::{Attested, Checkpoint, Heads};
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use shared::signing::Signer;
use testkit::Aws;

use crate::figure::{Figure, Section, Unit, table};
use crate::sample::Sample;

/// As many servers as are approved at most unless an operator says otherwise, and what happens on each.
const CHAINS: u32 = 50;
const ROWS: u32 = 4_000;
/// Every so many rows somebody signed where the chains were.
const BETWEEN: u32 = 40;
/// 200,000 events in a second.
const MOST_US: f64 = 5.0;

/// Measures on this thread alone.
pub async fn run(runs: usize) -> Result<Section> {
    let trail = Trail::make(CHAINS, ROWS).await?;
    let (mut each, mut second) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let start = Instant::now();
        let rows = trail.verify()?;
        let spent = start.elapsed().as_secs_f64();
        each.push(spent * 1e6 / f64::from(rows));
        second.push(f64::from(rows) / spent);
    }
    let figure = |what, values: Vec<f64>, unit, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(values)?, unit, target })
    };
    Ok(table(&[
        figure(
            "checking an event of an export against 100 checkpoints",
            each,
            Unit::Microseconds,
            Some(MOST_US),
        )?,
        figure("events that are checked in a second", second, Unit::PerSecond, None)?,
    ]))
}

/// An export, and what was signed about it.
struct Trail {
    lines: Vec<String>,
    checkpoints: Vec<Attested>,
    rows: u32,
    now: Timestamp,
}

impl Trail {
    async fn make(chains: u32, rows: u32) -> Result<Self> {
        let now = Clock::system().now();
        let names = Pseudonyms::new("k1".parse()?, &Secret::new([7; 32]))?;
        let mut lines = Vec::new();
        let mut ends: Vec<Vec<(String, ChainHead)>> = vec![Vec::new(); usize::try_from(rows / BETWEEN)?];
        for chain in 0..chains {
            let tenant = (290_926_798_626_357_999 + u64::from(chain)).to_string();
            lines.push(serde_json::to_string(&Opening::new(&tenant, ChainHead::GENESIS, now))?);
            let mut head = ChainHead::GENESIS;
            for number in 0..rows {
                let random = Rng::fixed(number.into()).bytes()?;
                let event = AuditEvent::new(
                    names.admin(UserId::new(42)),
                    "set",
                    "settings",
                    "slash_command",
                    now,
                    random,
                )
                .resource_id(names.user(UserId::new(43)))
                .detail("number", number)
                .detail("before", "pending");
                let row = head.append(&tenant, event);
                head = row.head();
                lines.push(serde_json::to_string(&AuditRecord::from(&row))?);
                if (number + 1) % BETWEEN == 0 {
                    ends[usize::try_from(number / BETWEEN)?].push((tenant.clone(), head));
                }
            }
            lines.push(serde_json::to_string(&Closing { head: head.into() })?);
        }
        Ok(Self { lines, checkpoints: signed(ends, now).await?, rows: chains * rows, now })
    }

    /// How many rows hold.
    fn verify(&self) -> Result<u32> {
        let mut anchors = Anchors::new(self.now);
        for checkpoint in &self.checkpoints {
            anchors.add(checkpoint)?;
        }
        let mut verifier = Verifier::anchored(anchors);
        for line in &self.lines {
            verifier.line(line)?;
        }
        let held: u64 = verifier.finish()?.iter().map(|chain| chain.head.seq - chain.after.seq).sum();
        ensure!(held == u64::from(self.rows), "{held} rows were checked");
        Ok(self.rows)
    }
}

async fn signed(ends: Vec<Vec<(String, ChainHead)>>, at: Timestamp) -> Result<Vec<Attested>> {
    let (aws, origin) = (Aws::start().await, Checkpoint::origin("https://bot.example.org")?);
    let signer = Signer::new(aws.sdk_config(), "alias/timmybot-audit", origin.clone());
    let keys = [signer.key().await?.clone()];
    let mut checkpoints = Vec::new();
    for heads in ends.into_iter().map(Heads::of) {
        let note = signer.sign(heads.checkpoint(origin.clone(), at).text()).await?;
        checkpoints.push(Attested::open(&note.to_string(), &heads.to_string(), &keys)?);
    }
    Ok(checkpoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_measured_is_the_whole_trail() {
        let mut trail = Trail::make(2, 2 * BETWEEN).await.unwrap();
        assert_eq!((trail.verify().unwrap(), trail.checkpoints.len()), (4 * BETWEEN, 2));
        trail.lines.remove(7);
        assert!(trail.verify().is_err());
    }
}
