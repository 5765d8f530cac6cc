//! Votes that skip a track (SPEC P1): a share of those who listen, and never of those who left.

/// How a vote stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Votes of people who listen.
    pub(crate) votes: u64,
    /// Votes that are needed.
    pub(crate) needed: u64,
}

/// `percent` of `people`, rounded up, one at least.
pub(crate) fn tally(votes: usize, people: usize, percent: u8) -> Tally {
    let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let needed = whole(people).saturating_mul(percent.into()).div_ceil(100).max(1);
    Tally { votes: whole(votes), needed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_is_rounded_up() {
        for (people, percent, needed) in
            [(0, 50, 1), (1, 50, 1), (2, 50, 1), (3, 50, 2), (5, 100, 5), (10, 1, 1)]
        {
            assert_eq!(tally(0, people, percent).needed, needed, "{people} at {percent} %");
        }
    }

    proptest! {
        #[test]
        fn everybody_together_is_always_enough(people in 1_usize..10_000, percent in 1_u8..=100) {
            prop_assert!(tally(people, people, percent).needed <= people as u64);
        }
    }
}
