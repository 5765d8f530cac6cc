use jiff::Timestamp;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::domain::containment::By;
use crate::ids::UserId;

const ANN: UserId = UserId::new(1);
const BEN: UserId = UserId::new(2);

fn store(aws: &Aws) -> FlagStore {
    FlagStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn act(by: UserId) -> Act {
    Act { by: by.into(), at: "2026-01-02T12:00:00Z".parse::<Timestamp>().unwrap() }
}

fn raise(level: Level) -> Move {
    Move::Raise(level, act(ANN), "leak".parse().unwrap())
}

#[tokio::test]
async fn without_a_row_nothing_is_contained() {
    let aws = Aws::start().await;
    assert_eq!(store(&aws).read().await, Ok(Containment::none()));
}

#[tokio::test]
async fn up_by_one_person_and_down_by_two() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.make(&raise(Level::L1)).await.unwrap().level(), Level::L1);
    assert_eq!(store.make(&raise(Level::L1)).await, Err(InvalidMove::NotHigher.into()));
    assert_eq!(store.make(&raise(Level::L3)).await.unwrap().level(), Level::L3);
    assert_eq!(store.make(&Move::ConfirmResume(act(BEN))).await, Err(InvalidMove::NotRequested.into()));
    assert_eq!(store.make(&Move::RequestResume(act(ANN))).await.unwrap().level(), Level::L3);
    assert_eq!(store.level().await, Ok(Level::L3));
    assert_eq!(store.make(&Move::ConfirmResume(act(ANN))).await, Err(InvalidMove::SamePerson.into()));
    assert_eq!(store.make(&Move::ConfirmResume(act(BEN))).await, Ok(Containment::none()));
    assert_eq!(store.level().await, Ok(Level::L0));
    assert_eq!(store.make(&raise(Level::L2)).await.unwrap().level(), Level::L2, "and up again");
}

/// Lifting was planned while somebody raised it further: the plan must not bring the lower level back.
#[tokio::test]
async fn a_plan_from_an_old_reading_is_a_conflict() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.make(&raise(Level::L1)).await.unwrap();
    store.make(&Move::RequestResume(act(ANN))).await.unwrap();
    let lift = store.plan(&Move::ConfirmResume(act(BEN))).await.unwrap();
    assert_eq!((lift.before.level(), lift.after.level()), (Level::L1, Level::L0));
    store.make(&raise(Level::L4)).await.unwrap();
    assert_eq!(store.apply(lift.change).await, Ok(Applied::Conflict));
    assert_eq!(store.level().await, Ok(Level::L4));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_end_at_the_highest() {
    let aws = Aws::start().await;
    let mut moves = JoinSet::new();
    for level in Level::ALL {
        let store = store(&aws);
        moves.spawn(async move {
            while let Err(FlagError::Store(StoreError::Contended { .. })) = store.make(&raise(level)).await {}
        });
    }
    moves.join_all().await;
    assert_eq!(store(&aws).level().await, Ok(Level::L5));
}

#[tokio::test]
async fn a_table_that_fails_is_not_calm() {
    let aws = Aws::start().await;
    aws.fault(Fault::Status500);
    let level = store(&aws).level().await;
    assert!(matches!(level, Err(StoreError::Unavailable { operation: "flags.read", .. })), "{level:?}");
    assert!(matches!(store(&aws).make(&raise(Level::L1)).await, Err(FlagError::Store(_))));
}

#[tokio::test]
async fn alarms_are_stored_and_go_no_further_than_they_may() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let by_alarms = |level| Move::Raise(level, Act { by: By::Alarms, ..act(ANN) }, "attack".parse().unwrap());
    assert_eq!(store.make(&by_alarms(Level::L2)).await, Err(InvalidMove::ForPeople.into()));
    store.make(&by_alarms(Level::L1)).await.unwrap();
    let flag = store.read().await.unwrap();
    assert_eq!((flag.level(), flag.raised().unwrap().act().by), (Level::L1, By::Alarms));
    store.make(&Move::RequestResume(act(ANN))).await.unwrap();
    assert_eq!(store.make(&Move::ConfirmResume(act(ANN))).await, Err(InvalidMove::SamePerson.into()));
    assert_eq!(store.make(&Move::ConfirmResume(act(BEN))).await, Ok(Containment::none()));
}

/// The flag and the end of every credential are one write: both or neither.
#[tokio::test]
async fn credentials_end_with_the_flag_or_not_at_all() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let planned = store.plan(&raise(Level::L4)).await.unwrap();
    store.make(&raise(Level::L1)).await.unwrap();
    assert_eq!(store.apply(planned.change).await, Ok(Applied::Conflict));
    for table in [Table::Sessions, Table::ApiKeys] {
        let get = store.db.client().get_item().table_name(store.db.table(table));
        let row = get.set_key(Some(cutoff::key(table))).send().await.unwrap().item;
        assert!(row.is_none(), "{table:?}");
    }
}
