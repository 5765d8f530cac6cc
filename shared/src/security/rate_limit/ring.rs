//! The window by value, for limits that are exact: the last instants, newest first, as one row of the table holds them.
//!
//! A new stamp is put in front only when the one `max` places before it is a whole window old. So of any `max + 1` that
//! follow each other in the list the last is a window later than the first, whatever the clocks said in between: they
//! may disagree, and stamps may run backwards in the list.

use jiff::Timestamp;

use super::{Decision, Limit};

/// The admissions that one subject's row remembers. A missing row is [`Ring::default`], which admits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    stamps: Vec<Timestamp>,
}

/// How a row changes to admit somebody, or why it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Put a new stamp in front: the window has room.
    Open,
    /// No room.
    Refuse {
        /// From when on there may be.
        retry_at: Timestamp,
    },
}

impl Ring {
    /// A row's content: stamps newest first.
    pub const fn new(stamps: Vec<Timestamp>) -> Self {
        Self { stamps }
    }

    /// What to do at `now`.
    pub fn next(&self, limit: Limit, now: Timestamp) -> Attempt {
        let cutoff = limit.cutoff(now);
        let blocking = self.stamps.get(max(limit) - 1).filter(|stamp| **stamp > cutoff);
        blocking.map_or(Attempt::Open, |stamp| Attempt::Refuse { retry_at: limit.leaves(*stamp) })
    }

    /// Decides, and counts what it admits.
    pub fn admit(&mut self, limit: Limit, now: Timestamp) -> Decision {
        if let Attempt::Refuse { retry_at } = self.next(limit, now) {
            return Decision::Refused { retry_at };
        }
        self.stamps.insert(0, now);
        self.stamps.truncate(max(limit));
        self.allowed(limit, now)
    }

    /// The answer for somebody whom this ring counts already.
    pub fn allowed(&self, limit: Limit, now: Timestamp) -> Decision {
        let cutoff = limit.cutoff(now);
        let live = || self.stamps.iter().take(max(limit)).filter(|stamp| **stamp > cutoff);
        let used = u32::try_from(live().count()).unwrap_or(u32::MAX);
        Decision::Allowed {
            remaining: limit.max().saturating_sub(used),
            reset_at: limit.leaves(live().min().copied().unwrap_or(now)),
        }
    }

    /// The stamps, newest first.
    pub fn stamps(&self) -> &[Timestamp] {
        &self.stamps
    }
}

/// How many stamps decide; one at least.
fn max(limit: Limit) -> usize {
    usize::try_from(limit.max()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::security::rate_limit::testing::{counted, limit, ms, never_too_many};

    #[test]
    fn the_tenth_is_the_last_and_the_refusal_says_when() {
        let mut ring = Ring::default();
        for i in 0..10 {
            let left = 9 - u32::try_from(i).unwrap();
            let allowed = Decision::Allowed { remaining: left, reset_at: ms(60_000) };
            assert_eq!(ring.admit(Limit::COMMAND, ms(i * 1000)), allowed);
        }
        for at in [10_000, 59_999] {
            assert_eq!(ring.admit(Limit::COMMAND, ms(at)), Decision::Refused { retry_at: ms(60_000) });
        }
        assert_eq!(
            ring.admit(Limit::COMMAND, ms(60_000)),
            Decision::Allowed { remaining: 0, reset_at: ms(61_000) },
            "exactly one window later there is room for one",
        );
        assert_eq!(ring.admit(Limit::COMMAND, ms(60_000)), Decision::Refused { retry_at: ms(61_000) });
    }

    #[test]
    fn a_changed_limit_keeps_what_was_counted() {
        let (mut ring, small) = (Ring::default(), limit(10, 60));
        assert_eq!((0..30).filter(|i| ring.admit(small, ms(*i)).is_allowed()).count(), 10);
        assert_eq!(ring.next(Limit::USER, ms(300)), Attempt::Open, "more room at once");
        assert_eq!((0..200).filter(|i| ring.admit(Limit::USER, ms(300 + i)).is_allowed()).count(), 90);
        assert!(!ring.admit(small, ms(700)).is_allowed(), "and losing it does not open a new window");
    }

    fn any_limit() -> impl Strategy<Value = Limit> {
        (prop_oneof![1_u32..12, Just(60), Just(100)], 1_u32..4)
            .prop_map(|(max, window_s)| limit(max, window_s))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        /// Clocks that agree, one caller after the other: the decisions are those of the definition.
        #[test]
        fn in_order_it_is_the_definition(limit in any_limit(), waits in prop::collection::vec(0_i64..40, 1..900)) {
            let (mut ring, mut admitted, mut now) = (Ring::default(), Vec::new(), 0);
            for wait in waits {
                now += wait;
                let before = counted(&admitted, limit, now);
                match ring.admit(limit, ms(now)) {
                    Decision::Allowed { remaining, .. } => {
                        prop_assert!(before < limit.max() as usize);
                        prop_assert_eq!(remaining as usize, limit.max() as usize - before - 1);
                        admitted.push(now);
                    }
                    Decision::Refused { retry_at } => {
                        prop_assert_eq!(before, limit.max() as usize);
                        prop_assert!(retry_at > ms(now));
                        prop_assert!(ring.clone().admit(limit, retry_at).is_allowed(), "the retry time is true");
                    }
                }
            }
            prop_assert!(never_too_many(&admitted, limit));
        }

        /// Clocks that disagree by up to 5 s, which is more than the window: never one too many.
        #[test]
        fn no_clock_gets_one_too_many(
            limit in any_limit(),
            calls in prop::collection::vec((0_i64..20, -2500_i64..2500), 1..900),
        ) {
            let (mut ring, mut admitted, mut time) = (Ring::default(), Vec::new(), 0);
            for (wait, skew) in calls {
                time += wait;
                if ring.admit(limit, ms(time + skew)).is_allowed() {
                    admitted.push(time + skew);
                }
            }
            prop_assert!(never_too_many(&admitted, limit));
            prop_assert!(ring.stamps().len() <= limit.max() as usize);
        }
    }
}
