//! Starting workers, with the tables, the queue and ECS of the emulator.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::domain::containment::{Act, Level};
use shared::domain::workers::{
    Attempt, AttemptEnd, Capacity, Epoch, LeaseTimes, SessionStartLimit, ShardId, WorkerId,
};
use shared::ids::{ApplicationId, UserId};
use shared::messages::StartCheck;
use shared::store::Db;
use shared::store::flags::{FlagStore, Move};
use shared::store::leases::{Attempts, Held, IdentifyBudgets, Leases, Renewal, Take};
use testkit::{Fault, Refusal};
use voice_supervisor::{Answer, Failure, Outcome, StartError, handle};

use super::{REQUEST, World, deadline, event};

const SHARD: ShardId = ShardId::new(0);
const SPOT: &str = "FARGATE_SPOT";

fn db(world: &World) -> Db {
    Db::new(world.aws.dynamodb(), world.aws.prefix())
}

async fn invoke(world: &World, event: Value, now: Timestamp) -> Result<Outcome, Failure> {
    match handle(&world.app(now), event, REQUEST).await? {
        Answer::Shard(outcome) => Ok(outcome),
        Answer::Messages(messages) => panic!("{messages:?}"),
    }
}

pub(crate) async fn wake(world: &World, now: Timestamp) -> Result<Outcome, Failure> {
    invoke(world, json!({ "type": "wake", "version": 1, "shard": 0 }), now).await
}

/// Makes every call that starting can make: a try that is overdue is replaced and its task stopped.
pub(crate) async fn start_and_replace(world: &World, now: Timestamp) {
    assert_eq!(check(world, 1, 1, now + 92.seconds()).await, Vec::<String>::new());
}

/// Delivers a check; what has to come again.
async fn check(world: &World, epoch: u64, attempt: u32, now: Timestamp) -> Vec<String> {
    let body = StartCheck::new(SHARD, Epoch::new(epoch), attempt).to_body().unwrap();
    super::failed(&world.app(now), event([(1, body)])).await
}

async fn stopped(
    world: &World,
    task: &str,
    code: &str,
    exit: i64,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let attempt = last(world).await;
    let detail = json!({
        "taskArn": task, "lastStatus": "STOPPED", "stopCode": code, "stoppedReason": "Capacity is unavailable",
        "startedBy": format!("voice/0/{}/{}", attempt.epoch, attempt.number), "containers": [{ "exitCode": exit }],
    });
    let event = json!({ "source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": detail });
    invoke(world, event, now).await
}

async fn last(world: &World) -> Attempt {
    let rows = Attempts::new(db(world)).rows(SHARD, ApplicationId::new(7), deadline()).await.unwrap();
    rows.attempt.unwrap()
}

/// A worker that took the shard and has a session in `sessions` guilds.
async fn holds(world: &World, worker: &str, sessions: u32, now: Timestamp) -> Held {
    let leases = Leases::new(db(world), LeaseTimes::DEFAULT);
    let name: WorkerId = worker.parse().unwrap();
    let Take::Mine(held) = leases.take(SHARD, &name, now).await.unwrap() else { panic!("held by another") };
    match leases.renew(&held, sessions, now).await.unwrap() {
        Renewal::Renewed { held, .. } => held,
        Renewal::Lost => panic!("lost"),
    }
}

/// The checks that wait in the queue.
async fn checks(world: &World) -> usize {
    let attributes = world.aws.sqs().get_queue_attributes().queue_url(world.aws.queue_url("reply-deadline"));
    let name = aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessagesDelayed;
    let answer = attributes.attribute_names(name.clone()).send().await.unwrap();
    answer.attributes().unwrap()[&name].parse().unwrap()
}

