//! Rule: never more than a limit's admissions in any window, over all instances together (SPEC W22 to W24, T16).
//! Threat: one user or one guild that drives up the bill, starves others or guesses its way in.
//! Refusal: says when to try again; the caller answers it ephemerally, with 200.
//!
//! This is the rule by value. The table's side is `store::rate_limits`: one conditional write a check.

mod check;
mod limit;
mod local;
mod ring;
mod tally;
#[cfg(test)]
pub(crate) mod testing;

use jiff::Timestamp;

pub use check::{Check, CommandLimits, LimitScope, OnFailure, Subject, Tier, command_checks};
pub use limit::Limit;
pub use local::LocalCap;
pub use ring::{Attempt, Ring};
pub use tally::{BLOCK, Fold, Move, Tally};

/// The answer to one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Admitted and counted.
    Allowed {
        /// How many more are admitted before something leaves the window.
        remaining: u32,
        /// When the oldest admission that still counts leaves the window.
        reset_at: Timestamp,
    },
    /// Not admitted; refusals are not counted.
    Refused {
        /// From when on it may succeed.
        retry_at: Timestamp,
    },
}

impl Decision {
    /// Whether it was admitted.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}
