//! Rule: each row that a signed checkpoint names stands in the chain that is checked, for as long as rows are kept (SPEC T36).
//! Threat: a chain that was cut off at either end, or written anew as a whole, together with its head and its file.
//! Refusal: the checkpoint and the row are named.
//!
//! Rows leave when they are 400 days old, so a chain may begin late. But what a checkpoint does not name yet was
//! written after its time: while that is less than 400 days ago, these rows have to be there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::audit_chain::{ChainHash, ChainHead};
use super::checkpoint::{Attested, ChainId, Heads};

/// A day less than rows are kept: clocks differ, and an event is a little older than its row.
const SURELY_KEPT: SignedDuration = SignedDuration::from_hours(24 * 399);

/// What checkpoints demand of an export.
#[derive(Clone, Debug)]
pub struct Anchors {
    rows: BTreeMap<ChainId, BTreeMap<u64, Anchor>>,
    /// The first checkpoint since when no row can have left.
    oldest: Option<(Timestamp, Heads)>,
    kept_since: Timestamp,
    partial: bool,
    count: u64,
    newest: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    hash: ChainHash,
    at: Timestamp,
}

/// What they demand of one chain, while it is walked through.
#[derive(Clone, Debug, Default)]
pub struct Demands {
    rows: BTreeMap<u64, Anchor>,
    kept: Option<(u64, Timestamp)>,
}

/// What a checkpoint demands and a chain does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFault {
    /// Rows were written anew.
    #[error("row {seq} is not the one that the checkpoint of {at} names: the chain was written anew")]
    Another {
        /// The row.
        seq: u64,
        /// The checkpoint's time.
        at: Timestamp,
    },
    /// The end is missing.
    #[error(
        "it ends at row {found}, but the checkpoint of {at} names row {seq}: it was cut off, or the export is older"
    )]
    CutOff {
        /// The last row that is there.
        found: u64,
        /// The row that was named.
        seq: u64,
        /// The checkpoint's time.
        at: Timestamp,
    },
    /// The beginning is missing before its time.
    #[error(
        "it begins after row {found}, but rows from {seq} on were written after the checkpoint of {at} and are kept for 400 days"
    )]
    LeftEarly {
        /// What stands before the first row that is there.
        found: u64,
        /// The first row that is missing.
        seq: u64,
        /// The checkpoint's time.
        at: Timestamp,
    },
    /// There is no such chain.
    #[error(
        "there is no chain {chain}, but the checkpoint of {at} names its row {seq}: it was left out, or the export is of other chains"
    )]
    NoChain {
        /// The digest of its tenant.
        chain: ChainId,
        /// The row that was named.
        seq: u64,
        /// The checkpoint's time.
        at: Timestamp,
    },
    /// Two checkpoints contradict each other.
    #[error("the checkpoints of {one} and {other} name two rows {seq} of chain {chain}: it was forked")]
    Forked {
        /// The digest of its tenant.
        chain: ChainId,
        /// The row.
        seq: u64,
        /// The one checkpoint's time.
        one: Timestamp,
        /// The other one's.
        other: Timestamp,
    },
}

impl Anchors {
    /// None yet. `now` decides which rows may have left.
    pub fn new(now: Timestamp) -> Self {
        Self {
            rows: BTreeMap::new(),
            oldest: None,
            kept_since: now.saturating_sub(SURELY_KEPT).unwrap_or(Timestamp::MIN),
            partial: false,
            count: 0,
            newest: None,
        }
    }

    /// The file has some of the chains only; those that it does not have are not demanded.
    #[must_use]
    pub fn of_a_part(self) -> Self {
        Self { partial: true, ..self }
    }

    /// One more checkpoint, in whatever order.
    pub fn add(&mut self, attested: &Attested) -> Result<(), AnchorFault> {
        let at = attested.checkpoint().at;
        for (chain, ChainHead { seq, hash }) in attested.heads().iter() {
            let anchor = self.rows.entry(chain).or_default().entry(seq).or_insert(Anchor { hash, at });
            if anchor.hash != hash {
                return Err(AnchorFault::Forked { chain, seq, one: anchor.at, other: at });
            }
        }
        if at >= self.kept_since && self.oldest.as_ref().is_none_or(|(oldest, _)| at < *oldest) {
            self.oldest = Some((at, attested.heads().clone()));
        }
        self.count += 1;
        self.newest = self.newest.max(Some(at));
        Ok(())
    }

    /// How many there are, and the time of the newest.
    pub const fn told(&self) -> (u64, Option<Timestamp>) {
        (self.count, self.newest)
    }

    /// What is demanded of this tenant's chain.
    pub(super) fn take(&mut self, tenant: &str) -> Demands {
        let chain = ChainId::of(tenant);
        let kept = self.oldest.as_ref().map(|(at, heads)| (heads.get(chain).map_or(0, |head| head.seq), *at));
        Demands { rows: self.rows.remove(&chain).unwrap_or_default(), kept }
    }

    /// Chains that nobody asked about.
    pub(super) fn finish(&self) -> Result<(), AnchorFault> {
        let missing = self.rows.iter().find_map(|(chain, rows)| Some((*chain, rows.last_key_value()?)));
        match missing {
            Some((chain, (seq, anchor))) if !self.partial => {
                Err(AnchorFault::NoChain { chain, seq: *seq, at: anchor.at })
            }
            _ => Ok(()),
        }
    }
}

impl Demands {
    /// The chain begins after this row.
    pub(super) fn begin(&mut self, after: ChainHead) -> Result<(), AnchorFault> {
        if let Some((seq, at)) = self.kept.filter(|(seq, _)| *seq < after.seq) {
            return Err(AnchorFault::LeftEarly { found: after.seq, seq: seq + 1, at });
        }
        self.rows = self.rows.split_off(&after.seq);
        self.row(after)
    }

    /// The next row. Rows come in their order.
    pub(super) fn row(&mut self, row: ChainHead) -> Result<(), AnchorFault> {
        let Some(named) = self.rows.first_entry().filter(|named| *named.key() == row.seq) else {
            return Ok(());
        };
        let Anchor { hash, at } = named.remove();
        if hash == row.hash { Ok(()) } else { Err(AnchorFault::Another { seq: row.seq, at }) }
    }

    /// The chain ends here.
    pub(super) fn end(&self, head: ChainHead) -> Result<(), AnchorFault> {
        match self.rows.first_key_value() {
            Some((seq, anchor)) => Err(AnchorFault::CutOff { found: head.seq, seq: *seq, at: anchor.at }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "audit_anchors_tests.rs"]
mod tests;
