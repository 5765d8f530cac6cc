use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::*;

use super::*;
use crate::domain::containment::Level;

const TASK: &str = "arn:aws:ecs:eu-central-1:000000000000:task/timmybot/1";
const POLICY: Policy = Policy::DEFAULT;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn nobody() -> Situation {
    Situation {
        shard: ShardId::new(0),
        lease: None,
        attempt: None,
        budget: None,
        resumable: false,
        level: Level::L0,
    }
}

fn lease(until: Timestamp, sessions: u32) -> Lease {
    let owner = Some(TASK.parse().unwrap());
    Lease { shard: ShardId::new(0), owner, epoch: Epoch::new(4), until, sessions, successor: None }
}

fn held() -> Situation {
    Situation { lease: Some(lease(now() + 9.seconds(), 2)), ..nobody() }
}

fn dead(sessions: u32) -> Situation {
    Situation { lease: Some(lease(ago(30), sessions)), ..nobody() }
}

fn attempt(epoch: u64, started_at: Timestamp) -> Attempt {
    Attempt {
        shard: ShardId::new(0),
        epoch: Epoch::new(epoch),
        number: 1,
        streak: 1,
        started_at,
        capacity: Capacity::FargateSpot,
        task_arn: Some(TASK.to_owned()),
        end: None,
    }
}

fn with(situation: Situation, attempt: Attempt) -> Situation {
    Situation { attempt: Some(attempt), ..situation }
}

fn stopped() -> Cause {
    Cause::Stopped { task_arn: TASK.to_owned(), clean: false }
}

fn check(epoch: u64) -> Cause {
    Cause::Check { epoch: Epoch::new(epoch), number: 1 }
}

fn started(cause: &Cause, seen: &Situation) -> StartOp {
    match plan(cause, seen, now(), POLICY) {
        Plan::Start(op) => *op,
        other => panic!("{other:?}"),
    }
}

