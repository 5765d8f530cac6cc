use proptest::prelude::*;

use super::*;
use crate::security::event::Platform;
use crate::security::rate_limit::LimitScope;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + ms).unwrap()
}

fn counts(counts: &[(Kind, u32)]) -> Counts {
    counts.iter().fold(Counts::default(), |sum, (kind, count)| sum.with(*kind, *count))
}

fn auth(reason: AuthFailure) -> Metric {
    Metric::AuthFailures { platform: Platform::Discord, reason }
}

#[test]
fn the_figures_of_the_table() {
    for (what, expected) in [
        (&[][..], 0),
        (&[(Kind::Denied, 1)], 1),
        (&[(Kind::Denied, 29)], 29),
        (&[(Kind::Denied, 3000)], 30),
        (&[(Kind::Banned, 1)], 10),
        (&[(Kind::AuthFailed, 40)], 40),
        (&[(Kind::Replayed, 4)], 20),
        (&[(Kind::NotPermitted, 1)], 0),
        (&[(Kind::NotPermitted, 7)], 3),
        (&[(Kind::Limited, 75)], 15),
        // A scan: refused at the door, denied inside, and banned for it.
        (&[(Kind::AuthFailed, 40), (Kind::Denied, 11), (Kind::Banned, 1)], 61),
        (&[(Kind::AuthFailed, 40), (Kind::Denied, 22), (Kind::Banned, 2)], 82),
        (&[(Kind::AuthFailed, u32::MAX), (Kind::Denied, u32::MAX), (Kind::Banned, u32::MAX)], 100),
    ] {
        assert_eq!(score(&counts(what)), expected, "{what:?}");
    }
}

/// The formula that people read is the one that the code says it has.
#[test]
fn the_runbook_has_the_table() {
    let runbook = include_str!("../../../docs/runbooks/suspicious-activity.md");
    let rows = include_str!("suspicion.rs").lines().filter_map(|line| line.strip_prefix("//! | "));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), Kind::ALL.len() + 1);
    for row in rows {
        assert!(runbook.contains(&format!("| {row}\n")), "{row}");
    }
}

#[test]
fn one_kind_alone_never_alarms_and_all_together_do() {
    for kind in Kind::ALL {
        assert!(score(&counts(&[(kind, u32::MAX)])) < ALARM, "{kind:?}");
    }
    assert_eq!(score(&counts(&Kind::ALL.map(|kind| (kind, 1_000)))), 100);
}

#[test]
fn metrics_are_counted_as_what_they_are() {
    for (metric, kind) in [
        (Metric::UnauthorizedAccess, Some(Kind::Denied)),
        (Metric::GuildBanned, Some(Kind::Banned)),
        (auth(AuthFailure::BadSignature), Some(Kind::AuthFailed)),
        (auth(AuthFailure::Stale), Some(Kind::AuthFailed)),
        (auth(AuthFailure::Replayed), Some(Kind::Replayed)),
        (auth(AuthFailure::Unavailable), None),
        (auth(AuthFailure::Method), None),
        (auth(AuthFailure::TooLarge), None),
        (Metric::AuthorizationDenied, Some(Kind::NotPermitted)),
        (Metric::RateLimited { scope: LimitScope::User }, Some(Kind::Limited)),
        (Metric::SuspiciousActivity, None),
        (Metric::RotationFailures, None),
    ] {
        assert_eq!(Kind::of(metric), kind, "{metric:?}");
    }
}

#[test]
fn a_process_writes_at_most_once_in_ten_seconds() {
    let tally = Tally::default();
    assert_eq!(tally.take(at(0)), None, "nothing has happened");
    tally.add(Metric::UnauthorizedAccess, 1);
    tally.add(Metric::VoicePlayers, 7);
    assert_eq!(tally.take(at(0)), Some(counts(&[(Kind::Denied, 1)])), "the first at once");
    for _ in 0..1000 {
        tally.add(auth(AuthFailure::BadSignature), 1);
        assert_eq!(tally.take(at(9_999)), None);
    }
    assert_eq!(tally.take(at(10_000)), Some(counts(&[(Kind::AuthFailed, 1000)])));
    assert_eq!(tally.take(at(60_000)), None, "it was taken");
    tally.add(Metric::GuildBanned, 1);
    assert_eq!(tally.take(at(9_000)), Some(counts(&[(Kind::Banned, 1)])), "a clock that went back");
}

#[test]
fn of_many_who_take_at_once_nothing_is_lost_or_taken_twice() {
    let tally = Tally::default();
    let taken: u32 = std::thread::scope(|scope| {
        let count = |thread: i64| {
            let tally = &tally;
            move || {
                (0..200)
                    .map(|round: i64| {
                        tally.add(Metric::UnauthorizedAccess, 1);
                        tally.take(at(round * 10_000 + thread)).map_or(0, |counts| counts.of(Kind::Denied))
                    })
                    .sum::<u32>()
            }
        };
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(count(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let rest = tally.take(at(9_000_000)).map_or(0, |counts| counts.of(Kind::Denied));
    assert_eq!(taken + rest, 8 * 200);
}

proptest! {
    /// More of anything never makes it calmer, and the score is a percentage.
    #[test]
    fn more_is_never_less(numbers in any::<[u32; 6]>(), more in any::<u32>(), which in 0..6_usize) {
        let before = counts(&Kind::ALL.into_iter().zip(numbers).collect::<Vec<_>>());
        let after = before.with(Kind::ALL[which], more);
        prop_assert!(score(&before) <= score(&after) && score(&after) <= 100);
        prop_assert_eq!(before.and(&Counts::default()), before);
        prop_assert_eq!(before.and(&after), after.and(&before));
    }
}
