//! Lost answers, lost races, broken rows.

use super::*;
use testkit::Fault;

#[tokio::test]
async fn the_same_interaction_changes_once_and_answers_the_same() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    let first = desk.run(1, &add(ANN, 2)).await.unwrap();
    let again = desk.run(1, &add(ANN, 2)).await.unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!((again.outcome, again.queue), (first.outcome, first.queue));
    // Its own effect makes the second try impossible; it is answered all the same.
    let cleared = desk.run(2, &Command::Clear).await.unwrap();
    let again = desk.run(2, &Command::Clear).await.unwrap();
    assert_eq!((again.outcome, again.repeated), (cleared.outcome, true));
    assert_eq!(desk.run(3, &Command::Clear).await, Err(QueueRefusal::Empty.into()));
}

#[tokio::test]
async fn a_lost_answer_is_found() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    aws.fault_next("TransactWriteItems", Fault::AnswerLost, 1);
    let added = desk.run(1, &add(ANN, 2)).await.unwrap();
    assert!(added.repeated);
    assert_eq!((desk.queue().await, added.queue.total()), (added.queue, 2));
    aws.fault_next("TransactWriteItems", Fault::AnswerLost, 1);
    let skipped = desk.run(2, &Command::Skip { expect: None }).await.unwrap();
    assert_eq!(skipped.queue.now().map(|now| now.slot.entry), Some(EntryId::new(1, 1)));
}

#[tokio::test]
async fn a_lost_race_is_run_again_until_the_tries_are_spent() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    aws.fault_next("TransactWriteItems", Fault::TransactionConflict, 3);
    assert!(!desk.run(1, &add(ANN, 2)).await.unwrap().repeated);
    aws.fault_next("TransactWriteItems", Fault::TransactionConflict, TRIES);
    let refused = desk.run(2, &Command::Clear).await;
    assert_eq!(refused, Err(StoreError::Contended { operation: "queue.apply" }.into()));
    assert_eq!(desk.queue().await.total(), 2);
}

#[tokio::test]
async fn a_failing_service_changes_nothing_and_is_no_empty_queue() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 2)).await.unwrap();
    // A transaction whose fate nobody knows is looked after once.
    for (operation, times) in [("Query", 1), ("TransactWriteItems", 2)] {
        aws.fault_next(operation, Fault::Status500, times);
        let refused = desk.run(2, &Command::Clear).await;
        assert!(matches!(refused, Err(QueueError::Store(StoreError::Unavailable { .. }))), "{refused:?}");
        assert_eq!(desk.queue().await.total(), 2);
    }
}

#[tokio::test]
async fn rows_of_two_moments_are_never_taken_together() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 5)).await.unwrap();
    let mut segment = rows(&aws, "q#order").await.remove(0);
    let rev: u64 = segment["rev"].as_n().unwrap().parse().unwrap();
    segment.insert("rev".to_owned(), crate::store::item::number(rev + 1));
    put(&aws, segment).await;
    assert_eq!(desk.store.view(GUILD, at(0)).await, Err(StoreError::Contended { operation: "queue.view" }));
}

#[tokio::test]
async fn a_segment_that_expired_does_not_lock_the_queue() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 5)).await.unwrap();
    let mut head = rows(&aws, "q#head").await.remove(0);
    head.insert("fresh_until".to_owned(), crate::store::item::number(at(0).as_second()));
    put(&aws, head).await;
    let segment = rows(&aws, "q#order").await.remove(0);
    let table = format!("{}-guild-queues", aws.prefix());
    let key = ["guild", "sk"].map(|name| (name.to_owned(), segment[name].clone())).into();
    aws.dynamodb().delete_item().table_name(table).set_key(Some(key)).send().await.unwrap();
    assert_eq!(desk.queue().await.total(), 1, "the current one is left");
    desk.run(2, &add(ANN, 2)).await.unwrap();
    assert_eq!(desk.queue().await.total(), 3);
}

#[tokio::test]
async fn a_broken_row_is_an_error_and_not_a_panic() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 5)).await.unwrap();
    for name in ["history", "directory", "now", "playback"] {
        let good = rows(&aws, "q#head").await.remove(0);
        let mut head = good.clone();
        let broken = aws_sdk_dynamodb::types::AttributeValue::B(vec![1, 2, 3].into());
        head.insert(name.to_owned(), broken);
        put(&aws, head).await;
        let read = desk.store.view(GUILD, at(0)).await;
        assert!(matches!(read, Err(StoreError::Corrupt { table: "guild-queues", .. })), "{name}: {read:?}");
        put(&aws, good).await;
    }
}

async fn put(aws: &Aws, item: Item) {
    let table = format!("{}-guild-queues", aws.prefix());
    aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}