fn not(cause: &Cause, seen: &Situation) -> NoStart {
    match plan(cause, seen, now(), POLICY) {
        Plan::Nothing(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_wake_starts_the_first_try_on_spot() {
    let op = started(&Cause::Wake, &nobody());
    assert_eq!((op.attempt.epoch, op.attempt.number, op.attempt.streak), (Epoch::new(1), 1, 1));
    assert_eq!(op.attempt.capacity, Capacity::FargateSpot);
    assert_eq!((op.replaces, op.supersedes), (None, None));
}

#[test]
fn a_live_worker_is_enough() {
    assert_eq!(not(&Cause::Wake, &held()), NoStart::Live);
    assert_eq!(not(&check(5), &with(held(), attempt(5, ago(90)))), NoStart::Live);
    assert_eq!(started(&Cause::Wake, &dead(0)).attempt.epoch, Epoch::new(5));
}

/// SPEC T33: no new workers from L3 on, whoever asks.
#[test]
fn containment_starts_nobody() {
    for level in Level::ALL {
        for (cause, seen) in [
            (Cause::Wake, nobody()),
            (Cause::HandOver(Epoch::new(4)), held()),
            (stopped(), dead(1)),
            (check(5), with(dead(1), attempt(5, ago(90)))),
        ] {
            let plan = plan(&cause, &Situation { level, ..seen }, now(), POLICY);
            let contained = plan == Plan::Nothing(NoStart::Contained);
            assert_eq!(contained, level >= Level::L3, "{level:?} {cause:?}");
        }
    }
}

#[test]
fn a_stopped_task_is_replaced_while_somebody_listens() {
    assert_eq!(started(&stopped(), &dead(1)).attempt.epoch, Epoch::new(5));
    assert_eq!(not(&stopped(), &dead(0)), NoStart::NotWanted);
    assert_eq!(not(&stopped(), &nobody()), NoStart::NotWanted);
}

/// ECS says that the holder is gone; its lease would say so only 15 s later.
#[test]
fn a_killed_holder_is_replaced_before_its_lease_runs_out() {
    assert_eq!(started(&stopped(), &held()).attempt.epoch, Epoch::new(5));
    let other = Cause::Stopped { task_arn: "other".to_owned(), clean: false };
    assert_eq!(not(&other, &held()), NoStart::Live);
}

#[test]
fn a_task_that_never_took_its_lease_is_replaced_unless_it_left_by_itself() {
    let mut seen = with(dead(0), attempt(5, ago(20)));
    seen.attempt.as_mut().unwrap().end = Some(AttemptEnd::Stopped);
    assert_eq!(started(&stopped(), &seen).attempt.number, 2);
    let clean = Cause::Stopped { task_arn: TASK.to_owned(), clean: true };
    assert_eq!(not(&clean, &seen), NoStart::NotWanted);
}

#[test]
fn handing_over_starts_the_next_epoch_once() {
    let asks = Cause::HandOver(Epoch::new(4));
    assert_eq!(started(&asks, &held()).attempt.epoch, Epoch::new(5));
    assert_eq!(not(&asks, &with(held(), attempt(5, ago(20)))), NoStart::Starting);
    let mut followed = held();
    let successor = Successor { worker: "next".parse().unwrap(), at: ago(1) };
    followed.lease.as_mut().unwrap().successor = Some(successor);
    assert_eq!(not(&asks, &followed), NoStart::Followed);
    assert_eq!(not(&Cause::HandOver(Epoch::new(3)), &held()), NoStart::Superseded);
    assert_eq!(started(&asks, &dead(1)).attempt.epoch, Epoch::new(5), "it died while it asked");
}

#[test]
fn a_try_is_left_alone_until_it_had_its_time() {
    let seen = |seconds| with(dead(1), attempt(5, ago(seconds)));
    assert_eq!(not(&Cause::Wake, &seen(89)), NoStart::Starting);
    let op = started(&check(5), &seen(90));
    assert_eq!((op.attempt.number, op.attempt.capacity), (2, Capacity::Fargate));
    assert_eq!(op.replaces, Some((Epoch::new(5), 1)));
    assert_eq!(op.supersedes.as_deref(), Some(TASK), "a task that may still come costs money");
}

#[test]
fn whoever_died_before_the_task_was_named_is_repeated_with_the_same_token() {
    let mut seen = with(dead(1), attempt(5, ago(5)));
    seen.attempt.as_mut().unwrap().task_arn = None;
    let op = started(&Cause::Wake, &seen);
    assert_eq!(Some(&op.attempt), seen.attempt.as_ref());
    seen.attempt.as_mut().unwrap().started_at = ago(4);
    assert_eq!(not(&Cause::Wake, &seen), NoStart::Starting, "it may be asking right now");
}

#[test]
fn without_spot_it_is_full_price_at_once() {
    let mut seen = with(nobody(), Attempt { streak: 3, ..attempt(1, ago(0)) });
    seen.attempt.as_mut().unwrap().end = Some(AttemptEnd::NoCapacity);
    let op = started(&Cause::Wake, &seen);
    assert_eq!((op.attempt.number, op.attempt.capacity), (2, Capacity::Fargate));
    seen.attempt = Some(Attempt { end: Some(AttemptEnd::NoCapacity), ..op.attempt });
    let waits = plan(&Cause::Wake, &seen, now(), POLICY);
    assert!(matches!(waits, Plan::Wait { reason: WaitReason::BackOff, .. }), "{waits:?}");
}

#[test]
fn after_ten_quiet_minutes_spot_is_tried_again() {
    let last = |seconds| Attempt { capacity: Capacity::Fargate, ..attempt(4, ago(seconds)) };
    assert_eq!(started(&Cause::Wake, &with(dead(0), last(599))).attempt.capacity, Capacity::Fargate);
    let op = started(&Cause::Wake, &with(dead(0), last(600)));
    assert_eq!((op.attempt.capacity, op.attempt.streak), (Capacity::FargateSpot, 1));
}

/// A worker that takes its lease and dies at once begins a new epoch each time.
#[test]
fn falling_over_again_and_again_is_slowed_down_and_then_given_up() {
    let crashed = |streak, seconds| {
        let end = Some(AttemptEnd::Stopped);
        with(dead(1), Attempt { streak, end, ..attempt(4, ago(seconds)) })
    };
    assert_eq!(started(&stopped(), &crashed(1, 1)).attempt.streak, 2);
    let waits = plan(&stopped(), &crashed(3, 1), now(), POLICY);
    let (until, check) = (ago(1) + 20.seconds(), (Epoch::new(5), 0));
    assert_eq!(waits, Plan::Wait { until, reason: WaitReason::BackOff, check });
    let later = Cause::Check { epoch: check.0, number: check.1 };
    assert_eq!(started(&later, &crashed(3, 20)).attempt.streak, 4, "the wait is over");
    assert_eq!(not(&stopped(), &crashed(6, 400)), NoStart::GaveUp);
    assert_eq!(started(&Cause::Wake, &crashed(6, 400)).attempt.streak, 7, "somebody wants to hear it");
}

/// SPEC P12.
#[test]
fn a_spent_budget_starts_nobody_who_would_have_to_identify() {
    let budget = Some(IdentifyBudget { used: 800, total: 1000, resets_at: now() + 1.hour() });
    let seen = Situation { budget, ..dead(1) };
    let check = (Epoch::new(5), 0);
    let waits = Plan::Wait { until: now() + 1.hour(), reason: WaitReason::IdentifyBudget, check };
    assert_eq!(plan(&Cause::Wake, &seen, now(), POLICY), waits);
    started(&Cause::Wake, &Situation { resumable: true, ..seen.clone() });
    let reset = Situation { budget: budget.map(|one| IdentifyBudget { resets_at: now(), ..one }), ..seen };
    started(&Cause::Wake, &reset);
}

#[test]
fn a_check_of_another_try_does_nothing() {
    assert_eq!(not(&check(5), &nobody()), NoStart::Superseded);
    let second = Attempt { number: 2, ..attempt(5, ago(90)) };
    assert_eq!(not(&check(5), &with(dead(1), second)), NoStart::Superseded);
    assert_eq!(not(&check(4), &with(dead(0), attempt(4, ago(90)))), NoStart::Superseded, "it was taken");
}

prop_compose! {
    fn attempts()(
        epoch in 3_u64..7, number in 1_u32..4, streak in 1_u32..9, seconds in 0_i64..900,
        spot in any::<bool>(), named in any::<bool>(),
        end in prop::option::of(prop_oneof![Just(AttemptEnd::NoCapacity), Just(AttemptEnd::Stopped)]),
    ) -> Attempt {
        let capacity = if spot { Capacity::FargateSpot } else { Capacity::Fargate };
        let task_arn = named.then(|| TASK.to_owned());
        Attempt { number, streak, capacity, task_arn, end, ..attempt(epoch, ago(seconds)) }
    }
}

prop_compose! {
    fn situations()(
        until in prop::option::of(-60_i64..60), sessions in 0_u32..2, owned in any::<bool>(),
        attempt in prop::option::of(attempts()), used in 0_u32..1001, resumable in any::<bool>(),
        level in prop::sample::select(Level::ALL.to_vec()),
    ) -> Situation {
        let lease = until.map(|seconds| {
            let one = lease(ago(-seconds), sessions);
            if owned { one } else { Lease { owner: None, ..one } }
        });
        let budget = Some(IdentifyBudget { used, total: 1000, resets_at: now() + 1.hour() });
        Situation { lease, attempt, budget, resumable, level, ..nobody() }
    }
}

fn causes() -> impl Strategy<Value = Cause> {
    prop_oneof![
        Just(Cause::Wake),
        (3_u64..6).prop_map(|epoch| Cause::HandOver(Epoch::new(epoch))),
        any::<bool>().prop_map(|clean| Cause::Stopped { task_arn: TASK.to_owned(), clean }),
        (3_u64..7, 1_u32..4).prop_map(|(epoch, number)| Cause::Check { epoch: Epoch::new(epoch), number }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_start_never_breaks_a_rule(cause in causes(), seen in situations()) {
        if let Plan::Start(op) = plan(&cause, &seen, now(), POLICY) {
            prop_assert!(seen.level < Level::L3);
            prop_assert!(seen.resumable || seen.budget.is_none_or(|budget| !budget.is_spent(now())));
            let held = seen.lease.as_ref().map_or(Epoch::default(), |lease| lease.epoch);
            prop_assert_eq!(op.attempt.epoch, held.next());
            let row = seen.attempt.as_ref();
            prop_assert_eq!(op.replaces, row.map(|row| (row.epoch, row.number)));
            let same = row.filter(|row| row.epoch == op.attempt.epoch);
            prop_assert!(same.is_none_or(|row| op.attempt == *row || op.attempt.number == row.number + 1));
        }
    }

    /// Doing the same at once again changes nothing: the second reader finds the first one's row.
    #[test]
    fn whoever_reads_the_row_of_a_start_starts_nothing(cause in causes(), seen in situations()) {
        if let Plan::Start(op) = plan(&cause, &seen, now(), POLICY) {
            let attempt = Attempt { started_at: now(), ..op.attempt };
            let after = Situation { attempt: Some(attempt), ..seen };
            prop_assert!(!matches!(plan(&cause, &after, now(), POLICY), Plan::Start(_)));
        }
    }

    #[test]
    fn a_wait_ends(cause in causes(), seen in situations()) {
        if let Plan::Wait { until, .. } = plan(&cause, &seen, now(), POLICY) {
            prop_assert!(until > now());
            let then = plan(&cause, &seen, until, POLICY);
            prop_assert!(!matches!(then, Plan::Wait { until: later, .. } if later <= until), "{:?}", then);
        }
    }
}
