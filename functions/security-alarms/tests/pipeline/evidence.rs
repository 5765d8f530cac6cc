//! What the alarms raise by themselves has its evidence before the flag is up, and the flag does not wait long for it
//! (SPEC T33).

use core::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::contained::Raise;
use shared::domain::containment::{Act, By, Level};
use shared::domain::incident::{Alert, Happening, Incident};
use shared::ids::UserId;
use shared::messages::Order;
use shared::store::containments::ContainmentStore;
use shared::store::flags::{FlagStore, Move};
use testkit::{Call, Fault};

use super::world::{World, alarm, at, invoke};

const ANN: UserId = UserId::new(80_351_110_224_678_912);
const BEN: UserId = UserId::new(80_351_110_224_678_913);
/// Well below what a call to a bucket may take: whoever is through by then has not waited for it.
const SOON: Duration = Duration::from_secs(5);

fn attack() -> Value {
    alarm("UnderAttack", "ALARM", -1)
}

/// The evidence that stands in an incident, oldest first.
fn noted(incident: &Incident) -> Vec<&str> {
    let names = incident.timeline.iter().map(|entry| match &entry.what {
        Happening::Evidence(name) => Some(name.as_str()),
        _ => None,
    });
    names.flatten().collect()
}

impl World {
    /// When the alarms raised the flag.
    async fn raised_at(&self) -> Timestamp {
        let flag = FlagStore::new(self.db()).read().await.unwrap();
        let act = flag.raised().unwrap().act();
        assert_eq!(act.by, By::Alarms);
        act.at
    }

    async fn read(&self, name: &str) -> Value {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let object = client.get_object().bucket(self.aws.bucket("evidence")).key(name).send().await.unwrap();
        serde_json::from_slice(&object.body.collect().await.unwrap().to_vec()).unwrap()
    }

    /// The names of all evidence that there is.
    async fn all_evidence(&self) -> Vec<String> {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let list = client.list_objects_v2().bucket(self.aws.bucket("evidence")).send().await.unwrap();
        list.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect()
    }

    /// Whether evidence of a raise is noted for whoever follows the flag.
    async fn is_noted(&self, of: Raise) -> bool {
        let row = ContainmentStore::new(self.db()).read().await.unwrap();
        row.contained.evidence_of(of).is_some()
    }
}

fn raise_of(at: Timestamp) -> Raise {
    Raise { level: 1, at }
}

fn name_of(at: Timestamp) -> String {
    format!("containment/{}-L1.json", at.as_millisecond())
}

/// Whether a call asks for this.
fn asks(call: &Call, action: &str, resource: &str) -> bool {
    call.needs.iter().any(|need| need.action == action && need.resource == resource)
}

#[tokio::test]
async fn the_alarms_preserve_evidence_before_they_raise_the_flag() {
    let world = World::new().await;
    world.aws.record_calls();
    world.invoke(0, attack()).await.unwrap();
    let calls = world.aws.take_calls();
    let kept: Vec<_> = calls.iter().map(|call| asks(call, "s3:PutObject", "bucket/evidence")).collect();
    let kept_at = kept.iter().position(|kept| *kept).unwrap();
    let raised_at = calls.iter().position(|call| asks(call, "dynamodb:PutItem", "table/flags")).unwrap();
    assert!(kept_at < raised_at, "{kept_at} {raised_at}");
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 1, "once");
    let incident = world.only().await;
    let name = name_of(world.raised_at().await);
    assert_eq!(noted(&incident), [&name]);
    let contained = incident.timeline.iter().position(|entry| entry.what == Happening::Contained(1));
    let evident = incident.timeline.iter().position(|entry| matches!(entry.what, Happening::Evidence(_)));
    assert!(contained.is_some() && contained < evident, "{:?}", incident.timeline);
    let evidence = world.read(&name).await;
    let flag = json!({ "level": 1, "raised_at": at(0), "raised_by": "alarms", "level_now": 0 });
    assert_eq!(evidence["flag"], flag, "the flag was down");
    assert_eq!(evidence["cause"], json!(incident.id));
    assert_eq!(evidence["incidents"].as_array().unwrap().len(), 1);
    for part in ["rules", "mappings", "concurrency", "tasks", "tables", "logs"] {
        assert!(!evidence[part].is_null(), "{part}: {evidence}");
    }
}

/// The clock is finer than the flag's row.
#[tokio::test]
async fn evidence_is_found_by_the_time_that_the_flag_has() {
    let world = World::new().await;
    let now = at(0) + jiff::SignedDuration::from_nanos(123_456_789);
    invoke(&world.app_at(now), 0, attack()).await.unwrap();
    let raised_at = world.raised_at().await;
    assert_eq!(raised_at.as_millisecond(), now.as_millisecond());
    assert_eq!(world.all_evidence().await, [name_of(raised_at)]);
    assert!(world.is_noted(raise_of(raised_at)).await);
}

