//! When requests come, fixed beforehand: a request is due at its time, whether the ones before it were answered or not, and
//! waits are counted from then on. Who only sends after an answer measures how long *it* waited, not how long people do.

use std::time::Duration;

/// Of so many requests one comes twice at the same moment, as a lost answer makes Discord send it again.
const ONE_IN: u64 = 20;
/// Which of them; not one at a multiple of the mixture's length only.
const WHICH: u64 = 7;

/// So many in a second, for so long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// In a second.
    pub(crate) rate: u32,
    /// How long.
    pub(crate) time: Duration,
}

impl Schedule {
    /// How many come, besides those that come twice.
    pub(crate) fn count(self) -> u64 {
        u64::from(self.rate) * self.time.as_secs()
    }

    /// When a request is due, after the beginning.
    pub(crate) fn due(self, number: u64) -> Duration {
        let rate = u64::from(self.rate.max(1));
        let rest = Duration::from_nanos((number % rate) * 1_000_000_000 / rate);
        Duration::from_secs(number / rate) + rest
    }

    /// How often a request comes, at one moment.
    pub(crate) fn copies(number: u64) -> usize {
        // By the block, so that each kind of request is among them.
        let is_twice = (number + number / ONE_IN) % ONE_IN == WHICH;
        if is_twice { 2 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn they_come_evenly() {
        let schedule = Schedule { rate: 1_000, time: Duration::from_mins(1) };
        assert_eq!(schedule.count(), 60_000);
        let due = [0, 1, 999, 1_000, 59_999].map(|number| schedule.due(number).as_millis());
        assert_eq!(due, [0, 1, 999, 1_000, 59_999]);
        let third = Schedule { rate: 3, time: Duration::from_secs(1) };
        assert_eq!(third.due(4), Duration::from_nanos(1_333_333_333));
    }

    #[test]
    fn one_in_twenty_comes_twice_in_every_place_of_the_mixture() {
        let twice: Vec<u64> = (0..4_000).filter(|number| Schedule::copies(*number) == 2).collect();
        assert_eq!(twice.len(), 200);
        let places: std::collections::BTreeSet<u64> = twice.iter().map(|number| number % ONE_IN).collect();
        assert_eq!(places.len(), 20);
    }

    proptest! {
        #[test]
        fn none_is_due_before_the_one_before_it_nor_after_the_end(
            rate in 1_u32..5_000, seconds in 1_u64..100, any in 0_u64..1_000_000,
        ) {
            let schedule = Schedule { rate, time: Duration::from_secs(seconds) };
            let number = any % schedule.count();
            prop_assert!(schedule.due(number) <= schedule.due(number + 1));
            prop_assert!(schedule.due(number) < schedule.time);
        }
    }
}
