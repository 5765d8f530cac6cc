//! A channel that cannot be told now is told later, and in the end somebody knows that it was not.

use shared::domain::incident::{Alert, Happening, Label, Notice};
use shared::messages::Order;
use testkit::Fault;

use super::world::{World, alarm, at};

fn topic() -> Label {
    "topic-p0".parse().unwrap()
}

async fn untold() -> (World, Notice) {
    let world = World::new().await;
    world.aws.fault_next("Publish", Fault::Status500, 1);
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    assert_eq!(world.notices(), 0);
    let incident = world.only().await;
    assert_eq!(incident.owed, None, "what is in the queue is not owed");
    let notice = Notice { kind: incident.told_as.unwrap(), number: 1, at: at(0), incident };
    (world, notice)
}

fn deliver(notice: &Notice, attempt: u32) -> Order {
    Order::Deliver { channel: topic(), notice: Box::new(notice.clone()), attempt }
}

#[tokio::test]
async fn a_later_try_is_told_and_counted() {
    let (world, notice) = untold().await;
    assert!(world.order(10, deliver(&notice, 1)).await);
    assert_eq!(world.told("p0").len(), 1);
    assert!(world.log.text().contains("alarms_told"));
}

#[tokio::test]
async fn a_try_that_fails_is_followed_by_another() {
    let (world, notice) = untold().await;
    world.aws.fault_next("Publish", Fault::Throttle, 1);
    world.aws.record_calls();
    assert!(world.order(10, deliver(&notice, 1)).await, "the message is done: another one is in the queue");
    let sent = world.aws.take_calls().iter().filter(|call| call.operation == "SendMessage").count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn the_last_try_stays_in_the_queue_and_the_others_hear_of_it_once() {
    let (world, notice) = untold().await;
    world.orders().await;
    for _ in 0..3 {
        world.aws.fault_next("Publish", Fault::Status500, 1);
        assert!(!world.order(2000, deliver(&notice, 5)).await, "so that it is put aside");
    }
    let incident = world.of(Alert::UnderAttack).await.unwrap();
    let untold = incident.timeline.iter().filter(|entry| entry.what == Happening::Untold(topic())).count();
    assert_eq!(untold, 1);
    let text = world.log.text();
    assert_eq!(text.matches(r#""alarms_untold":1"#).count(), 1, "{text}");
    assert_eq!(world.orders().await, [Order::Raise { alert: Alert::FanOut, label: Some(topic()) }]);
}

/// Otherwise a channel that is down would be told for ever that it is down.
#[tokio::test]
async fn that_a_channel_is_down_is_not_told_of_itself() {
    let (world, notice) = untold().await;
    world.orders().await;
    let mut about = notice;
    about.incident.alert = Alert::FanOut;
    world.aws.fault_next("Publish", Fault::Status500, 1);
    assert!(!world.order(2000, deliver(&about, 5)).await);
    assert_eq!(world.orders().await, []);
}

#[tokio::test]
async fn a_channel_that_is_no_more_is_let_go() {
    let (world, notice) = untold().await;
    let order = Order::Deliver { channel: "gone".parse().unwrap(), notice: Box::new(notice), attempt: 1 };
    assert!(world.order(10, order).await);
    assert!(world.order(10, Order::Test { channel: "gone".parse().unwrap() }).await);
    assert!(world.log.text().contains("channel.test"));
}

#[tokio::test]
async fn a_test_is_told_and_is_no_incident() {
    let world = World::new().await;
    assert!(world.order(0, Order::Test { channel: "topic-p3".parse().unwrap() }).await);
    assert_eq!(world.told("p3").len(), 1);
    assert!(world.all().await.is_empty());
}

/// Killed between writing and telling: somebody else tells it, under the same number.
#[tokio::test]
async fn what_is_owed_is_told_by_who_comes_next() {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    let store = world.incidents();
    let id = world.only().await.id;
    let seen = store.by_id(id, at(40)).await.unwrap().unwrap();
    let policy = shared::domain::incident::grouping::Policy::DEFAULT;
    let decision = shared::domain::incident::grouping::due(at(40), &seen.incident, false, &policy);
    let shared::domain::incident::grouping::Outcome::Change(next) = decision.outcome else { panic!() };
    store.save(&seen, *next).await.unwrap().unwrap();
    world.tick(60).await.unwrap();
    assert_eq!(world.notices(), 0, "whoever owes it may still be at it");
    world.tick(300).await.unwrap();
    assert_eq!((world.told("p1").len(), world.only().await.notices), (1, 1));
    assert_eq!(world.only().await.owed, None);
}