#[tokio::test]
async fn a_wake_starts_one_task_however_often_it_comes() {
    let world = World::new().await;
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Started));
    for seconds in [0, 10, 89] {
        let again = wake(&world, deadline() + seconds.seconds()).await;
        assert_eq!(again, Ok(Outcome::Nothing("starting")));
    }
    let tasks = world.aws.ecs().task_arns();
    let attempt = last(&world).await;
    assert_eq!((tasks.len(), attempt.task_arn), (1, tasks.first().cloned()));
    assert_eq!(checks(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_wakes_at_once_start_one_task() {
    let world = World::new().await;
    let mut all = Vec::new();
    for _ in 0..20 {
        all.push(wake(&world, deadline()));
    }
    let mut started = 0;
    for outcome in futures_of(all).await {
        started += usize::from(outcome == Ok(Outcome::Started));
    }
    assert_eq!((started, world.aws.ecs().task_arns().len()), (1, 1));
}

/// All of them, polled together.
async fn futures_of<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    core::future::poll_fn(|context| {
        for (future, output) in pinned.iter_mut().filter(|(_, output)| output.is_none()) {
            if let core::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if pinned.iter().all(|(_, output)| output.is_some()) {
            core::task::Poll::Ready(())
        } else {
            core::task::Poll::Pending
        }
    })
    .await;
    pinned.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn a_live_worker_is_left_alone() {
    let world = World::new().await;
    holds(&world, "w", 0, deadline()).await;
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Nothing("live")));
    assert!(world.aws.ecs().task_arns().is_empty());
    assert_eq!(wake(&world, deadline() + 15.seconds()).await, Ok(Outcome::Started));
}

#[tokio::test]
async fn the_task_is_told_its_shard_and_who_started_it() {
    let world = World::new().await;
    wake(&world, deadline()).await.unwrap();
    let tasks = world.aws.ecs().task_arns();
    let described = world.aws.ecs().described(&tasks[0]).unwrap();
    assert_eq!(
        (&described["startedBy"], &described["capacityProviderName"]),
        (&json!("voice/0/1/1"), &json!(SPOT))
    );
    assert_eq!(world.aws.ecs().environment(&tasks[0]).unwrap()["SHARD_ID"], "0");
}

#[tokio::test]
async fn without_spot_the_same_wake_goes_to_full_price() {
    let world = World::new().await;
    world.aws.ecs().refuse(SPOT, Refusal::AtOnce, 1);
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Started));
    let attempt = last(&world).await;
    assert_eq!((attempt.number, attempt.capacity), (2, Capacity::Fargate));
    assert_eq!(world.aws.ecs().task_arns().len(), 1);
}

#[tokio::test]
async fn spot_that_is_refused_later_goes_to_full_price_by_the_event() {
    let world = World::new().await;
    wake(&world, deadline()).await.unwrap();
    let task = last(&world).await.task_arn.unwrap();
    let outcome = stopped(&world, &task, "TaskFailedToStart", 0, deadline() + 20.seconds()).await;
    assert_eq!(outcome, Ok(Outcome::Started));
    assert_eq!(last(&world).await.capacity, Capacity::Fargate);
}

#[tokio::test]
async fn with_no_capacity_at_all_it_is_looked_at_again_later() {
    let world = World::new().await;
    world.aws.ecs().refuse(SPOT, Refusal::AtOnce, 1);
    world.aws.ecs().refuse("FARGATE", Refusal::AtOnce, 1);
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Waiting("back_off")));
    assert_eq!(last(&world).await.end, Some(AttemptEnd::NoCapacity));
    assert_eq!(checks(&world).await, 3, "one a try and one for the wait");
    assert!(check(&world, 1, 2, deadline() + 10.seconds()).await.is_empty());
    assert_eq!((last(&world).await.number, world.aws.ecs().task_arns().len()), (3, 1));
}

#[tokio::test]
async fn a_task_that_hangs_is_replaced_and_stopped() {
    let world = World::new().await;
    wake(&world, deadline()).await.unwrap();
    assert!(check(&world, 1, 1, deadline() + 92.seconds()).await.is_empty());
    let tasks = world.aws.ecs().task_arns();
    assert_eq!(tasks.len(), 2);
    let described = |task: &str| world.aws.ecs().described(task).unwrap()["desiredStatus"].clone();
    assert_eq!((described(&tasks[0]), described(&tasks[1])), (json!("STOPPED"), json!("RUNNING")));
    assert!(check(&world, 1, 1, deadline() + 93.seconds()).await.is_empty(), "delivered twice");
    assert_eq!(world.aws.ecs().task_arns().len(), 2);
}

