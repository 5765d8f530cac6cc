//! How an export comes about: once a day, whatever fails and whoever is killed, and never after an erasure.

use core::time::Duration;

use jiff::ToSpan as _;
use shared::clock::Clock;
use shared::messages::PrivacyAction;
use shared::privacy::{Case, CaseState, DataSubject, Exporting};
use testkit::Fault;

use super::rows::fill;
use super::world::{ADA, GRACE, World, export, id, list, now};

const SUBJECT: DataSubject = DataSubject::User(ADA);

async fn state(world: &World, byte: u8) -> Option<CaseState> {
    world.case(ADA, byte).await.map(|case| case.state)
}

#[tokio::test]
async fn it_lies_there_for_a_week_and_the_message_is_done_with() {
    let world = World::new().await;
    let before = now();
    assert!(world.run(&export(ADA, 1)).await);
    let Some(CaseState::Exported { key, until }) = state(&world, 1).await else { panic!() };
    assert_eq!(key, format!("exports/{}.zip", id(1)));
    let week = until.duration_since(before).as_hours();
    assert_eq!((week, world.waiting().await), (7 * 24, 0));
}

#[tokio::test]
async fn a_second_one_within_a_day_is_refused_and_says_which_was_the_first() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await && world.run(&export(ADA, 2)).await);
    assert_eq!(state(&world, 2).await, Some(CaseState::Refused { instead: id(1) }));
    assert_eq!(world.object(2).await, None);
    assert!(world.run(&export(GRACE, 3)).await);
    assert!(world.object(3).await.is_some(), "another's is another matter");
    let tomorrow = Clock::fixed(now() + 25.hours());
    assert!(world.deliver_at(export(ADA, 4).to_body().unwrap(), tomorrow).await);
    assert!(world.object(4).await.is_some());
}

#[tokio::test]
async fn a_message_that_comes_twice_gathers_once() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    let first = (state(&world, 1).await, world.object(1).await);
    world.aws.record_calls();
    assert!(world.run(&export(ADA, 1)).await);
    let calls = world.aws.take_calls();
    assert!(calls.iter().all(|call| call.operation != "Scan" && call.operation != "UploadPart"), "{calls:?}");
    assert_eq!((state(&world, 1).await, world.object(1).await), first);
}

/// Each call that can fail.
const CALLS: [&str; 8] = [
    "Scan",
    "Query",
    "GetItem",
    "PutItem",
    "GetSecretValue",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
];

/// Each way in which it does.
const FAULTS: [Fault; 5] =
    [Fault::Throttle, Fault::Status500, Fault::AnswerLost, Fault::AccessDenied, Fault::Hang];

#[tokio::test]
async fn whatever_fails_it_is_tried_again_later_and_comes_to_the_same_end() {
    for (operation, fault) in CALLS.into_iter().flat_map(|call| FAULTS.map(|fault| (call, fault))) {
        let world = World::new().await;
        fill(&world, ADA, "ada").await;
        world.aws.fault_next(operation, fault, 1);
        let done = world.run(&export(ADA, 1)).await;
        // Either the message comes again, or what goes on with it is in the queue.
        assert!(!done || world.waiting().await == 1 || is_there(&world).await, "{operation} {fault:?}");
        for _ in 0..3 {
            world.run(&export(ADA, 1)).await;
        }
        assert!(is_there(&world).await, "{operation} {fault:?}");
        let zip = world.object(1).await.unwrap();
        assert_eq!(list(&zip, "account-links").len(), 2, "{operation} {fault:?}");
    }
}

