use proptest::prelude::*;

use super::*;
use InvalidTransition as No;

const MANAGER: UserId = UserId::new(11);
const OPERATOR: UserId = UserId::new(22);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-01-02T12:00:00Z")
}

fn decision(when: Timestamp) -> Decision {
    Decision { by: OPERATOR, reason: "because".parse().unwrap(), at: when }
}

fn guild(status: Status) -> GuildAccess {
    let pending = GuildAccess::request(MANAGER, noon());
    match status {
        Status::Pending => pending,
        Status::Approved => pending.approve(decision(noon())).unwrap(),
        Status::Denied => pending.deny(decision(noon())).unwrap(),
        Status::Revoked => guild(Status::Approved).revoke(decision(noon())).unwrap(),
    }
}

fn steps() -> [Step; 5] {
    let reason: Reason = "because".parse().unwrap();
    [
        Step::Request { by: MANAGER },
        Step::Approve { by: OPERATOR, reason: reason.clone() },
        Step::Deny { by: OPERATOR, reason: reason.clone() },
        Step::Revoke { by: OPERATOR, reason },
        Step::Premium(true),
    ]
}

type Row = (Option<Status>, [Result<Status, No>; 5]);

/// The whole matrix, two days after the last change: rows are where a guild stands, columns what is asked.
#[test]
fn every_step_from_every_status() {
    use Status::{Approved, Denied, Pending, Revoked};
    let later = at("2026-01-04T12:00:00Z");
    let table: [Row; 5] = [
        (
            None,
            [
                Ok(Pending),
                Err(No::NeverRequested),
                Err(No::NeverRequested),
                Err(No::NeverRequested),
                Err(No::NeverRequested),
            ],
        ),
        (
            Some(Pending),
            [Err(No::AlreadyPending), Ok(Approved), Ok(Denied), Err(No::NotApproved), Err(No::NotApproved)],
        ),
        (
            Some(Approved),
            [
                Err(No::AlreadyApproved),
                Err(No::AlreadyApproved),
                Err(No::NotPending),
                Ok(Revoked),
                Ok(Approved),
            ],
        ),
        (
            Some(Denied),
            [Ok(Pending), Ok(Approved), Err(No::NotPending), Err(No::NotApproved), Err(No::NotApproved)],
        ),
        (
            Some(Revoked),
            [
                Ok(Pending),
                Err(No::NotPending),
                Err(No::NotPending),
                Err(No::NotApproved),
                Err(No::NotApproved),
            ],
        ),
    ];
    for (from, expected) in table {
        for (step, expected) in steps().into_iter().zip(expected) {
            let after = step.clone().take(from.map(guild), later).map(|guild| guild.status());
            assert_eq!(after, expected, "{step:?} from {from:?}");
        }
    }
}

#[test]
fn who_when_and_why_stay_on_the_guild() {
    let later = at("2026-01-02T13:00:00Z");
    let approved = GuildAccess::request(MANAGER, noon()).approve(decision(later)).unwrap();
    assert_eq!(approved.requested(), Requested { by: MANAGER, at: noon() });
    assert_eq!(approved.decided(), Some(&decision(later)));
    assert_eq!(approved.changed_at(), later);
}

#[test]
fn a_refused_guild_waits_a_day_and_the_reviewer_sees_the_old_decision() {
    for status in [Status::Denied, Status::Revoked] {
        let soon = guild(status).request_again(MANAGER, at("2026-01-03T11:59:59Z"));
        assert_eq!(soon, Err(No::TooSoon { until: at("2026-01-03T12:00:00Z") }));
        let again = guild(status).request_again(UserId::new(12), at("2026-01-03T12:00:00Z")).unwrap();
        assert_eq!(again.requested(), Requested { by: UserId::new(12), at: at("2026-01-03T12:00:00Z") });
        assert_eq!(again.decided(), Some(&decision(noon())));
        assert_eq!(again.changed_at(), at("2026-01-03T12:00:00Z"));
    }
}

