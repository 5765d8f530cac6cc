//! How far a run has come: what we hand to ourselves when our time is over.

use core::ops::AddAssign;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::linking::keeper::Extent;
use shared::store::links::{DUE_PARTS, DueMark};

/// Times that a run goes on after its time was over. Lambda would end a loop of ours after sixteen by itself unless told
/// otherwise; this is the cap that replaces its own.
pub(crate) const ROUNDS_MAX: u32 = 200;

/// A run, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    #[serde(rename = "type")]
    kind: Kind,
    version: u8,
    /// When the run was begun; nothing that was renewed since is renewed again.
    pub started_at: Timestamp,
    all: bool,
    /// The part of the index that is walked now; [`DUE_PARTS`]: the walk is over.
    pub part: u64,
    /// How far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<DueMark>,
    /// How many invocations were needed before this one.
    pub round: u32,
    /// What became of the links so far.
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "rotation_continue")]
    Continue,
}

/// How many links fared how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Their tokens are good.
    pub renewed: u32,
    /// They are over, and their owners have to link again.
    pub lapsed: u32,
    /// There was nothing to renew.
    pub gone: u32,
    /// They could not be renewed this time.
    pub failed: u32,
    /// Their service had asked us to wait.
    pub waiting: u32,
    /// They have failed so often that somebody has to look.
    pub dead_lettered: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.renewed = self.renewed.saturating_add(other.renewed);
        self.lapsed = self.lapsed.saturating_add(other.lapsed);
        self.gone = self.gone.saturating_add(other.gone);
        self.failed = self.failed.saturating_add(other.failed);
        self.waiting = self.waiting.saturating_add(other.waiting);
        self.dead_lettered = self.dead_lettered.saturating_add(other.dead_lettered);
    }
}

impl Checkpoint {
    /// The value of `type`.
    pub const TYPE: &str = "rotation_continue";

    /// The beginning of a night: what is due by now.
    pub fn nightly(now: Timestamp) -> Self {
        Self::new(now, false)
    }

    /// The beginning of a run over everything that can be renewed.
    pub fn of_all(now: Timestamp) -> Self {
        Self::new(now, true)
    }

    fn new(started_at: Timestamp, all: bool) -> Self {
        let counts = Counts::default();
        Self { kind: Kind::Continue, version: 1, started_at, all, part: 0, mark: None, round: 0, counts }
    }

    /// Which links are renewed.
    pub fn extent(&self) -> Extent {
        if self.all { Extent::All { since: self.started_at } } else { Extent::Due }
    }

    /// What is due by then is walked through.
    pub fn until(&self) -> Timestamp {
        if self.all { Timestamp::MAX } else { self.started_at }
    }

    /// Whether there is nothing left to walk through.
    pub fn is_over(&self) -> bool {
        self.part >= DUE_PARTS
    }

    /// After a page: at its end, or at the beginning of the next part.
    #[must_use]
    pub fn after(self, next: Option<DueMark>, counts: Counts) -> Self {
        let part = if next.is_some() { self.part } else { self.part.saturating_add(1) };
        Self { part, mark: next, ..self.within(counts) }
    }

    /// In the middle of a page.
    #[must_use]
    pub fn within(mut self, counts: Counts) -> Self {
        self.counts += counts;
        self
    }

    /// For the next invocation; `None`: there were too many.
    pub fn next_round(self) -> Option<Self> {
        let round = self.round.saturating_add(1);
        (round <= ROUNDS_MAX).then_some(Self { round, ..self })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at() -> Timestamp {
        "2026-01-02T02:00:00Z".parse().unwrap()
    }

    #[test]
    fn it_reads_as_it_was_written() {
        let counts = Counts { renewed: 3, failed: 1, ..Counts::default() };
        let mark = json!({ "owner": "user#1", "sk": "link#twitch", "due_at": 5 });
        let mark: DueMark = serde_json::from_value(mark).unwrap();
        for checkpoint in [Checkpoint::nightly(at()), Checkpoint::of_all(at()).after(Some(mark), counts)] {
            let text = serde_json::to_string(&checkpoint).unwrap();
            assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint, "{text}");
        }
    }

    #[test]
    fn a_night_takes_what_is_due_and_the_other_takes_all_once() {
        let (night, all) = (Checkpoint::nightly(at()), Checkpoint::of_all(at()));
        assert_eq!((night.extent(), night.until()), (Extent::Due, at()));
        assert_eq!((all.extent(), all.until()), (Extent::All { since: at() }, Timestamp::MAX));
    }

    #[test]
    fn a_walk_ends_after_the_last_part_and_a_loop_after_its_rounds() {
        let mut walk = Checkpoint::nightly(at());
        for part in 0..DUE_PARTS {
            assert_eq!((walk.part, walk.is_over()), (part, false));
            walk = walk.after(None, Counts { renewed: 1, ..Counts::default() });
        }
        assert!(walk.is_over());
        assert_eq!(u64::from(walk.counts.renewed), DUE_PARTS);
        let mut rounds = 0;
        let mut walk = Checkpoint::nightly(at());
        while let Some(next) = walk.clone().next_round() {
            (walk, rounds) = (next, rounds + 1);
        }
        assert_eq!(rounds, ROUNDS_MAX);
    }
}
