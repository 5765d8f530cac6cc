//! What is done behind the queue: once, however often it comes, and whoever dies on the way.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::containment::{Act, Level};
use shared::store::flags::{FlagStore, Move};
use simulator::{Fault as Wrong, RestFault, RestFaultKind};
use testkit::Fault;
use testkit::webhooks::Sender;

use super::world::{ADA, Post, World, good, now};

/// A deauthorization, as Discord tells it.
fn deauthorized() -> Post {
    Post::by_discord(&json!({ "version": 1, "application_id": "1", "type": 1, "event": {
        "type": "APPLICATION_DEAUTHORIZED", "timestamp": "2026-01-02T11:59:59.064834",
        "data": { "user": { "id": ADA.to_string(), "username": "ada" } },
    } }))
}

fn job(task: &Value, delivery: &str, at: Timestamp) -> String {
    let delivery = delivery.repeat(64);
    json!({ "type": "webhook_job", "version": 1, "source": "generic", "delivery": delivery, "at": at, "task": task })
        .to_string()
}

fn announcement(delivery: &str) -> String {
    job(&json!({ "task": "announce", "announcement": { "title": "Season two" } }), delivery, now())
}

fn wrong(kind: RestFaultKind) -> Wrong {
    Wrong::Rest(RestFault { only: "POST".to_owned(), times: Some(1), kind })
}

async fn raise(world: &World, level: Level) {
    let act = Act { by: ADA.into(), at: now() };
    FlagStore::new(world.db()).make(&Move::Raise(level, act, "leak".parse().unwrap())).await.unwrap();
}

#[tokio::test]
async fn who_took_us_away_is_erased_and_asked_for_once() {
    let world = World::new().await;
    world.ask(&deauthorized()).await;
    let queued = world.take("webhooks").await;
    assert_eq!(queued.len(), 1);
    // Twice, as a queue may.
    for _ in 0..2 {
        assert!(World::work_on(&world.app, &[&queued[0].1]).await.is_empty());
    }
    let asked = world.take("privacy").await;
    let asked: Vec<Value> = asked.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!((&asked[0]["action"], &asked[0]["source"]), (&json!("erase"), &json!("deauthorized")));
    assert_eq!((&asked[0]["subject"], &asked[0]["id"]), (&json!(format!("user#{ADA}")), &asked[1]["id"]));
    let log = world.log.lines();
    assert!(log.iter().any(|line| line["action"] == "deauthorize"), "{log:#?}");
}

#[tokio::test]
async fn accounts_that_are_over_are_told_to_oauth() {
    let world = World::new().await;
    let heard = world.aws.listen_as("timmybot-oauth");
    world.ask(&good(Sender::Slack, "One")).await;
    assert!(world.work().await.is_empty());
    let expected =
        json!({ "type": "accounts_revoked", "version": 1, "provider": "slack", "subjects": ["U0R7JM00001"] });
    assert_eq!(heard.next().await, expected);
}

#[tokio::test]
async fn oauth_that_is_not_there_is_asked_again() {
    let world = World::new().await;
    world.ask(&good(Sender::Slack, "One")).await;
    let failed = world.work().await;
    assert_eq!(failed.len(), 1);
    let heard = world.aws.listen_as("timmybot-oauth");
    assert!(World::work_on(&world.app, &[&failed[0]]).await.is_empty());
    assert_eq!(heard.next().await["type"], "accounts_revoked");
}

#[tokio::test]
async fn news_are_read_once_by_everybody_and_ping_nobody() {
    let world = World::new().await;
    for sender in [Sender::Generic, Sender::GitHub, Sender::YouTube] {
        world.ask(&good(sender, "@everyone *One*")).await;
    }
    let queued = world.take("webhooks").await;
    for _ in 0..2 {
        let bodies: Vec<&str> = queued.iter().map(|(_, body)| body.as_str()).collect();
        assert!(World::work_on(&world.app, &bodies).await.is_empty());
    }
    let mut read = world.read();
    read.sort();
    insta::assert_json_snapshot!(read);
    assert!(
        world
            .simulator
            .messages(super::world::ROOM)
            .iter()
            .all(|message| { message.body["allowed_mentions"] == json!({ "parse": [] }) })
    );
}

#[tokio::test]
async fn what_discord_certainly_did_not_take_comes_again() {
    let world = World::new().await;
    let body = announcement("a");
    world.simulator.fault(wrong(RestFaultKind::RateLimited { retry_after: 5.0, global: false })).unwrap();
    assert_eq!(World::work_on(&world.app, &[&body]).await, std::slice::from_ref(&body));
    assert!(world.read().is_empty());
    assert!(World::work_on(&world.app, &[&body]).await.is_empty());
    assert_eq!(world.read(), ["**Season two**"]);
}