#[tokio::test]
async fn a_killed_worker_is_replaced_while_somebody_listens() {
    for (sessions, outcome) in [(1, Outcome::Started), (0, Outcome::Nothing("not_wanted"))] {
        let world = World::new().await;
        wake(&world, deadline()).await.unwrap();
        let task = last(&world).await.task_arn.unwrap();
        holds(&world, &task, sessions, deadline()).await;
        let killed = stopped(&world, &task, "EssentialContainerExited", 137, deadline() + 2.seconds()).await;
        assert_eq!(killed, Ok(outcome));
        assert_eq!(world.aws.ecs().task_arns().len(), if sessions == 0 { 1 } else { 2 });
    }
}

#[tokio::test]
async fn a_worker_that_has_to_go_gets_one_successor() {
    let world = World::new().await;
    let held = holds(&world, "old", 1, deadline()).await;
    let ask = json!({ "type": "hand_over", "version": 1, "shard": 0, "epoch": held.epoch().get() });
    assert_eq!(invoke(&world, ask.clone(), deadline()).await, Ok(Outcome::Started));
    assert_eq!(invoke(&world, ask, deadline() + 10.seconds()).await, Ok(Outcome::Nothing("starting")));
    assert_eq!(last(&world).await.epoch, Epoch::new(2));
}

/// SPEC T33, P12.
#[tokio::test]
async fn containment_and_a_spent_budget_start_nothing() {
    let world = World::new().await;
    let act = Act { by: UserId::new(1).into(), at: deadline() };
    let raise = Move::Raise(Level::L3, act, "leak".parse().unwrap());
    FlagStore::new(db(&world)).make(&raise).await.unwrap();
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Nothing("contained")));
    let world = World::new().await;
    let limit =
        SessionStartLimit { total: 1000, remaining: 100, reset_after: jiff::SignedDuration::from_hours(1) };
    IdentifyBudgets::new(db(&world)).learn(ApplicationId::new(7), limit, deadline()).await.unwrap();
    assert_eq!(wake(&world, deadline()).await, Ok(Outcome::Waiting("identify_budget")));
    assert_eq!((world.aws.ecs().task_arns().len(), checks(&world).await), (0, 0));
}

#[tokio::test]
async fn what_fails_comes_again_and_is_then_done_once() {
    let world = World::new().await;
    world.aws.fault(Fault::Throttle);
    assert!(matches!(wake(&world, deadline()).await, Err(Failure::Start(StartError::Store(_)))));
    world.aws.fault(Fault::None);
    world.aws.fault_next("UpdateItem", Fault::Status500, 1);
    assert!(wake(&world, deadline()).await.is_err(), "the task runs, and its name could not be noted");
    assert_eq!(
        wake(&world, deadline() + 60.seconds()).await,
        Ok(Outcome::Started),
        "the same token, the same task"
    );
    let tasks = world.aws.ecs().task_arns();
    assert_eq!((tasks.len(), last(&world).await.task_arn), (1, tasks.first().cloned()));
}

#[tokio::test]
async fn unknown_events_and_shards_are_errors_that_the_log_names() {
    let world = World::new().await;
    for event in [json!({}), json!({ "type": "wake", "version": 2, "shard": 0 }), json!("x")] {
        assert!(matches!(invoke(&world, event, deadline()).await, Err(Failure::Unknown(_))));
    }
    let shard = invoke(&world, json!({ "type": "wake", "version": 1, "shard": 1 }), deadline()).await;
    assert_eq!(shard, Err(Failure::Start(StartError::NoSuchShard)));
    let codes = ["unknown", "no_such_shard"];
    assert!(
        codes.iter().all(|code| world.log.lines().iter().any(|line| line["code"] == *code)),
        "{}",
        world.log.text()
    );
    let foreign = json!({
        "source": "aws.ecs", "detail-type": "ECS Task State Change",
        "detail": { "taskArn": "t", "lastStatus": "STOPPED", "startedBy": "somebody" },
    });
    assert_eq!(invoke(&world, foreign, deadline()).await, Ok(Outcome::Nothing("foreign")));
}
