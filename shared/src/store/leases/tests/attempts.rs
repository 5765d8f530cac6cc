use testkit::Aws;

use super::*;
use crate::domain::workers::{Attempt, AttemptEnd, Capacity, GatewaySession, StartOp, StartedBy};
use crate::store::Applied;

const TASK: &str = "arn:aws:ecs:eu-central-1:000000000000:task/timmybot/1";

fn attempts(aws: &Aws) -> Attempts {
    Attempts::new(db(aws))
}

fn attempt(number: u32) -> Attempt {
    Attempt {
        shard: SHARD,
        epoch: Epoch::new(1),
        number,
        streak: number,
        started_at: now(),
        capacity: Capacity::FargateSpot,
        task_arn: None,
        end: None,
    }
}

fn op(number: u32, replaces: Option<(Epoch, u32)>) -> StartOp {
    StartOp { attempt: attempt(number), replaces, supersedes: None }
}

async fn begin(attempts: &Attempts, op: &StartOp) {
    assert_eq!(attempts.begin(op).await.unwrap(), Applied::Done);
}

async fn last(attempts: &Attempts) -> Option<Attempt> {
    attempts.rows(SHARD, BOT, now()).await.unwrap().attempt
}

#[tokio::test]
async fn a_shard_of_which_nothing_is_known_has_no_rows() {
    let aws = Aws::start().await;
    assert_eq!(attempts(&aws).rows(SHARD, BOT, now()).await.unwrap(), Rows::default());
}

#[tokio::test]
async fn everything_about_a_shard_is_read_at_once() {
    let aws = Aws::start().await;
    let held = taken(&leases(&aws), "a", now()).await;
    begin(&attempts(&aws), &op(1, None)).await;
    IdentifyBudgets::new(db(&aws)).spend(BOT, now()).await.unwrap();
    let session =
        GatewaySession { session_id: "s".to_owned(), seq: 1, resume_url: "wss://x.invalid".to_owned() };
    GatewaySessions::new(db(&aws)).save(SHARD, &session, held.fence(), now()).await.unwrap();
    let rows = attempts(&aws).rows(SHARD, BOT, now()).await.unwrap();
    assert_eq!(rows.lease.map(|lease| lease.epoch), Some(Epoch::new(1)));
    assert_eq!((rows.attempt, rows.resumable), (Some(attempt(1)), true));
    assert_eq!(rows.budget.map(|budget| budget.used), Some(1));
    let other = attempts(&aws).rows(ShardId::new(1), BOT, now()).await.unwrap();
    assert_eq!((other.lease, other.attempt, other.resumable), (None, None, false));
}

#[tokio::test]
async fn of_two_who_planned_the_same_one_begins() {
    let aws = Aws::start().await;
    let attempts = attempts(&aws);
    assert_eq!(attempts.begin(&op(1, None)).await.unwrap(), Applied::Done);
    assert_eq!(attempts.begin(&op(1, None)).await.unwrap(), Applied::Conflict);
    let replaces = Some((Epoch::new(1), 1));
    assert_eq!(attempts.begin(&op(2, replaces)).await.unwrap(), Applied::Done);
    assert_eq!(attempts.begin(&op(2, replaces)).await.unwrap(), Applied::Conflict);
    assert_eq!(last(&attempts).await, Some(attempt(2)));
}

#[tokio::test]
async fn a_task_and_an_end_are_noted_for_the_last_try_only() {
    let aws = Aws::start().await;
    let attempts = attempts(&aws);
    let (first, second) = (StartedBy::from(&attempt(1)), StartedBy::from(&attempt(2)));
    begin(&attempts, &op(1, None)).await;
    assert_eq!(attempts.name(first, TASK).await.unwrap(), Noted::Now);
    begin(&attempts, &op(2, Some((Epoch::new(1), 1)))).await;
    assert_eq!(attempts.name(first, TASK).await.unwrap(), Noted::Superseded);
    assert_eq!(attempts.end(first, AttemptEnd::Stopped, None).await.unwrap(), Noted::Superseded);
    assert_eq!(last(&attempts).await, Some(attempt(2)));
    attempts.end(second, AttemptEnd::NoCapacity, None).await.unwrap();
    let ended = Attempt { end: Some(AttemptEnd::NoCapacity), ..attempt(2) };
    assert_eq!(last(&attempts).await, Some(ended));
}

/// The event may come before, or instead of, the answer that names the task.
#[tokio::test]
async fn an_end_names_the_task_if_nobody_has() {
    let aws = Aws::start().await;
    let attempts = attempts(&aws);
    begin(&attempts, &op(1, None)).await;
    let first = StartedBy::from(&attempt(1));
    attempts.end(first, AttemptEnd::Stopped, Some(TASK)).await.unwrap();
    let ended = Attempt { end: Some(AttemptEnd::Stopped), task_arn: Some(TASK.to_owned()), ..attempt(1) };
    assert_eq!(last(&attempts).await, Some(ended.clone()));
    attempts.end(first, AttemptEnd::Stopped, Some("another")).await.unwrap();
    assert_eq!(last(&attempts).await, Some(ended));
}
