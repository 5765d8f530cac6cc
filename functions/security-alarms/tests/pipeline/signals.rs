//! From a signal to its incident: one for each cause, whatever comes twice, late or at once.

use shared::domain::incident::{Alert, Status};
use shared::messages::Order;

use super::world::{World, alarm, at, fires, fixture, invoke, raise};

#[tokio::test]
async fn an_alarm_opens_an_incident_waits_and_is_told() {
    let world = World::new().await;
    world.aws.record_calls();
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let incident = world.only().await;
    assert_eq!((incident.alert, incident.status, incident.count), (Alert::AuthFailures, Status::Open, 1));
    assert_eq!((world.notices(), world.ticks().await), (0, true), "it waits for what comes with it");
    let sent = world.aws.take_calls().iter().filter(|call| call.operation == "SendMessage").count();
    assert_eq!(sent, 1, "an order to look again");
    assert!(world.order(31, Order::Flush { incident: incident.id }).await);
    assert_eq!(world.told("p1").len(), 1);
    assert!(world.order(32, Order::Flush { incident: incident.id }).await);
    assert_eq!(world.notices(), 1, "a doorbell that rings twice is answered once");
}

#[tokio::test]
async fn ok_resolves_and_is_told_and_then_nothing_ticks() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let id = world.only().await.id;
    world.order(31, Order::Flush { incident: id }).await;
    world.invoke(400, alarm("AuthFailures", "OK", 399)).await.unwrap();
    assert_eq!(world.only().await.status, Status::Resolved);
    world.tick(700).await.unwrap();
    assert_eq!(world.told("p1").len(), 2, "that it is over is told");
    assert!(world.only().await.is_settled());
    assert!(!world.ticks().await);
}

#[tokio::test]
async fn what_clears_before_anybody_was_told_is_told_to_nobody() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    world.invoke(10, alarm("AuthFailures", "OK", 9)).await.unwrap();
    world.order(31, Order::Flush { incident: world.only().await.id }).await;
    world.tick(300).await.unwrap();
    assert_eq!((world.notices(), world.ticks().await), (0, false));
}

#[tokio::test]
async fn ok_before_its_alarm_opens_nothing() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "OK", -1)).await.unwrap();
    world.invoke(1, alarm("AuthFailures", "ALARM", -60)).await.unwrap();
    assert!(world.all().await.is_empty());
    let cause = world.incidents().of_cause(fires(Alert::AuthFailures).fingerprint(), at(1)).await.unwrap();
    assert!(cause.cleared_at.is_some());
}

#[tokio::test]
async fn what_comes_twice_changes_nothing() {
    let world = World::new().await;
    let event = alarm("UnderAttack", "ALARM", -1);
    world.invoke(0, event.clone()).await.unwrap();
    let once = (world.all().await, world.notices(), world.audited().await);
    for second in [0, 1, 9, 60] {
        world.invoke(second, event.clone()).await.unwrap();
        assert_eq!((world.all().await, world.notices(), world.audited().await), once, "{second}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_at_once_are_one_incident_and_one_notice() {
    for _ in 0..5 {
        let world = World::new().await;
        let apps = [world.app(0), world.app(0)];
        let event = alarm("UnderAttack", "ALARM", -1);
        let [one, other] = &apps;
        let (one, other) = tokio::join!(invoke(one, 0, event.clone()), invoke(other, 0, event.clone()));
        one.unwrap();
        other.unwrap();
        let incident = world.only().await;
        assert_eq!((incident.count, incident.notices, incident.owed), (1, 1, None));
        assert_eq!((world.told("p0").len(), world.audited().await), (1, 1));
    }
}

#[tokio::test]
async fn each_committed_event_is_dealt_with() {
    for one in testkit::fixtures("security-alarms").unwrap() {
        let world = World::new().await;
        let answer = world.invoke(1800, one.event).await;
        assert!(answer.is_ok(), "{}: {answer:?}", one.name);
    }
}

#[tokio::test]
async fn what_hides_is_told_and_what_it_hides_is_only_written_down() {
    let world = World::new().await;
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    world.invoke(1, alarm("AuthFailures", "ALARM", 0)).await.unwrap();
    let hidden = world.of(Alert::AuthFailures).await.unwrap();
    world.order(60, Order::Flush { incident: hidden.id }).await;
    world.tick(300).await.unwrap();
    assert!(world.told("p1").is_empty());
    world.invoke(600, alarm("UnderAttack", "OK", 599)).await.unwrap();
    world.tick(900).await.unwrap();
    assert_eq!(world.told("p1").len(), 1, "once nothing hides it any more");
}

#[tokio::test]
async fn what_of_ours_no_alarm_sees_is_raised_by_an_order_and_the_score_is_told() {
    let world = World::new().await;
    assert!(world.order(0, raise(Alert::GuildBanned)).await);
    assert!(world.order(0, raise(Alert::GuildBanned)).await);
    assert_eq!((world.only().await.alert, world.only().await.count), (Alert::GuildBanned, 1));
    assert!(world.log.text().contains("suspicious_activity"));
}

#[tokio::test]
async fn an_event_that_nobody_knows_fails_and_says_so() {
    let world = World::new().await;
    assert!(world.invoke(0, serde_json::json!({ "hello": "world" })).await.is_err());
    assert!(world.log.text().contains(r#""code":"unknown""#));
    assert!(world.all().await.is_empty());
}

#[tokio::test]
async fn several_records_are_several_signals() {
    let world = World::new().await;
    world.invoke(0, fixture("two-records")).await.unwrap();
    assert_eq!(
        world.only().await.alert,
        Alert::FunctionThrottles,
        "the other one cleared what was not there"
    );
}