/// A second announcement bothers everybody; a lost one nobody.
#[tokio::test]
async fn what_discord_may_have_taken_is_not_posted_again() {
    let world = World::new().await;
    let body = announcement("a");
    world.simulator.fault(wrong(RestFaultKind::Status(500))).unwrap();
    for _ in 0..2 {
        assert!(World::work_on(&world.app, &[&body]).await.is_empty());
    }
    assert!(world.read().is_empty());
    assert_eq!(world.counted("webhooks", &[("outcome", "dropped")]), 2);
}

#[tokio::test]
async fn an_announcement_is_posted_at_most_once_wherever_it_is_killed() {
    for (operation, posted) in [("PutItem", 0), ("UpdateItem", 1), ("GetSecretValue", 1), ("GetItem", 1)] {
        for fault in [Fault::AnswerLost, Fault::Throttle] {
            let world = World::new().await;
            let body = announcement("a");
            let times = if operation == "GetSecretValue" { 2 } else { 1 };
            world.aws.fault_next(operation, fault, times);
            let mut left = World::work_on(&world.app, &[&body]).await;
            for _ in 0..2 {
                left = World::work_on(
                    &world.app_after(11),
                    &left.iter().map(String::as_str).collect::<Vec<_>>(),
                )
                .await;
            }
            assert!(left.is_empty(), "{operation} {fault:?}");
            // A claim whose answer was lost is somebody's: nobody posts. One that was not made is made again.
            let expected = if operation == "PutItem" && fault == Fault::Throttle { 1 } else { posted };
            assert_eq!(world.read().len(), expected, "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn news_without_a_room_are_dropped_and_counted() {
    let world = World::bare().await;
    assert!(World::work_on(&world.app, &[&announcement("a")]).await.is_empty());
    world.keep("announce", r#"{"github":"https://discord.com/api/webhooks/1/a"}"#).await;
    assert!(World::work_on(&world.app_after(1), &[&announcement("b")]).await.is_empty());
    assert_eq!(world.counted("webhooks", &[("outcome", "dropped")]), 2);
    world.keep("announce", r#"{"generic":"https://example.org/not-discord"}"#).await;
    assert!(World::work_on(&world.app_after(2), &[&announcement("c")]).await.is_empty());
    assert!(world.log.text().contains("no_incoming_webhook"));
}

#[tokio::test]
async fn of_a_batch_only_what_failed_comes_again() {
    let world = World::new().await;
    let erase = |delivery: &str| job(&json!({ "task": "erase", "user": ADA.to_string() }), delivery, now());
    let unlink = job(&json!({ "task": "unlink", "provider": "twitch", "subjects": ["12826"] }), "c", now());
    let bodies = [erase("a"), "not a message of ours".to_owned(), unlink.clone(), erase("b")];
    let failed = World::work_on(&world.app, &bodies.each_ref().map(String::as_str)).await;
    assert_eq!(failed, ["not a message of ours", unlink.as_str()]);
    assert_eq!(world.take("privacy").await.len(), 2);
}

#[tokio::test]
async fn a_request_that_waited_too_long_is_nobodys_wish() {
    let world = World::new().await;
    let task = json!({ "task": "song_request", "notification": {
        "subscription": "s-1", "broadcaster": "12826", "viewer": "9001", "viewer_login": "viewer",
        "event": { "kind": "chat", "id": "m-1", "text": "!sr vogue" },
    } });
    let old = now() - core::time::Duration::from_mins(16);
    assert!(World::work_on(&world.app, &[&job(&task, "a", old)]).await.is_empty());
    assert_eq!(world.counted("webhooks", &[("outcome", "dropped")]), 1);
}

/// SPEC T33: from L2 on nothing is taken from the queue; the door still answers, and nothing is lost.
#[tokio::test]
async fn while_the_bot_is_locked_down_messages_wait() {
    let world = World::new().await;
    raise(&world, Level::L1).await;
    assert!(World::work_on(&world.app, &[&announcement("a")]).await.is_empty());
    raise(&world, Level::L2).await;
    assert_eq!(world.ask(&good(Sender::Generic, "One")).await.status(), 204);
    let queued = world.take("webhooks").await;
    assert_eq!(queued.len(), 1);
    assert_eq!(World::work_on(&world.app, &[&queued[0].1]).await, [queued[0].1.clone()]);
    assert_eq!(world.read(), ["**Season two**"]);
    assert_eq!(world.counted("webhooks", &[("outcome", "parked")]), 1);
}

#[tokio::test]
async fn a_flag_that_cannot_be_read_is_as_good_as_raised() {
    let world = World::new().await;
    world.aws.fault_next("GetItem", Fault::Throttle, 1);
    let body = announcement("a");
    assert_eq!(World::work_on(&world.app, &[&body]).await, std::slice::from_ref(&body));
    assert!(World::work_on(&world.app, &[&body]).await.is_empty());
}
