//! The window by value, for limits above [`Limit::EXACT_MAX`]: the latest instants one by one, those before them in
//! blocks of [`BLOCK`], each of which counts whole until its last instant has left the window.
//!
//! Whoever is admitted is put at the end, and needs to know nothing for it: there is room, and nothing was forgotten that
//! would still count for them. So callers at the same moment do not disturb each other, and a check is one write. Now
//! and then somebody *folds* the first [`BLOCK`] instants into a block and forgets blocks that are over; what is
//! put at the end meanwhile stays where it is.
//!
//! *Never one too many.* Take a window and the admissions in it, and of these the last one that was put down, with the
//! stamp `s`. All others were put down before. None of them was forgotten by then: `forgotten`, the latest stamp that
//! was, is not after `s - window`, or `s` would have been refused, and they are all later than that. So all of them
//! were still counted when `s` was admitted, and all that is counted together is `max` at most: `room` is `max` less the
//! blocks, and there are never more single instants than `room`; folding changes the sum by what it forgets only. It
//! nowhere matters that clocks agree.

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Limit};

/// Admissions in a block.
pub const BLOCK: usize = 20;
/// The same as a count.
const BLOCK_COUNT: u32 = 20;
/// What is folded in passing forgets a little later than it might, for callers whose clocks lag.
const LAG: SignedDuration = SignedDuration::from_secs(1);

/// The admissions that one subject's row remembers. A missing row is [`Tally::default`], which admits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The latest, in the order in which they were put down.
    pub singles: Vec<Timestamp>,
    /// The latest stamp of each block.
    pub blocks: Vec<Timestamp>,
    /// How many singles there may be; of a limit of `max`.
    pub room: u32,
    /// Of which limit `room` was reckoned.
    pub max: u32,
    /// The latest stamp that was forgotten.
    pub forgotten: Option<Timestamp>,
    /// How often it was folded.
    pub folds: u64,
}

/// What a check does to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Put the instant at the end.
    Append,
    /// Fold, if nobody has since it was read; then look again.
    Fold(Fold),
    /// No room.
    Refuse {
        /// From when on there may be.
        retry_at: Timestamp,
    },
}

/// A row after folding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Whether the first [`BLOCK`] singles are taken out.
    pub takes: bool,
    /// The blocks from then on.
    pub blocks: Vec<Timestamp>,
    /// How many singles there may be from then on.
    pub room: u32,
    /// The latest stamp that is forgotten by then.
    pub forgotten: Option<Timestamp>,
}

impl Tally {
    /// What to do at `now`.
    pub fn next(&self, limit: Limit, now: Timestamp) -> Move {
        if *self == Self::default() {
            return Move::Append;
        }
        let cutoff = limit.cutoff(now);
        if let Some(forgotten) = self.forgotten.filter(|forgotten| *forgotten > cutoff) {
            return Move::Refuse { retry_at: limit.leaves(forgotten) };
        }
        if self.max == limit.max() && self.count() < self.room {
            return Move::Append;
        }
        let fold = self.fold(limit, cutoff);
        let is_new = fold.takes || fold.blocks.len() < self.blocks.len() || self.max != limit.max();
        let left = self.count().saturating_sub(if fold.takes { BLOCK_COUNT } else { 0 });
        if is_new && (left < fold.room || fold.takes) {
            return Move::Fold(fold);
        }
        // There are fewer singles than make a block, so the first block to leave makes room.
        let first = self.blocks.iter().filter(|stamp| **stamp > cutoff).min();
        Move::Refuse { retry_at: limit.leaves(first.copied().unwrap_or(now)) }
    }

    /// What whoever was admitted does in passing: one caller in [`BLOCK`], so that they do not all do it at once.
    pub fn tidy(&self, limit: Limit, now: Timestamp) -> Option<Fold> {
        let is_due = self.singles.len() >= 2 * BLOCK && self.singles.len().is_multiple_of(BLOCK);
        let cutoff = limit.cutoff(now).saturating_sub(LAG).unwrap_or(Timestamp::MIN);
        is_due.then(|| self.fold(limit, cutoff))
    }

    /// Decides, and counts what it admits.
    pub fn admit(&mut self, limit: Limit, now: Timestamp) -> Decision {
        loop {
            match self.next(limit, now) {
                Move::Refuse { retry_at } => return Decision::Refused { retry_at },
                Move::Fold(fold) => self.apply(fold, limit),
                Move::Append => break,
            }
        }
        if *self == Self::default() {
            (self.room, self.max) = (limit.max(), limit.max());
        }
        self.singles.push(now);
        let answer = self.allowed(limit, now);
        if let Some(fold) = self.tidy(limit, now) {
            self.apply(fold, limit);
        }
        answer
    }

    /// The answer for somebody who is counted already.
    pub fn allowed(&self, limit: Limit, now: Timestamp) -> Decision {
        let cutoff = limit.cutoff(now);
        let live = |stamps: &[Timestamp]| stamps.iter().filter(|stamp| **stamp > cutoff).count();
        let used = live(&self.blocks).saturating_mul(BLOCK).saturating_add(live(&self.singles));
        let first = self.blocks.iter().chain(&self.singles).filter(|stamp| **stamp > cutoff).min();
        Decision::Allowed {
            remaining: limit.max().saturating_sub(u32::try_from(used).unwrap_or(u32::MAX)),
            reset_at: limit.leaves(first.copied().unwrap_or(now)),
        }
    }

    /// The same after a fold.
    fn apply(&mut self, fold: Fold, limit: Limit) {
        if fold.takes {
            self.singles.drain(..BLOCK);
        }
        (self.blocks, self.room, self.forgotten) = (fold.blocks, fold.room, fold.forgotten);
        (self.max, self.folds) = (limit.max(), self.folds + 1);
    }

    /// One block more, if there are enough singles for it; none that is not later than `cutoff`.
    fn fold(&self, limit: Limit, cutoff: Timestamp) -> Fold {
        let taken = self.singles.get(..BLOCK).and_then(|first| first.iter().max().copied());
        let all = self.blocks.iter().copied().chain(taken);
        let (blocks, over): (Vec<_>, Vec<_>) = all.partition(|stamp| *stamp > cutoff);
        let counted = u32::try_from(blocks.len()).unwrap_or(u32::MAX).saturating_mul(BLOCK_COUNT);
        Fold {
            takes: taken.is_some(),
            room: limit.max().saturating_sub(counted),
            forgotten: over.into_iter().chain(self.forgotten).max(),
            blocks,
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.singles.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
