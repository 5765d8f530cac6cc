//! What is urgent contains the bot by itself, as far as it may (SPEC T33).

use shared::domain::access::Reason;
use shared::domain::containment::{Act, By, Level};
use shared::domain::incident::{self, Alert, Happening};
use shared::ids::UserId;
use shared::messages::Order;
use shared::store::flags::{FlagStore, Move};

use super::world::{World, alarm, at};

const ANN: UserId = UserId::new(80_351_110_224_678_912);
const BEN: UserId = UserId::new(80_351_110_224_678_913);

fn act(user: UserId, second: i64) -> Act {
    Act { by: By::Person(user), at: at(second) }
}

async fn make(world: &World, wanted: Move) {
    FlagStore::new(world.db()).make(&wanted).await.unwrap();
}

async fn resume(world: &World, second: i64) {
    make(world, Move::RequestResume(act(ANN, second))).await;
    make(world, Move::ConfirmResume(act(BEN, second + 1))).await;
}

fn reason() -> Reason {
    "by hand".parse().unwrap()
}

fn happened(incident: &incident::Incident, wanted: &Happening) -> bool {
    incident.timeline.iter().any(|entry| entry.what == *wanted)
}

#[tokio::test]
async fn under_attack_the_bot_pauses_itself_keeps_evidence_and_tells_at_once() {
    let world = World::new().await;
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    assert_eq!((world.level().await, world.audited().await), (Level::L1, 1));
    let flag = FlagStore::new(world.db()).read().await.unwrap();
    let raised = flag.raised().unwrap();
    assert_eq!(raised.act(), Act { by: By::Alarms, at: at(0) });
    let incident = world.only().await;
    assert_eq!(raised.reason().as_str(), format!("incident {}", incident.id.short()));
    assert_eq!(incident.contained, Level::L1);
    assert!(happened(&incident, &Happening::Contained(1)) && happened(&incident, &Happening::Told(1)));
    let evidence = |entry: &&incident::Entry| matches!(entry.what, Happening::Evidence(_));
    assert_eq!(incident.timeline.iter().filter(evidence).count(), 1, "{:?}", incident.timeline);
    assert_eq!((world.told("p0").len(), incident.owed), (1, None));
}

#[tokio::test]
async fn what_is_less_urgent_contains_nothing() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    assert_eq!((world.level().await, world.audited().await), (Level::L0, 0));
}

#[tokio::test]
async fn a_flag_that_is_higher_already_stays_and_the_incident_says_so() {
    let world = World::new().await;
    make(&world, Move::Raise(Level::L2, act(ANN, -60), reason())).await;
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    assert_eq!((world.level().await, world.audited().await), (Level::L2, 0));
    assert_eq!(world.only().await.contained, Level::L1);
    assert_eq!(world.told("p0").len(), 1);
}

/// Resuming is for people. While the attack goes on it would otherwise be a tug of war.
#[tokio::test]
async fn what_people_resumed_stays_resumed() {
    let world = World::new().await;
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    resume(&world, 60).await;
    assert!(world.order(62, Order::Contain { incident: None }).await);
    assert!(happened(&world.only().await, &Happening::Restored));
    world.invoke(120, alarm("UnderAttack", "ALARM", 119)).await.unwrap();
    world.tick(300).await.unwrap();
    assert_eq!(world.level().await, Level::L0);
}

#[tokio::test]
async fn an_attack_that_comes_back_pauses_the_bot_again() {
    let world = World::new().await;
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    world.invoke(60, alarm("UnderAttack", "OK", 59)).await.unwrap();
    resume(&world, 70).await;
    assert!(world.order(72, Order::Contain { incident: None }).await);
    assert_eq!(world.level().await, Level::L0);
    let told = world.told("p0").len();
    world.invoke(120, alarm("UnderAttack", "ALARM", 119)).await.unwrap();
    assert_eq!(world.level().await, Level::L1);
    assert_eq!(world.told("p0").len(), told + 1, "people hear of it at once");
}

#[tokio::test]
async fn who_contains_the_bot_for_an_incident_stands_in_it_as_a_pseudonym() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let id = world.only().await.id;
    make(&world, Move::Raise(Level::L1, act(ANN, 10), reason())).await;
    assert!(world.order(11, Order::Contain { incident: Some(id) }).await);
    assert!(world.order(12, Order::Contain { incident: Some(id) }).await);
    let incident = world.only().await;
    let lines: Vec<_> =
        incident.timeline.iter().filter(|entry| entry.what == Happening::Contained(1)).collect();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let incident::By::Person(who) = &line.by else { panic!("{:?}", line.by) };
    assert!(who.starts_with("admin_"), "{who}");
    assert_eq!(world.told("p1").len(), 1, "the others hear of it at once");
}

#[tokio::test]
async fn evidence_that_cannot_be_kept_holds_nothing_up_and_is_kept_later() {
    let world = World::new().await;
    // Of the evidence, before the flag and after it, and of the status page.
    world.aws.fault_next("PutObject", testkit::Fault::Status500, 3);
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap_err();
    assert_eq!((world.level().await, world.told("p0").len()), (Level::L1, 1));
    let has_some = |entry: &incident::Entry| matches!(entry.what, Happening::Evidence(_));
    assert!(!world.only().await.timeline.iter().any(has_some));
    world.tick(300).await.unwrap();
    assert!(world.only().await.timeline.iter().any(has_some));
}

/// Killed after the incident was written and before the flag was: whoever hears of it next raises it.
#[tokio::test]
async fn who_was_killed_is_followed_by_somebody_who_contains() {
    let world = World::new().await;
    let event = alarm("UnderAttack", "ALARM", -1);
    world.begin(Alert::UnderAttack).await;
    world.invoke(1, event.clone()).await.unwrap();
    assert_eq!(world.level().await, Level::L0, "whoever began it may still be at it");
    world.invoke(60, event).await.unwrap();
    assert_eq!((world.level().await, world.told("p0").len()), (Level::L1, 1));
}
