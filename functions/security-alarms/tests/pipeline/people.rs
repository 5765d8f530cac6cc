//! What people order about an incident: each once, however often it comes.

use shared::domain::incident::{Alert, By, Happening, Incident, Status};
use shared::messages::{Control, Order};

use super::world::{ANN, World, alarm, at, message, raise, unknown_id};

async fn told() -> (World, Incident) {
    let world = World::new().await;
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    world.order(31, Order::Flush { incident: world.only().await.id }).await;
    let incident = world.only().await;
    (world, incident)
}

fn lines(incident: &Incident, what: &Happening) -> usize {
    let by = By::Person(ANN.to_owned());
    incident.timeline.iter().filter(|entry| entry.what == *what && entry.by == by).count()
}

#[tokio::test]
async fn who_takes_an_incident_stands_in_it_and_the_others_hear_of_it() {
    let (world, incident) = told().await;
    let order = Order::Acknowledge { incident: incident.id, by: ANN.to_owned() };
    for _ in 0..3 {
        assert!(world.order(60, order.clone()).await);
    }
    let after = world.only().await;
    assert_eq!((after.status, after.due_at, after.owed), (Status::Acknowledged, None, None));
    assert_eq!((lines(&after, &Happening::Acknowledged), world.told("p1").len()), (1, 2));
    // Nobody escalates what somebody is at.
    world.tick(3 * 3600).await.unwrap();
    assert_eq!((world.told("p0").len(), world.told("p1").len()), (0, 2));
}

#[tokio::test]
async fn who_closes_an_incident_ends_it() {
    let (world, incident) = told().await;
    let order = Order::Resolve { incident: incident.id, by: ANN.to_owned() };
    assert!(world.order(60, order.clone()).await && world.order(60, order).await);
    let after = world.only().await;
    assert!(after.is_settled() && lines(&after, &Happening::Resolved) == 1);
    assert_eq!(world.told("p1").len(), 2);
    world.tick(300).await.unwrap();
    assert!(!world.ticks().await);
}

/// SPEC T34: nothing ticks until the review; who has made it stands in the incident, and nobody is told again.
#[tokio::test]
async fn who_has_reviewed_an_incident_stands_in_it() {
    let (world, incident) = told().await;
    let review = Order::Review { incident: incident.id, by: ANN.to_owned() };
    assert!(world.order(50, review.clone()).await);
    assert_eq!(lines(&world.only().await, &Happening::Reviewed), 0, "it goes on");
    world.order(60, Order::Resolve { incident: incident.id, by: ANN.to_owned() }).await;
    world.tick(300).await.unwrap();
    let after = world.only().await;
    assert!(after.is_settled() && after.review_by.is_some() && !world.ticks().await);
    let notices = world.notices();
    assert!(world.order(400, review.clone()).await && world.order(401, review).await);
    let after = world.only().await;
    assert_eq!((after.review_by, lines(&after, &Happening::Reviewed)), (None, 1));
    assert_eq!((world.notices(), world.ticks().await), (notices, false));
}

#[tokio::test]
async fn silence_is_kept_until_its_end() {
    let (world, incident) = told().await;
    let order = Order::Silence { incident: incident.id, for_s: 3600 * 6, by: ANN.to_owned() };
    assert!(world.order(60, order).await);
    world.invoke(900, alarm("AuthFailures", "ALARM", 899)).await.unwrap();
    world.tick(3600 * 5).await.unwrap();
    assert_eq!(world.notices(), 1, "neither growth nor repetition nor escalation");
    world.tick(3600 * 6 + 120).await.unwrap();
    assert_eq!(world.notices(), 2);
    assert_eq!(world.only().await.count, 2);
}

#[tokio::test]
async fn orders_that_make_no_sense_are_looked_at_by_people() {
    let (world, incident) = told().await;
    let short = Order::Silence { incident: incident.id, for_s: 5, by: ANN.to_owned() };
    assert!(!world.order(60, short).await);
    for body in ["", "{}", "not json", r#"{"type":"control","version":9,"at":"2026-11-23T16:06:00Z"}"#] {
        let answer = world.invoke(60, message(body)).await.unwrap();
        assert_eq!(answer["batchItemFailures"][0]["itemIdentifier"], "m", "{body}");
    }
}

#[tokio::test]
async fn an_order_about_an_incident_that_is_no_more_is_done() {
    let world = World::new().await;
    for order in [
        Order::Acknowledge { incident: unknown_id(), by: ANN.to_owned() },
        Order::Resolve { incident: unknown_id(), by: ANN.to_owned() },
        Order::Review { incident: unknown_id(), by: ANN.to_owned() },
        Order::Flush { incident: unknown_id() },
        Order::Contain { incident: Some(unknown_id()) },
    ] {
        assert!(world.order(0, order).await);
    }
    assert!(world.all().await.is_empty());
}

/// Somebody closed it, it came back, and the order comes again.
#[tokio::test]
async fn an_old_order_does_nothing_to_what_came_back() {
    let (world, incident) = told().await;
    let order = Control::new(Order::Resolve { incident: incident.id, by: ANN.to_owned() }, at(60));
    assert!(world.order_of(60, order.clone()).await);
    world.invoke(120, alarm("AuthFailures", "ALARM", 119)).await.unwrap();
    assert_eq!(world.only().await.status, Status::Open);
    assert!(world.order_of(130, order).await);
    assert_eq!(world.only().await.status, Status::Open);
}

#[tokio::test]
async fn one_bad_message_holds_up_no_other_of_its_batch() {
    let world = World::new().await;
    let good = Control::new(raise(Alert::GuildBanned), at(0)).to_body().unwrap();
    let record =
        |id: &str, body: &str| serde_json::json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" });
    let event = serde_json::json!({ "Records": [record("bad", "x"), record("good", &good)] });
    let answer = world.invoke(0, event).await.unwrap();
    assert_eq!(answer, serde_json::json!({ "batchItemFailures": [{ "itemIdentifier": "bad" }] }));
    assert_eq!(world.only().await.alert, Alert::GuildBanned);
}
