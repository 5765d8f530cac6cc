//! Every five minutes, whether anything is open or not.

use shared::domain::containment::{Act, By, Level};
use shared::domain::incident::Alert;
use shared::ids::UserId;
use shared::security::suspicion::{Counts, Kind};
use shared::store::flags::{FlagStore, Move};
use shared::store::suspicion::SuspicionStore;
use testkit::Fault;

use super::world::{World, alarm, at, fixture};

/// The scores that the log tells, the oldest first.
fn scores(world: &World) -> Vec<u64> {
    world.log.lines().iter().filter_map(|line| line["suspicious_activity"].as_u64()).collect()
}

async fn watch(world: &World, second: i64) {
    world.invoke(second, fixture("watch")).await.unwrap();
}

/// SPEC T24: nobody has to have noticed anything before it is computed.
#[tokio::test]
async fn the_score_is_told_while_nothing_is_open() {
    let world = World::new().await;
    watch(&world, 0).await;
    let odd = Counts::default().with(Kind::Denied, 7);
    SuspicionStore::new(world.db()).add(&odd, at(30)).await.unwrap();
    watch(&world, 300).await;
    assert_eq!(scores(&world), [0, 7]);
    world.tick(330).await.unwrap();
    assert_eq!(scores(&world).len(), 2, "the other beat has something else to do");
}

/// What it costs is written down in `docs/OPERATIONS.md` by these calls.
#[tokio::test]
async fn while_nothing_is_open_it_reads_a_little_and_writes_nothing() {
    let world = World::new().await;
    world.aws.record_calls();
    watch(&world, 0).await;
    let mut called: Vec<_> = world.aws.take_calls().into_iter().map(|call| call.operation).collect();
    called.sort_unstable();
    assert_eq!(called, ["GetItem", "GetItem", "GetSecretValue", "Query", "Query"]);
    assert_eq!((world.ticks().await, world.notices()), (false, 0));
}

/// Whoever wrote the incident was killed before they contained the bot, told anybody or turned the tick on, and nobody has
/// heard of it again.
#[tokio::test]
async fn what_somebody_died_over_is_made_good() {
    let world = World::new().await;
    world.begin(Alert::UnderAttack).await;
    assert_eq!((world.ticks().await, world.level().await), (false, Level::L0));
    watch(&world, 300).await;
    assert_eq!((world.ticks().await, world.level().await, world.told("p0").len()), (true, Level::L1, 1));
}

/// The order that the account follows a flag may be lost as well.
#[tokio::test]
async fn a_flag_that_nothing_follows_is_followed() {
    let world = World::new().await;
    let by = Act { by: By::Person(UserId::new(80_351_110_224_678_912)), at: at(0) };
    let raise = Move::Raise(Level::L2, by, "by hand".parse().unwrap());
    FlagStore::new(world.db()).make(&raise).await.unwrap();
    world.aws.record_calls();
    watch(&world, 300).await;
    let called: Vec<_> = world.aws.take_calls().into_iter().map(|call| call.operation).collect();
    assert!(called.iter().any(|operation| operation == "UpdateEventSourceMapping"), "{called:?}");
}

#[tokio::test]
async fn both_beats_in_the_same_minute_tell_once() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let (ticked, watched) = tokio::join!(world.tick(300), world.invoke(300, fixture("watch")));
    assert!(ticked.is_ok() && watched.is_ok(), "{ticked:?} {watched:?}");
    assert_eq!((world.told("p1").len(), world.ticks().await), (1, true));
}

#[tokio::test]
async fn a_score_that_cannot_be_had_holds_nothing_up_and_a_table_that_is_down_is_a_failure() {
    let world = World::new().await;
    world.begin(Alert::AuthFailures).await;
    world.aws.fault_next("Query", Fault::Status500, 1);
    watch(&world, 300).await;
    assert_eq!((scores(&world).len(), world.told("p1").len()), (0, 1));
    world.aws.fault(Fault::Status500);
    let failed = world.invoke(600, fixture("watch")).await;
    world.aws.fault(Fault::None);
    assert!(failed.is_err(), "Lambda brings it again, and the watchdog counts it");
}