#[tokio::test]
async fn a_flag_that_is_that_high_has_no_evidence_of_a_raise_that_is_none() {
    let world = World::new().await;
    let act = Act { by: ANN.into(), at: at(-60) };
    let by_hand = Move::Raise(Level::L2, act, "by hand".parse().unwrap());
    FlagStore::new(world.db()).make(&by_hand).await.unwrap();
    world.invoke(0, attack()).await.unwrap();
    let [name] = world.all_evidence().await.try_into().unwrap();
    assert!(name.ends_with("-L2.json"), "{name}");
    assert_eq!(noted(&world.only().await), [&name]);
    assert_eq!(world.read(&name).await["flag"]["level_now"], 2, "people's flag is up first");
}

/// Each of these is asked before the flag goes up. The first evidence is lost or has a hole.
#[tokio::test]
async fn what_hangs_or_is_refused_does_not_hold_the_flag_up() {
    for operation in ["PutObject", "ListRules", "DescribeContinuousBackups"] {
        for fault in [Fault::Hang, Fault::AccessDenied] {
            let world = World::new().await;
            let said = format!("{operation} {fault:?}");
            world.aws.fault_next(operation, fault, 1);
            let done = tokio::time::timeout(SOON, world.invoke(0, attack())).await;
            assert!(matches!(done, Ok(Ok(_))), "{said}: {done:?}");
            let name = name_of(world.raised_at().await);
            assert_eq!(noted(&world.only().await), [&name], "{said}");
            assert_eq!((world.told("p0").len(), world.audited().await), (1, 1), "{said}");
            let put_later = operation == "PutObject" || (operation, fault) == ("ListRules", Fault::Hang);
            let evidence = world.read(&name).await;
            assert_eq!(evidence["flag"]["level_now"], i32::from(put_later), "{said}");
            let is_late = world.log.text().contains("contain.beforehand");
            assert_eq!(is_late, put_later, "{said}");
        }
    }
}

/// Killed when the evidence was there and the flag was not: what was put aside does no harm, and the next one has its own.
#[tokio::test]
async fn killed_between_evidence_and_flag_the_next_one_contains() {
    let world = World::new().await;
    world.begin(Alert::UnderAttack).await;
    world.aws.fault_next("TransactWriteItems", Fault::Hang, 1);
    let app = world.app(60);
    world.aws.record_calls();
    let raises = async {
        while !world.aws.take_calls().iter().any(|call| call.operation == "TransactWriteItems") {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = raises => {}
        done = invoke(&app, 60, attack()) => panic!("{done:?}"),
    }
    assert!(world.is_noted(raise_of(at(60))).await);
    world.aws.mend();
    assert_eq!((world.level().await, world.audited().await), (Level::L0, 0));
    assert_eq!(noted(&world.only().await), [""; 0]);
    world.invoke(120, attack()).await.unwrap();
    assert_eq!((world.level().await, world.raised_at().await), (Level::L1, at(120)));
    assert_eq!(noted(&world.only().await), [name_of(at(120))]);
    assert_eq!(world.all_evidence().await, [name_of(at(60)), name_of(at(120))]);
    world.tick(300).await.unwrap();
    assert_eq!(noted(&world.only().await).len(), 1, "once");
}

/// Both want to take over from somebody who was killed.
#[tokio::test]
async fn two_at_once_raise_once_and_note_the_evidence_of_that_raise() {
    let world = World::new().await;
    world.begin(Alert::UnderAttack).await;
    let (one, other) = (world.app(60), world.app(61));
    let _ = tokio::join!(invoke(&one, 60, attack()), invoke(&other, 61, attack()));
    for second in [300, 600] {
        world.tick(second).await.unwrap();
        assert_eq!((world.level().await, world.audited().await), (Level::L1, 1));
        assert_eq!(noted(&world.only().await), [name_of(world.raised_at().await)]);
    }
}

/// The second attack has evidence of its own. What people raise in between, when the first one was dealt with, is about
/// something else.
#[tokio::test]
async fn evidence_stands_in_the_incident_that_it_is_about() {
    let world = World::new().await;
    let flags = FlagStore::new(world.db());
    let act = |user: UserId, second| Act { by: user.into(), at: at(second) };
    let resume = async |second| {
        flags.make(&Move::RequestResume(act(ANN, second))).await.unwrap();
        flags.make(&Move::ConfirmResume(act(BEN, second + 1))).await.unwrap();
        assert!(world.order(second + 2, Order::Contain { incident: None }).await);
    };
    world.invoke(0, attack()).await.unwrap();
    resume(60).await;
    flags.make(&Move::Raise(Level::L1, act(ANN, 70), "drill".parse().unwrap())).await.unwrap();
    assert!(world.order(71, Order::Contain { incident: None }).await);
    world.tick(72).await.unwrap();
    assert_eq!(noted(&world.only().await), [name_of(at(0))], "the drill is no part of it");
    resume(80).await;
    world.invoke(100, alarm("UnderAttack", "OK", 99)).await.unwrap();
    world.invoke(120, alarm("UnderAttack", "ALARM", 119)).await.unwrap();
    assert_eq!(noted(&world.only().await), [name_of(at(0)), name_of(at(120))]);
    assert_eq!(world.all_evidence().await, [name_of(at(0)), name_of(at(70)), name_of(at(120))]);
}