#[test]
fn revoking_takes_premium_away_for_good() {
    let premium = guild(Status::Approved).set_premium(true).unwrap();
    assert!(premium.premium());
    let revoked = premium.revoke(decision(noon())).unwrap();
    assert!(!revoked.premium());
    let back = revoked.request_again(MANAGER, at("2026-02-01T00:00:00Z")).unwrap();
    assert!(!back.approve(decision(noon())).unwrap().premium());
}

#[test]
fn an_approval_may_say_whether_premium_and_saying_it_again_changes_just_that() {
    let step = |premium| Step::ApproveAs { by: MANAGER, reason: decision(noon()).reason, premium };
    let admitted = step(true).take(Some(guild(Status::Pending)), noon()).unwrap();
    assert_eq!((admitted.status(), admitted.premium()), (Status::Approved, true));
    let later = at("2026-01-03T12:00:00Z");
    let usual = step(false).take(Some(admitted.clone()), later).unwrap();
    assert!(!usual.premium());
    assert_eq!((usual.decided(), usual.requested()), (admitted.decided(), admitted.requested()));
    assert_eq!(step(true).take(Some(guild(Status::Revoked)), later), Err(No::NotPending));
    assert_eq!(step(true).take(None, later), Err(No::NeverRequested));
}

#[test]
fn a_row_that_no_step_could_have_written_is_not_restored() {
    let requested = Requested { by: MANAGER, at: noon() };
    let decided = Some(decision(noon()));
    assert!(GuildAccess::restore(Status::Approved, requested, None, false).is_none());
    assert!(GuildAccess::restore(Status::Pending, requested, decided.clone(), true).is_none());
    assert!(GuildAccess::restore(Status::Pending, requested, decided.clone(), false).is_some());
    assert!(GuildAccess::restore(Status::Approved, requested, decided, true).is_some());
}

#[test]
fn whoever_is_forgotten_is_nobody_and_the_status_stays() {
    for status in Status::ALL {
        let before = guild(status);
        let after = before.clone().disown(|_| true);
        assert_eq!((after.status(), after.changed_at()), (before.status(), before.changed_at()));
        assert_eq!(after.requested().by, NOBODY);
        assert!(
            after.decided().is_none_or(|decided| decided.by == NOBODY && decided.reason == Reason::erased())
        );
        assert_eq!(after.clone().disown(|_| true), after, "twice is once");
        assert_eq!(before.clone().disown(|_| false), before);
    }
    assert_eq!(Reason::erased().as_str().parse(), Ok(Reason::erased()), "it reads back from its row");
}

#[test]
fn statuses_are_stored_by_name() {
    for status in Status::ALL {
        assert_eq!(status.to_string().parse(), Ok(status));
    }
    for text in ["", "Approved", "approved ", "banned"] {
        assert_eq!(text.parse::<Status>(), Err(UnknownStatus));
    }
}

proptest! {
    /// Whatever happens in whatever order: approval only ever comes from an approval, and every state survives
    /// its row.
    #[test]
    fn any_walk_keeps_the_invariants(walk in prop::collection::vec((0_usize..6, 0_i64..200_000), 0..40)) {
        let (mut guild, mut now) = (None::<GuildAccess>, noon());
        for (pick, wait_s) in walk {
            now = now.saturating_add(SignedDuration::from_secs(wait_s)).unwrap();
            let was_approved = guild.as_ref().is_some_and(|guild| guild.status() == Status::Approved);
            let as_premium = Step::ApproveAs { by: OPERATOR, reason: decision(noon()).reason, premium: true };
            let step = steps().get(pick).cloned().unwrap_or(as_premium);
            let Ok(after) = step.clone().take(guild.clone(), now) else { continue };
            if after.status() == Status::Approved {
                let approval = matches!(step, Step::Approve { .. } | Step::ApproveAs { .. });
                prop_assert!(was_approved || approval);
            }
            let restored =
                GuildAccess::restore(after.status(), after.requested(), after.decided().cloned(), after.premium());
            prop_assert_eq!(restored.as_ref(), Some(&after));
            guild = Some(after);
        }
    }
}