/// A role that lacks a right fails each time, until somebody mends it.
#[tokio::test]
async fn what_the_role_does_not_allow_is_told_and_never_passed_over() {
    for operation in CALLS {
        let world = World::new().await;
        fill(&world, ADA, "ada").await;
        world.aws.fault_next(operation, Fault::AccessDenied, u32::MAX);
        let mut done = 0;
        for _ in 0..3 {
            done += u64::from(world.run(&export(ADA, 1)).await);
        }
        world.aws.mend();
        assert_eq!(world.waiting().await, done, "{operation}: what was deleted is followed by another");
        assert!(!is_there(&world).await && world.object(1).await.is_none(), "{operation}");
        assert!(world.log.text().contains("AccessDenied"), "{operation}: {}", world.log.text());
        assert!(world.run(&export(ADA, 1)).await);
        assert!(is_there(&world).await, "{operation}");
    }
}

/// A client of the function asks again by itself, and is refused for what it has done: that is nobody else's turn.
#[tokio::test]
async fn an_answer_that_is_lost_on_the_way_does_not_end_it() {
    for before in 0..4 {
        let world = World::trying_again().await;
        fill(&world, ADA, "ada").await;
        world.aws.fault_next("PutItem", Fault::None, before);
        world.aws.fault_next("PutItem", Fault::AnswerLost, 1);
        assert!(world.run(&export(ADA, 1)).await, "{before}");
        assert!(is_there(&world).await, "{before}: {:?}", state(&world, 1).await);
    }
}

#[tokio::test]
async fn a_message_stays_if_what_goes_on_with_it_cannot_be_sent() {
    let world = World::new().await;
    world.aws.fault_next("CreateMultipartUpload", Fault::Status500, 1);
    world.aws.fault_next("SendMessage", Fault::AccessDenied, 1);
    assert!(!world.run(&export(ADA, 1)).await);
    assert_eq!((state(&world, 1).await, world.waiting().await), (Some(tried(1)), 0));
    assert!(world.run(&export(ADA, 1)).await);
    assert!(is_there(&world).await);
}

const fn tried(tries: u32) -> CaseState {
    CaseState::Exporting(Exporting { tries })
}

/// A try has left an object, and was killed before it said so.
async fn leave_an_object(world: &World) {
    let mut upload = world.bucket().begin(&format!("exports/{}.zip", id(1))).await.unwrap();
    world.bucket().part(&mut upload, b"gathered".to_vec()).await.unwrap();
    world.bucket().complete(&upload).await.unwrap();
}

/// It has been tried so often.
async fn try_in_vain(world: &World, tries: u32) {
    let open = world.cases().open(Case::of(&export(ADA, 1), now())).await.unwrap();
    world.cases().save(&open, Case { state: tried(tries), ..open.case.clone() }).await.unwrap();
}

#[tokio::test]
async fn it_is_not_given_up_before_what_it_has_left_is_deleted() {
    for operation in ["ListObjectVersions", "DeleteObject", "DeleteItem"] {
        let world = World::new().await;
        leave_an_object(&world).await;
        try_in_vain(&world, 5).await;
        world.aws.fault_next(operation, Fault::AccessDenied, u32::MAX);
        assert!(!world.run(&export(ADA, 1)).await, "{operation}");
        world.aws.mend();
        assert_eq!(state(&world, 1).await, Some(tried(5)), "{operation}");
        assert!(world.run(&export(ADA, 1)).await);
        assert!(matches!(state(&world, 1).await, Some(CaseState::Failed { .. })), "{operation}");
        assert_eq!(world.object(1).await, None, "{operation}");
    }
}

/// The one who gathers is slow; the message comes again, and whoever has it then has seen enough tries.
#[tokio::test]
async fn who_comes_to_an_end_after_another_has_given_up_leaves_nothing() {
    let world = World::new().await;
    fill(&world, ADA, "ada").await;
    try_in_vain(&world, 4).await;
    let request = export(ADA, 1);
    let mut slow = core::pin::pin!(world.run(&request));
    while state(&world, 1).await != Some(tried(5)) {
        tokio::select! {
            biased;
            _ = &mut slow => panic!("it has ended before it began"),
            () = tokio::task::yield_now() => {}
        }
    }
    assert!(world.run(&request).await);
    let given_up = state(&world, 1).await;
    assert!(matches!(given_up, Some(CaseState::Failed { .. })), "{given_up:?}");
    assert!(slow.await, "nothing is left to do");
    assert_eq!((world.object(1).await, state(&world, 1).await), (None, given_up));
    // Nor has it taken the day's turn.
    assert!(world.run(&export(ADA, 2)).await);
    assert!(world.object(2).await.is_some());
}

