//! The window by value: the last instants, newest first, as one row of the table holds them.
//!
//! A slot stands for up to `c = per_slot` admissions; its stamp is the latest of them. A new slot opens only when the
//! slot `K = slots` places before it is a whole window old, and joining needs the same, so slots of one residue
//! class modulo K never share a window. A window therefore touches at most K slots, which hold at most `K * c <= max`.
//! The argument never uses that clocks agree: instances may lag, and stamps may run backwards in the list.

use jiff::Timestamp;

use super::{Decision, Limit};

/// The admissions that one subject's row remembers. A missing row is [`Ring::default`], which admits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    stamps: Vec<Timestamp>,
    filled: u32,
}

/// How a row changes to admit somebody, or why it does not. The store has one conditional write for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Put a new stamp in front; the slot before is full and the window has room.
    Open,
    /// One more in the newest slot, which is stamped anew.
    Join,
    /// One more in the newest slot by an instance whose clock lags behind the stamp, which therefore stays.
    JoinBehind,
    /// No room.
    Refuse {
        /// From when on there may be.
        retry_at: Timestamp,
    },
}

impl Ring {
    /// A row's content: stamps newest first, and how many admissions the newest slot holds.
    pub const fn new(stamps: Vec<Timestamp>, filled: u32) -> Self {
        Self { stamps, filled }
    }

    /// What to do at `now`.
    pub fn next(&self, limit: Limit, now: Timestamp) -> Attempt {
        let Some(&newest) = self.stamps.first() else { return Attempt::Open };
        let (slots, cutoff) = (limit.slots(), limit.cutoff(now));
        let blocking = |slot: usize| self.stamps.get(slot).copied().filter(|stamp| *stamp > cutoff);
        if self.filled >= limit.per_slot() {
            return blocking(slots - 1).map_or(Attempt::Open, |stamp| refuse(limit, stamp));
        }
        if newest <= now {
            return Attempt::Join;
        }
        blocking(slots).map_or(Attempt::JoinBehind, |stamp| refuse(limit, stamp))
    }

    /// Decides, and counts what it admits.
    pub fn admit(&mut self, limit: Limit, now: Timestamp) -> Decision {
        match self.next(limit, now) {
            Attempt::Refuse { retry_at } => return Decision::Refused { retry_at },
            Attempt::Open => {
                self.stamps.insert(0, now);
                self.stamps.truncate(limit.slots() + 1);
                self.filled = 1;
            }
            Attempt::Join => {
                if let Some(newest) = self.stamps.first_mut() {
                    *newest = now;
                }
                self.filled += 1;
            }
            Attempt::JoinBehind => self.filled += 1,
        }
        self.allowed(limit, now)
    }

    /// The answer for somebody whom this ring counts already.
    pub fn allowed(&self, limit: Limit, now: Timestamp) -> Decision {
        let cutoff = limit.cutoff(now);
        let live = || self.stamps.iter().take(limit.slots()).filter(|stamp| **stamp > cutoff);
        let full_slots = u32::try_from(live().count().saturating_sub(1)).unwrap_or(u32::MAX);
        let used = full_slots.saturating_mul(limit.per_slot()).saturating_add(self.filled);
        Decision::Allowed {
            remaining: limit.max().saturating_sub(used),
            reset_at: limit.leaves(live().min().copied().unwrap_or(now)),
        }
    }

    /// The stamps, newest first.
    pub fn stamps(&self) -> &[Timestamp] {
        &self.stamps
    }

    /// How many admissions the newest slot holds.
    pub const fn filled(&self) -> u32 {
        self.filled
    }
}

fn refuse(limit: Limit, blocking: Timestamp) -> Attempt {
    Attempt::Refuse { retry_at: limit.leaves(blocking) }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    fn ms(at: i64) -> Timestamp {
        Timestamp::from_millisecond(1_767_355_200_000 + at).unwrap()
    }

    fn limit(max: u32, window_s: u32) -> Limit {
        Limit::new(NonZeroU32::new(max).unwrap(), NonZeroU32::new(window_s).unwrap())
    }

    /// The definition of a sliding window, from all that was ever admitted.
    fn counted(admitted: &[i64], limit: Limit, now: i64) -> usize {
        let window = i64::try_from(limit.window().as_millis()).unwrap();
        admitted.iter().filter(|at| **at > now - window && **at <= now).count()
    }

    /// No half-open window, wherever it starts, holds more than the limit.
    fn never_too_many(admitted: &[i64], limit: Limit) -> bool {
        let mut sorted = admitted.to_vec();
        sorted.sort_unstable();
        let window = i64::try_from(limit.window().as_millis()).unwrap();
        let max = limit.max() as usize;
        sorted.iter().zip(sorted.iter().skip(max)).all(|(first, over)| over - first >= window)
    }

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
    fn a_burst_of_the_premium_tier_gets_exactly_its_limit() {
        let mut ring = Ring::default();
        let admitted = (0..600).filter(|i| ring.admit(Limit::PREMIUM, ms(*i)).is_allowed()).count();
        assert_eq!(admitted, 500);
    }

    #[test]
    fn a_lagging_clock_joins_without_a_new_stamp() {
        let mut ring = Ring::new(vec![ms(10)], 1);
        assert_eq!(ring.next(Limit::PREMIUM, ms(9)), Attempt::JoinBehind);
        assert!(ring.admit(Limit::PREMIUM, ms(9)).is_allowed());
        assert_eq!((ring.stamps(), ring.filled()), ([ms(10)].as_slice(), 2));
        assert_eq!(ring.next(Limit::PREMIUM, ms(10)), Attempt::Join);
    }

    #[test]
    fn a_changed_tier_keeps_what_was_counted() {
        let mut ring = Ring::default();
        assert_eq!((0..200).filter(|i| ring.admit(Limit::USER, ms(*i)).is_allowed()).count(), 100);
        assert_eq!(ring.next(Limit::PREMIUM, ms(300)), Attempt::Join, "premium has room at once");
        let mut ring = Ring::default();
        assert_eq!((0..600).filter(|i| ring.admit(Limit::PREMIUM, ms(*i)).is_allowed()).count(), 500);
        assert!(!ring.admit(Limit::USER, ms(700)).is_allowed(), "and losing it does not open a new window");
    }

    fn any_limit() -> impl Strategy<Value = Limit> {
        (prop_oneof![1_u32..12, Just(60), Just(100), Just(101), Just(150), Just(300), Just(500)], 1_u32..4)
            .prop_map(|(max, window_s)| limit(max, window_s))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        /// Clocks that agree, one caller after the other: up to 100 the decisions are those of the definition;
        /// above, a refusal comes less than one slot early.
        #[test]
        fn in_order_it_is_the_definition(limit in any_limit(), waits in prop::collection::vec(0_i64..40, 1..900)) {
            let (mut ring, mut admitted, mut now) = (Ring::default(), Vec::new(), 0);
            let held = limit.slots() * limit.per_slot() as usize;
            for wait in waits {
                now += wait;
                let before = counted(&admitted, limit, now);
                match ring.admit(limit, ms(now)) {
                    Decision::Allowed { remaining, .. } => {
                        prop_assert!(before < limit.max() as usize);
                        prop_assert!((remaining as usize) < limit.max() as usize - before);
                        admitted.push(now);
                    }
                    Decision::Refused { retry_at } => {
                        prop_assert!(before + limit.per_slot() as usize > held);
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
            prop_assert!(ring.stamps().len() <= limit.slots() + 1);
        }
    }
}
