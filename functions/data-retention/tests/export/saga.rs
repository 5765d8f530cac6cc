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

/// Each call that can fail, and each way in which it does.
#[tokio::test]
async fn whatever_fails_it_is_tried_again_later_and_comes_to_the_same_end() {
    let calls = [
        "Scan",
        "Query",
        "GetItem",
        "GetSecretValue",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
    ];
    for (operation, fault) in calls
        .into_iter()
        .flat_map(|call| [Fault::Throttle, Fault::Status500, Fault::AnswerLost].map(|fault| (call, fault)))
    {
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

async fn is_there(world: &World) -> bool {
    matches!(state(world, 1).await, Some(CaseState::Exported { .. })) && world.object(1).await.is_some()
}

#[tokio::test]
async fn one_that_always_fails_is_given_up_and_may_be_asked_for_again() {
    let world = World::new().await;
    world.aws.fault_next("CreateMultipartUpload", Fault::Status500, 5);
    for tries in 1..=5 {
        assert!(world.run(&export(ADA, 1)).await);
        assert_eq!(state(&world, 1).await, Some(CaseState::Exporting(Exporting { tries })));
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
async fn of_two_deliveries_at_once_one_gathers_and_the_other_goes_quietly() {
    let world = World::new().await;
    let request = export(ADA, 1);
    let (one, other) = tokio::join!(world.run(&request), world.run(&request));
    assert!(one && other);
    assert!(is_there(&world).await);
}

#[tokio::test]
async fn who_was_erased_after_asking_gets_nothing_and_nothing_stays() {
    let world = World::new().await;
    let request = export(ADA, 1);
    let open = world.cases().open(Case::of(&request, now())).await.unwrap();
    // A try before it has left an object, and was killed before it said so.
    let mut upload = world.bucket().begin(&format!("exports/{}.zip", id(1))).await.unwrap();
    world.bucket().part(&mut upload, b"gathered".to_vec()).await.unwrap();
    world.bucket().complete(&upload).await.unwrap();
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
