//! Whatever fails and wherever it is killed, it comes to the same end, and nothing is passed over.

use core::time::Duration;
use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _};
use shared::privacy::{Case, CaseState, Revocation};
use testkit::Fault;

use super::world::{ADA, BEN, GUILD, OTHER, World, erasure, now};

/// Every call that an erasure makes.
async fn operations() -> BTreeSet<String> {
    let world = filled().await;
    world.aws.record_calls();
    world.erase(&erasure(ADA), now()).await;
    world.aws.take_calls().into_iter().map(|call| call.operation).collect()
}

async fn filled() -> World {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.approve(GUILD, ADA, BEN, now()).await;
    world
}

async fn is_over(world: &World, at: Timestamp) -> bool {
    matches!(world.case(&erasure(ADA), at).await, Some(Case { state: CaseState::Erased { .. }, .. }))
}

/// Each way in which a call fails.
const FAULTS: [Fault; 5] =
    [Fault::Status500, Fault::Throttle, Fault::AnswerLost, Fault::AccessDenied, Fault::Hang];

async fn nothing_is_left(world: &World, what: &str) {
    let left = world.mentions(ADA.get()).await;
    let left: Vec<String> = left.into_iter().filter(|row| !row.contains("epoch#")).collect();
    assert_eq!(left, Vec::<String>::new(), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_may_fail_in_each_way() {
    // The log key is none of an erasure's calls; secrets are read for it, and for what is told.
    for operation in operations().await {
        for fault in FAULTS {
            let world = filled().await;
            let what = format!("{operation} {fault:?}");
            world.aws.fault_next(&operation, fault, 1);
            let mut at = now();
            // Twice before anybody else looks, so that the fault is met by the function.
            world.deliver(&erasure(ADA), at).await;
            loop {
                at += 121.seconds();
                world.deliver(&erasure(ADA), at).await;
                if is_over(&world, at).await {
                    break;
                }
                assert!(at < now() + 30.minutes(), "{what} has no end: {}", world.log.text());
            }
            nothing_is_left(&world, &what).await;
        }
    }
}

/// A client of the function asks again by itself, and is refused for what it has done: that is nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_on_the_way_does_not_end_it() {
    for operation in operations().await {
        let mut world = filled().await;
        world.support.sdk = testkit::retrying(&world.support.sdk);
        world.aws.fault_next(&operation, Fault::AnswerLost, 1);
        world.erase(&erasure(ADA), now()).await;
        nothing_is_left(&world, &operation).await;
    }
}

/// A role that lacks a right fails each time, until somebody mends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_role_does_not_allow_is_told_and_never_passed_over() {
    for operation in operations().await {
        let world = filled().await;
        world.aws.fault_next(&operation, Fault::AccessDenied, u32::MAX);
        let (mut at, mut done) = (now(), 0);
        for _ in 0..4 {
            done += u64::from(world.deliver(&erasure(ADA), at).await);
            at += 121.seconds();
        }
        world.aws.mend();
        assert!(world.log.text().contains("AccessDenied"), "{operation}: {}", world.log.text());
        if is_over(&world, at).await {
            nothing_is_left(&world, &operation).await;
        } else {
            let next = world.aws.messages("privacy").await;
            assert_eq!(next, done, "{operation}: what was deleted is followed by another");
        }
        let receipt = world.erase(&erasure(ADA), at).await;
        assert!(
            receipt.revocations.values().all(|told| *told == Revocation::Done),
            "{operation}: {receipt:?}"
        );
        nothing_is_left(&world, &operation).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_call_is_told_and_the_message_comes_again() {
    let world = filled().await;
    world.aws.fault(Fault::Status500);
    assert!(!world.deliver(&erasure(ADA), now()).await);
    world.aws.fault(Fault::None);
    assert!(world.log.text().contains("erase.case"), "{}", world.log.text());
    world.erase(&erasure(ADA), now()).await;
    nothing_is_left(&world, "after all failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_the_next_one_goes_on() {
    let world = filled().await;
    world.fill(BEN, OTHER, now()).await;
    let (mut at, mut killed) = (now(), 0);
    // Each try lives a little longer than the one before: sooner or later each await has been the last.
    for millis in (1..).step_by(3) {
        let app = world.app(at);
        let request = erasure(ADA);
        let delivered = world.deliver_to(&app, &request, at);
        if tokio::time::timeout(Duration::from_millis(millis), delivered).await.is_err() {
            killed += 1;
        } else {
            at += 121.seconds();
        }
        if is_over(&world, at).await {
            break;
        }
    }
    assert!(killed > 3, "{killed}");
    nothing_is_left(&world, "killed").await;
    assert!(world.vault().read(BEN).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_do_what_one_does() {
    let world = std::sync::Arc::new(filled().await);
    for at in [now(), now() + 121.seconds(), now() + 242.seconds(), now() + 363.seconds()] {
        let running = (0..6).map(|_| {
            let world = std::sync::Arc::clone(&world);
            tokio::spawn(async move { world.deliver(&erasure(ADA), at).await })
        });
        for one in running.collect::<Vec<_>>() {
            one.await.unwrap();
        }
    }
    world.erase(&erasure(ADA), now() + 10.minutes()).await;
    nothing_is_left(&world, "many at once").await;
}

#[tokio::test]
async fn a_message_that_is_none_of_ours_comes_again_until_somebody_looks() {
    let world = World::new().await;
    let event =
        serde_json::json!({ "Records": [{ "messageId": "m", "body": "{}", "eventSource": "aws:sqs" }] });
    let answer = data_retention::handle(&world.app(now()), event, &super::world::invocation(now())).await;
    let answer = serde_json::to_string(&answer.unwrap()).unwrap();
    assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"m"}]}"#);
}

#[tokio::test]
async fn without_time_left_it_goes_on_with_the_next_message() {
    let world = filled().await;
    let app = world.app(now());
    let invocation =
        data_retention::Invocation { deadline: now() + 30.seconds(), ..super::world::invocation(now()) };
    let answer =
        data_retention::handle(&app, super::world::message(&erasure(ADA)), &invocation).await.unwrap();
    assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"batchItemFailures":[]}"#);
    let received = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("privacy"));
    let messages = received.send().await.unwrap().messages.unwrap();
    assert_eq!(messages[0].body(), Some(erasure(ADA).to_body().unwrap().as_str()));
}
