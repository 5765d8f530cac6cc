//! Rule: never more than a limit's admissions in any window, over all instances together (SPEC W22 to W24, T16).
//! Threat: one user or one guild that drives up the bill, starves others or guesses its way in.
//! Refusal: says when to try again; the caller answers it ephemerally, with 200.
//!
//! This is the rule by value. The table's side is `store::rate_limits`: one conditional write a check.

mod check;
mod limit;
mod local;
mod ring;

use jiff::Timestamp;

pub use check::{Check, CommandChecks, CommandLimits, OnFailure, Subject, Tier};
pub use limit::Limit;
pub use local::LocalCap;
pub use ring::{Attempt, Ring};

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
    /// Both together: refused if one is, until the later time; else what the tighter one leaves.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused { retry_at: a }, Self::Refused { retry_at: b }) => {
                Self::Refused { retry_at: a.max(b) }
            }
            (refused @ Self::Refused { .. }, _) | (_, refused @ Self::Refused { .. }) => refused,
            (Self::Allowed { remaining: a, reset_at: at }, Self::Allowed { remaining: b, reset_at: bt }) => {
                Self::Allowed { remaining: a.min(b), reset_at: at.max(bt) }
            }
        }
    }

    /// Whether it was admitted.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_decision_wins() {
        let [t1, t2] = [1, 2].map(|s| Timestamp::from_second(s).unwrap());
        let few = Decision::Allowed { remaining: 1, reset_at: t1 };
        let many = Decision::Allowed { remaining: 9, reset_at: t2 };
        let [no1, no2] = [t1, t2].map(|retry_at| Decision::Refused { retry_at });
        assert_eq!(few.and(many), Decision::Allowed { remaining: 1, reset_at: t2 });
        assert_eq!((few.and(no1), no1.and(many)), (no1, no1));
        assert_eq!((no1.and(no2), no2.and(no1)), (no2, no2));
        assert!(few.is_allowed() && !no1.is_allowed());
    }
}
