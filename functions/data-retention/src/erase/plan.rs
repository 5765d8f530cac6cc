//! What comes next, as a pure function of where it stands and of the time.

use jiff::{SignedDuration, Timestamp};
use shared::privacy::{DataSubject, ErasureStep};

/// For how long services are told again and again that cannot be told (SPEC T30).
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Todo {
    /// The tombstone is set.
    Bury,
    /// Services are told.
    Tell,
    /// The secret is deleted.
    DropSecret,
    /// A page of a place is swept.
    Sweep,
    /// Services are told of what came after the first sweep.
    TellLate,
    /// The receipt is signed.
    Sign,
    /// Nothing before then.
    Wait {
        /// When.
        until: Timestamp,
    },
}

/// What is to be done at this step.
pub(super) fn todo(step: ErasureStep, now: Timestamp) -> Todo {
    match step {
        ErasureStep::Tombstone => Todo::Bury,
        ErasureStep::Revoke { again: Some(until) } | ErasureStep::Settle { until } if now < until => {
            Todo::Wait { until }
        }
        ErasureStep::Revoke { .. } => Todo::Tell,
        ErasureStep::Secret => Todo::DropSecret,
        ErasureStep::Sweep | ErasureStep::SweepAgain => Todo::Sweep,
        ErasureStep::Settle { .. } => Todo::TellLate,
        ErasureStep::Receipt => Todo::Sign,
    }
}

/// A community has no tokens.
pub(super) const fn after_burial(subject: DataSubject) -> ErasureStep {
    match subject {
        DataSubject::User(_) => ErasureStep::Revoke { again: None },
        DataSubject::Guild(_) => ErasureStep::Sweep,
    }
}

/// After the last page of a sweep.
pub(super) fn after_sweep(step: ErasureStep, now: Timestamp, settle: SignedDuration) -> ErasureStep {
    match step {
        ErasureStep::SweepAgain => ErasureStep::Receipt,
        _ => ErasureStep::Settle { until: now.saturating_add(settle).unwrap_or(now) },
    }
}

/// When services are told again that could not be told now: after a minute, then each time after as long as it has taken so
/// far, a quarter of an hour at most. `None`: a day has gone by, and nobody waits any longer.
pub(super) fn again(asked_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let elapsed = now.duration_since(asked_at);
    if elapsed >= PATIENCE {
        return None;
    }
    now.saturating_add(elapsed.clamp(SHORTEST, LONGEST)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::ids::{GuildId, UserId};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn each_step_has_its_deed_and_waiting_ends_in_time() {
        for (step, expected) in [
            (ErasureStep::Tombstone, Todo::Bury),
            (ErasureStep::Revoke { again: None }, Todo::Tell),
            (ErasureStep::Revoke { again: Some(at(1)) }, Todo::Wait { until: at(1) }),
            (ErasureStep::Revoke { again: Some(at(0)) }, Todo::Tell),
            (ErasureStep::Secret, Todo::DropSecret),
            (ErasureStep::Sweep, Todo::Sweep),
            (ErasureStep::Settle { until: at(120) }, Todo::Wait { until: at(120) }),
            (ErasureStep::Settle { until: at(0) }, Todo::TellLate),
            (ErasureStep::SweepAgain, Todo::Sweep),
            (ErasureStep::Receipt, Todo::Sign),
        ] {
            assert_eq!(todo(step, at(0)), expected, "{step:?}");
        }
    }

    #[test]
    fn a_community_tells_no_service_and_is_swept_twice_like_everybody() {
        let guild = DataSubject::Guild(GuildId::new(7));
        assert_eq!(after_burial(guild), ErasureStep::Sweep);
        assert_eq!(after_burial(DataSubject::User(UserId::new(7))), ErasureStep::Revoke { again: None });
        let settle = SignedDuration::from_secs(120);
        assert_eq!(after_sweep(ErasureStep::Sweep, at(0), settle), ErasureStep::Settle { until: at(120) });
        assert_eq!(after_sweep(ErasureStep::SweepAgain, at(0), settle), ErasureStep::Receipt);
    }

    #[test]
    fn services_are_told_again_ever_more_seldom_and_for_a_day() {
        let (mut now, mut waits) = (at(0), Vec::new());
        while let Some(next) = again(at(0), now) {
            waits.push(next.duration_since(now).as_secs() / 60);
            now = next;
        }
        assert_eq!(waits[..7], [1, 1, 2, 4, 8, 15, 15]);
        assert!((24 * 60..24 * 60 + 15).contains(&(now.duration_since(at(0)).as_secs() / 60)));
        assert_eq!(again(at(0), at(24 * 3600)), None);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_over_before_it_began_and_never_too_long(elapsed in -100_000_i64..100_000) {
            if let Some(next) = again(at(0), at(elapsed)) {
                let wait = next.duration_since(at(elapsed));
                prop_assert!((SHORTEST..=LONGEST).contains(&wait));
            }
        }
    }
}
