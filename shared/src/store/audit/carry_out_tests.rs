use core::cell::Cell;

use jiff::Timestamp;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::domain::containment::{Act, Containment, InvalidMove, Level};
use crate::ids::UserId;
use crate::security::pseudonym::Pseudonym;
use crate::store::Db;
use crate::store::flags::{FlagError, FlagStore, Move};

const OPERATORS: &str = "operators";
const ANN: UserId = UserId::new(1);
const BEN: UserId = UserId::new(2);

fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

fn act(by: UserId) -> Act {
    Act { by: by.into(), at: now() }
}

fn raise(level: Level) -> Move {
    Move::Raise(level, act(ANN), "drill".parse().unwrap())
}

fn event(number: u64) -> AuditEvent {
    let random = Rng::fixed(number).bytes().unwrap();
    AuditEvent::new(Pseudonym::alarms(), "containment.raise", "containment", "test", now(), random)
}

/// The operators' chain and the flag. How often a move was planned is counted.
#[derive(Clone, Debug)]
struct World {
    audit: AuditStore,
    flags: FlagStore,
}

impl World {
    fn new(aws: &Aws) -> Self {
        let db = Db::new(aws.dynamodb(), aws.prefix());
        Self { audit: AuditStore::new(db.clone()), flags: FlagStore::new(db) }
    }

    async fn plan(&self, wanted: &Move) -> Result<(Change, Containment), FlagError> {
        self.flags.plan(wanted).await.map(|planned| (planned.change, planned.after))
    }

    async fn rows(&self) -> u64 {
        self.audit.head(OPERATORS).await.unwrap().seq
    }
}

#[tokio::test]
async fn the_change_is_made_with_its_row_and_what_was_planned_is_told() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    let (wanted, row) = (raise(Level::L2), event(1));
    let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || world.plan(&wanted));
    assert_eq!(done.await.unwrap().level(), Level::L2);
    assert_eq!((world.flags.level().await, world.rows().await), (Ok(Level::L2), 1));
}

#[tokio::test]
async fn a_plan_that_says_no_is_no_row() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    world.flags.make(&raise(Level::L2)).await.unwrap();
    let (wanted, row) = (raise(Level::L1), event(1));
    let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || world.plan(&wanted));
    assert_eq!(done.await, Err(CarryOutError::Plan(InvalidMove::NotHigher.into())));
    assert_eq!(world.rows().await, 0);
}

/// The flag was moved between the reading and the writing: what is written follows from what it is now.
#[tokio::test]
async fn who_lost_a_race_plans_again_from_a_new_reading() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    let (wanted, row, plans) = (raise(Level::L3), event(1), Cell::new(0));
    let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || async {
        plans.set(plans.get() + 1);
        let planned = world.flags.plan(&wanted).await?;
        if plans.get() == 1 {
            world.flags.make(&raise(Level::L1)).await?;
        }
        Ok::<_, FlagError>((planned.change, planned.before.level()))
    });
    assert_eq!(done.await, Ok(Level::L1), "what the second plan has read");
    assert_eq!((plans.get(), world.rows().await), (2, 1));
    assert_eq!(world.flags.level().await, Ok(Level::L3));
}

/// It does not raise what somebody has meanwhile raised further.
#[tokio::test]
async fn a_new_reading_may_say_no() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    let (wanted, row) = (raise(Level::L1), event(1));
    let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || async {
        let planned = world.plan(&wanted).await?;
        world.flags.make(&raise(Level::L4)).await?;
        Ok::<_, FlagError>(planned)
    });
    assert_eq!(done.await, Err(CarryOutError::Plan(InvalidMove::NotHigher.into())));
    assert_eq!((world.flags.level().await, world.rows().await), (Ok(Level::L4), 0));
}

#[tokio::test]
async fn who_loses_every_race_gives_up_and_has_written_nothing() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    world.flags.make(&raise(Level::L1)).await.unwrap();
    let (wanted, row, plans) = (Move::RequestResume(act(ANN)), event(1), Cell::new(0));
    let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || async {
        plans.set(plans.get() + 1);
        let planned = world.plan(&wanted).await?;
        world.flags.make(&Move::RequestResume(act(BEN))).await?;
        Ok::<_, FlagError>(planned)
    });
    assert_eq!(done.await, Err(CarryOutError::Contended));
    assert_eq!((plans.get(), world.rows().await), (TRIES, 0));
    let flag = world.flags.read().await.unwrap();
    assert_eq!(flag.raised().unwrap().resume(), Some(act(BEN)));
}

/// It may have happened: to plan on as if it had not would be a guess.
#[tokio::test]
async fn a_trail_that_fails_is_asked_once() {
    for fault in [Fault::Status500, Fault::Throttle, Fault::AnswerLost] {
        let aws = Aws::start().await;
        let world = World::new(&aws);
        let (wanted, row, plans) = (raise(Level::L1), event(1), Cell::new(0));
        aws.fault_next("TransactWriteItems", fault, 1);
        let done = world.audit.carry_out(OPERATORS, &row, Rng::system(), || async {
            plans.set(plans.get() + 1);
            world.plan(&wanted).await
        });
        let failed = done.await.unwrap_err();
        assert!(
            matches!(failed, CarryOutError::Store(StoreError::Unavailable { .. })),
            "{fault:?}: {failed:?}"
        );
        assert_eq!(plans.get(), 1, "{fault:?}");
        let both = if fault == Fault::AnswerLost { (Ok(Level::L1), 1) } else { (Ok(Level::L0), 0) };
        assert_eq!((world.flags.level().await, world.rows().await), both, "{fault:?}: both or neither");
    }
}

/// Each that loses a race loses it to another one of them, so none loses more than the others are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_made_one_after_the_other() {
    let aws = Aws::start().await;
    let world = World::new(&aws);
    world.flags.make(&raise(Level::L1)).await.unwrap();
    let mut working = JoinSet::new();
    for number in 0..u64::from(TRIES) {
        let world = world.clone();
        working.spawn(async move {
            let wanted = Move::RequestResume(act(UserId::new(number + 1)));
            let plan = || world.plan(&wanted);
            world.audit.carry_out(OPERATORS, &event(number), Rng::system(), plan).await
        });
    }
    let done = working.join_all().await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(world.rows().await, u64::from(TRIES));
}
