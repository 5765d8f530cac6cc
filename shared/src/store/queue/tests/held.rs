//! What a worker changes, and one that does not know yet that somebody follows it.

use super::*;
use crate::domain::workers::{LeaseTimes, ShardId};
use crate::store::leases::{Leases, Take};

async fn take(aws: &Aws, worker: &str, now: Timestamp) -> Held {
    let leases = Leases::new(Db::new(aws.dynamodb(), aws.prefix()), LeaseTimes::DEFAULT);
    match leases.take(ShardId::new(0), &worker.parse().unwrap(), now).await.unwrap() {
        Take::Mine(held) => held,
        Take::Theirs(lease) => panic!("{lease:?}"),
    }
}

async fn leave(desk: &Desk, number: u64, held: &Held) -> Result<Option<Applied>, QueueError> {
    let request = Request {
        op: OpId::Worker(number),
        command: &Command::Leave,
        now: desk.now,
        settings: &desk.settings,
        exempt: true,
        only_of: None,
    };
    desk.store.apply_held(GUILD, &request, held).await
}

#[tokio::test]
async fn a_worker_changes_the_queue_while_it_holds_the_shard() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 2)).await.unwrap();
    let held = take(&aws, "a", at(0)).await;
    let applied = leave(&desk, 1, &held).await.unwrap().unwrap();
    assert!(applied.queue.playback().away() && !applied.repeated);
    assert!(leave(&desk, 1, &held).await.unwrap().unwrap().repeated);
    assert_eq!(desk.queue().await, applied.queue);
}

/// Its time has passed, but nobody else came: what it says is still true.
#[tokio::test]
async fn a_late_worker_that_nobody_follows_still_changes_it() {
    let aws = Aws::start().await;
    let mut desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 2)).await.unwrap();
    let held = take(&aws, "a", at(0)).await;
    desk.now = at(600);
    assert!(leave(&desk, 1, &held).await.unwrap().is_some());
}

#[tokio::test]
async fn a_worker_that_was_followed_changes_nothing() {
    let aws = Aws::start().await;
    let desk = Desk::new(&aws);
    desk.run(1, &add(ANN, 2)).await.unwrap();
    let (old, new) = (take(&aws, "a", at(0)).await, take(&aws, "b", at(600)).await);
    let before = desk.queue().await;
    assert_eq!(leave(&desk, 1, &old).await, Ok(None));
    assert_eq!(desk.queue().await, before);
    assert!(leave(&desk, 1, &new).await.unwrap().is_some());
}
