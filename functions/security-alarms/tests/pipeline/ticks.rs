//! Every minute while anything is open.

use security_alarms::{Invocation, handle};
use shared::domain::incident::{Severity, Status};
use shared::messages::Order;

use super::world::{World, alarm, at, fixture};

#[tokio::test]
async fn nothing_is_open_so_nothing_ticks() {
    let world = World::new().await;
    world.tick(0).await.unwrap();
    assert!(!world.ticks().await);
    assert_eq!((world.notices(), world.orders().await), (0, vec![]));
}

#[tokio::test]
async fn a_lost_doorbell_is_made_up_for() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    world.tick(300).await.unwrap();
    assert_eq!((world.told("p1").len(), world.ticks().await), (1, true));
}

#[tokio::test]
async fn what_nobody_answers_escalates_and_goes_on_being_told() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    world.tick(300).await.unwrap();
    for minute in (10..=600).step_by(5) {
        world.tick(minute * 60).await.unwrap();
    }
    let incident = world.only().await;
    assert_eq!((incident.severity, incident.status), (Severity::P0, Status::Open));
    assert!(world.told("p0").len() >= 2, "overdue, and again: {:?}", world.told("p0"));
    assert!(world.notices() <= 6, "{}", world.notices());
}

#[tokio::test]
async fn a_rule_that_somebody_turned_off_is_put_right() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let client = aws_sdk_eventbridge::Client::new(world.aws.sdk_config());
    client.disable_rule().name(super::world::RULE).send().await.unwrap();
    world.tick(300).await.unwrap();
    assert!(world.ticks().await);
}

/// What began between the last look and the turning off is seen by the look afterwards, or has turned it on itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_begins_while_the_rule_is_turned_off_ticks() {
    for _ in 0..20 {
        let world = World::new().await;
        let (ticked, began) =
            tokio::join!(world.tick(0), world.invoke(0, alarm("AuthFailures", "ALARM", -1)));
        ticked.unwrap();
        began.unwrap();
        assert!(world.ticks().await);
    }
}

#[tokio::test]
async fn without_time_left_nothing_more_is_begun() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let invocation = Invocation { id: "r".into(), deadline: at(310) };
    handle(&world.app(300), fixture("tick"), &invocation).await.unwrap();
    assert_eq!((world.notices(), world.ticks().await), (0, true));
    world.order(301, Order::Flush { incident: world.only().await.id }).await;
    assert_eq!(world.notices(), 1);
}
