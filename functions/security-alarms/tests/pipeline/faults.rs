//! Whatever fails and wherever it is killed, it comes to the same end.

use core::time::Duration;
use std::collections::BTreeSet;

use serde_json::Value;
use shared::domain::containment::Level;
use shared::domain::incident::{Alert, Happening, Status};
use testkit::Fault;

use super::world::{World, alarm, invoke};

fn attack() -> Value {
    alarm("UnderAttack", "ALARM", -1)
}

/// Every call that the most urgent alarm makes.
async fn operations() -> BTreeSet<String> {
    let world = World::new().await;
    world.aws.record_calls();
    world.invoke(0, attack()).await.unwrap();
    world.tick(300).await.unwrap();
    world.aws.take_calls().into_iter().map(|call| call.operation).collect()
}

/// What has to be so in the end: contained once, told, and nothing owed.
async fn is_over(world: &World) -> bool {
    let Some(incident) = world.of(Alert::UnderAttack).await else { return false };
    let evidence = |what: &Happening| matches!(what, Happening::Evidence(_));
    incident.owed.is_none()
        && incident.notices > 0
        && incident.contained == Level::L1
        && world.level().await == Level::L1
        && world.ticks().await
        && incident.timeline.iter().any(|entry| evidence(&entry.what))
}

async fn all_is_well(world: &World, what: &str) {
    let incident = world.only().await;
    assert_eq!((incident.status, incident.count), (Status::Open, 1), "{what}");
    assert_eq!(world.audited().await, 1, "{what}: one raise");
    let contained = incident.timeline.iter().filter(|entry| entry.what == Happening::Contained(1)).count();
    assert_eq!(contained, 1, "{what}");
    assert!((1..=3).contains(&world.notices()), "{what}: {} notices", world.notices());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_may_fail_in_each_way() {
    for operation in operations().await {
        for fault in [Fault::Status500, Fault::Throttle, Fault::AnswerLost] {
            let world = World::new().await;
            let what = format!("{operation} {fault:?}");
            world.aws.fault_next(&operation, fault, 1);
            let mut second = 0;
            // Lambda brings it again a minute and two minutes later; then there is the tick, and orders that are due.
            for _ in 0..3 {
                let _ = world.invoke(second, attack()).await;
                second += 120;
            }
            while !is_over(&world).await {
                assert!(second < 3600, "{what} has no end: {}", world.log.text());
                let _ = world.tick(second).await;
                for order in world.orders().await {
                    world.order(second, order).await;
                }
                second += 300;
            }
            // A channel that could not be told is told by an order, which waits in the queue.
            if world.notices() == 0 {
                let order = world.next_order().await;
                assert!(world.order(second, order).await, "{what}");
            }
            all_is_well(&world, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_the_next_one_goes_on() {
    let world = World::new().await;
    let (mut second, mut killed) = (0, 0);
    // Each try lives a little longer than the one before: sooner or later each await has been the last.
    for millis in (1..).step_by(3) {
        let app = world.app(second);
        let event = if second % 240 == 0 { attack() } else { super::world::fixture("tick") };
        let life = Duration::from_millis(millis);
        killed += usize::from(tokio::time::timeout(life, invoke(&app, second, event)).await.is_err());
        second += 120;
        if is_over(&world).await {
            break;
        }
        assert!(second < 24 * 3600, "no end: {}", world.log.text());
    }
    assert!(killed > 3, "{killed}");
    let incident = world.only().await;
    assert_eq!((incident.count, world.level().await, world.audited().await), (1, Level::L1, 1));
}

#[tokio::test]
async fn while_the_table_is_down_it_fails_and_is_brought_again() {
    let world = World::new().await;
    world.aws.fault(Fault::Status500);
    let failed = world.invoke(0, attack()).await.unwrap_err();
    assert!(failed.to_string().starts_with("incidents.of_cause"), "{failed}");
    assert!(world.tick(0).await.is_err());
    world.aws.fault(Fault::None);
    world.invoke(60, attack()).await.unwrap();
    assert!(is_over(&world).await);
}

/// Telling does not wait for a flag that cannot be raised, and the flag is raised by who comes next.
#[tokio::test]
async fn a_flag_that_cannot_be_raised_holds_up_no_notice() {
    let world = World::new().await;
    world.begin(Alert::UnderAttack).await;
    world.aws.fault_next("TransactWriteItems", Fault::Status500, 1);
    let failed = world.invoke(60, attack()).await.unwrap_err();
    assert!(failed.to_string().starts_with("audit.append"), "{failed}");
    assert_eq!((world.level().await, world.told("p0").len()), (Level::L0, 1));
    world.invoke(120, attack()).await.unwrap();
    assert_eq!((world.level().await, world.told("p0").len()), (Level::L1, 2), "that it is contained is told");
}
