//! Subscriptions that end by themselves.

use serde_json::{Value, json};
use shared::domain::containment::{Act, Level};
use shared::store::flags::{FlagStore, Move};
use testkit::webhooks::COMMITTED_SECRET;
use webhooks::{Failure, handle};

use super::world::{ADA, BASE, CHANNEL, World, now};

fn night() -> Value {
    json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
}

#[tokio::test]
async fn each_channel_is_subscribed_with_our_secret() {
    let world = World::new().await;
    assert_eq!(handle(&world.app, night(), "r").await, Ok(Value::Null));
    let asked = world.hub.asked();
    assert_eq!(asked.len(), 1);
    let callback = format!("{BASE}/webhooks/youtube");
    let topic = format!("https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}");
    for (name, value) in [
        ("hub.mode", "subscribe"),
        ("hub.callback", callback.as_str()),
        ("hub.topic", topic.as_str()),
        ("hub.secret", COMMITTED_SECRET),
        ("hub.lease_seconds", "864000"),
    ] {
        assert_eq!(asked[0].get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[tokio::test]
async fn while_a_secret_changes_the_newer_one_is_told() {
    let world = World::bare().await;
    world.keep("youtube", r#"{"secrets":["the newer secret, newer","the older secret, older"]}"#).await;
    handle(&world.app, night(), "r").await.unwrap();
    assert_eq!(world.hub.asked()[0]["hub.secret"], "the newer secret, newer");
}

#[tokio::test]
async fn a_hub_that_refuses_is_told_of_and_asked_again() {
    let world = World::new().await;
    for (status, code) in [(500, "http_500"), (400, "http_400"), (302, "http_302")] {
        world.hub.answers(status);
        assert_eq!(handle(&world.app, night(), "r").await, Err(Failure::Incomplete));
        assert!(world.log.text().contains(code));
    }
    world.hub.answers(204);
    assert_eq!(handle(&world.app, night(), "r").await, Ok(Value::Null));
}

#[tokio::test]
async fn without_a_secret_nothing_is_subscribed() {
    let world = World::bare().await;
    assert_eq!(handle(&world.app, night(), "r").await, Err(Failure::Incomplete));
    assert_eq!((world.hub.asked().len(), world.counted("webhook_unconfigured", &[])), (0, 1));
}

/// SPEC T33: schedules stop at L2.
#[tokio::test]
async fn while_the_bot_is_locked_down_there_is_no_night() {
    let world = World::new().await;
    let act = Act { by: ADA.into(), at: now() };
    let raised = Move::Raise(Level::L2, act, "leak".parse().unwrap());
    FlagStore::new(world.db()).make(&raised).await.unwrap();
    assert_eq!(handle(&world.app, night(), "r").await, Ok(Value::Null));
    assert!(world.hub.asked().is_empty());
}
