use proptest::prelude::*;

use super::*;
use crate::security::rate_limit::testing::{counted, limit, ms, never_too_many};

fn room_is_what_the_blocks_leave(tally: &Tally) -> bool {
    let blocks = BLOCK_COUNT * u32::try_from(tally.blocks.len()).unwrap();
    tally.room + blocks <= tally.max.max(blocks) && tally.count() <= tally.room
}

#[test]
fn a_burst_gets_exactly_its_limit() {
    for limit in [Limit::PREMIUM, Limit::ADMIN, limit(101, 60)] {
        let mut tally = Tally::default();
        let admitted = (0..1500).filter(|i| tally.admit(limit, ms(*i)).is_allowed()).count();
        assert_eq!(admitted, limit.max() as usize);
        let refused = tally.admit(limit, ms(2000));
        assert!(
            matches!(refused, Decision::Refused { retry_at } if retry_at > ms(60_000) && retry_at < ms(60_100))
        );
        assert!(tally.singles.len() < 2 * BLOCK, "{}", tally.singles.len());
    }
}

#[test]
fn what_has_left_the_window_makes_room_again() {
    let mut tally = Tally::default();
    for at in 0..500 {
        assert!(tally.admit(Limit::PREMIUM, ms(at * 100)).is_allowed());
    }
    assert!(!tally.admit(Limit::PREMIUM, ms(50_000)).is_allowed());
    assert!(tally.admit(Limit::PREMIUM, ms(62_000)).is_allowed(), "the first block is over");
    let next_day = ms(86_400_000);
    let fresh = Decision::Allowed { remaining: 499, reset_at: Limit::PREMIUM.leaves(next_day) };
    assert_eq!(tally.admit(Limit::PREMIUM, next_day), fresh);
}

#[test]
fn only_one_of_many_folds_in_passing_and_what_comes_meanwhile_stays() {
    let of =
        |count: i64| Tally { singles: (0..count).map(ms).collect(), room: 500, max: 500, ..Tally::default() };
    let folds = (1..=100).filter(|count| of(*count).tidy(Limit::PREMIUM, ms(200)).is_some());
    assert_eq!(folds.collect::<Vec<_>>(), [40, 60, 80, 100]);
    let (seen, mut row) = (of(40), of(47));
    row.apply(seen.tidy(Limit::PREMIUM, ms(200)).unwrap(), Limit::PREMIUM);
    assert_eq!((row.singles, row.blocks, row.room), ((20..47).map(ms).collect(), vec![ms(19)], 480));
}

#[test]
fn a_clock_that_lags_is_refused_when_it_cannot_know() {
    let mut tally = Tally::default();
    for at in 0..500 {
        assert!(tally.admit(Limit::PREMIUM, ms(at)).is_allowed());
    }
    assert!(tally.admit(Limit::PREMIUM, ms(60_100)).is_allowed());
    let forgotten = tally.forgotten.unwrap();
    let behind = tally.admit(Limit::PREMIUM, ms(60_000));
    assert_eq!(behind, Decision::Refused { retry_at: Limit::PREMIUM.leaves(forgotten) });
    assert!(tally.admit(Limit::PREMIUM, ms(60_101)).is_allowed());
}

#[test]
fn a_changed_limit_keeps_what_was_counted() {
    let mut tally = Tally::default();
    assert_eq!((0..900).filter(|i| tally.admit(Limit::PREMIUM, ms(*i)).is_allowed()).count(), 500);
    assert_eq!((900..2000).filter(|i| tally.admit(Limit::ADMIN, ms(*i)).is_allowed()).count(), 500);
    assert!(!tally.admit(Limit::PREMIUM, ms(2100)).is_allowed(), "losing it does not open a new window");
}

fn any_limit() -> impl Strategy<Value = Limit> {
    (prop_oneof![Just(101_u32), Just(150), Just(300), Just(500)], 1_u32..4).prop_map(|(max, s)| limit(max, s))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Clocks that agree, one caller after the other: a refusal comes less than two blocks early.
    #[test]
    fn in_order_it_is_almost_the_definition(limit in any_limit(), waits in prop::collection::vec(0_i64..12, 1..1500)) {
        let (mut tally, mut admitted, mut now) = (Tally::default(), Vec::new(), 0);
        for wait in waits {
            now += wait;
            let before = counted(&admitted, limit, now);
            match tally.admit(limit, ms(now)) {
                Decision::Allowed { remaining, .. } => {
                    prop_assert!(before < limit.max() as usize);
                    prop_assert!((remaining as usize) < limit.max() as usize - before);
                    admitted.push(now);
                }
                Decision::Refused { retry_at } => {
                    prop_assert!(before + 2 * BLOCK > limit.max() as usize);
                    prop_assert!(retry_at > ms(now));
                    prop_assert!(tally.clone().admit(limit, retry_at).is_allowed(), "the retry time is true");
                }
            }
            prop_assert!(room_is_what_the_blocks_leave(&tally));
        }
        prop_assert!(never_too_many(&admitted, limit));
    }

    /// Clocks that disagree by up to 5 s, which is more than the window: never one too many.
    #[test]
    fn no_clock_gets_one_too_many(
        limit in any_limit(),
        calls in prop::collection::vec((0_i64..20, -2500_i64..2500), 1..1500),
    ) {
        let (mut tally, mut admitted, mut time) = (Tally::default(), Vec::new(), 0);
        for (wait, skew) in calls {
            time += wait;
            if tally.admit(limit, ms(time + skew)).is_allowed() {
                admitted.push(time + skew);
            }
        }
        prop_assert!(never_too_many(&admitted, limit));
    }
}