async fn is_there(world: &World) -> bool {
    matches!(state(world, 1).await, Some(CaseState::Exported { .. })) && world.object(1).await.is_some()
}

#[tokio::test]
async fn one_that_always_fails_is_given_up_and_may_be_asked_for_again() {
    let world = World::new().await;
    world.aws.fault_next("CreateMultipartUpload", Fault::Status500, 5);
    for tries in 1..=5 {
        assert!(world.run(&export(ADA, 1)).await);
        assert_eq!(state(&world, 1).await, Some(tried(tries)));
        assert_eq!(world.waiting().await, u64::from(tries));
    }
    assert!(world.run(&export(ADA, 1)).await);
    assert!(matches!(state(&world, 1).await, Some(CaseState::Failed { .. })));
    assert_eq!(world.waiting().await, 5, "nothing goes on");
    assert!(world.run(&export(ADA, 2)).await);
    assert!(world.object(2).await.is_some() && world.object(1).await.is_none());
}

/// The future is dropped at each of its first waits, as a killed process would.
#[tokio::test]
async fn killed_anywhere_the_next_delivery_makes_it_whole() {
    for millis in [0, 1, 2, 5, 10, 20, 40, 80] {
        let world = World::new().await;
        fill(&world, ADA, "ada").await;
        let _ = tokio::time::timeout(Duration::from_millis(millis), world.run(&export(ADA, 1))).await;
        assert!(world.run(&export(ADA, 1)).await);
        assert!(is_there(&world).await, "{millis}");
        let zip = world.object(1).await.unwrap();
        assert_eq!((list(&zip, "users").len(), list(&zip, "sessions").len()), (1, 1), "{millis}");
    }
}

#[tokio::test]
async fn two_deliveries_at_once_come_to_one_end() {
    let world = World::new().await;
    let request = export(ADA, 1);
    let (one, other) = tokio::join!(world.run(&request), world.run(&request));
    assert!(one && other);
    assert!(is_there(&world).await);
    assert_eq!(world.waiting().await, 0, "nothing goes on");
}

#[tokio::test]
async fn who_was_erased_after_asking_gets_nothing_and_nothing_stays() {
    let world = World::new().await;
    let request = export(ADA, 1);
    let open = world.cases().open(Case::of(&request, now())).await.unwrap();
    leave_an_object(&world).await;
    world.cases().bury(SUBJECT, open.case.asked_at + 1.millisecond()).await.unwrap();
    assert!(world.run(&request).await);
    assert!(matches!(state(&world, 1).await, Some(CaseState::Failed { .. })));
    assert_eq!(world.object(1).await, None);
    // A request from after it is one like any other.
    assert!(world.deliver_at(export(ADA, 2).to_body().unwrap(), Clock::fixed(now() + 1.second())).await);
    assert!(world.object(2).await.is_some());
}

#[tokio::test]
async fn what_is_no_export_of_ours_is_left_alone() {
    let world = World::new().await;
    let open = world.cases().open(Case::of(&export(ADA, 1), now())).await.unwrap();
    let over = CaseState::Erased { at: now(), receipt: "signed".to_owned() };
    world.cases().save(&open, Case { state: over.clone(), ..open.case.clone() }).await.unwrap();
    assert!(world.run(&export(ADA, 1)).await);
    assert_eq!((state(&world, 1).await, export(ADA, 1).action()), (Some(over), PrivacyAction::Export));
}
