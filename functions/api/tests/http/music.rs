//! The queue, what plays, and settings (SPEC P9, T17, T18).

use serde_json::{Value, json};
use shared::messages::Doorbell;
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;
use testkit::Fault;

use super::world::{ADA, As, GUILD, OLGA, World};

async fn world() -> (World, String) {
    let world = World::new().await.approved(GUILD).await;
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Core).await;
    (world, key)
}

async fn add(world: &World, key: &str, query: &str) -> Value {
    world.post("/api/v1/queue/tracks", &As::Key(key), None, &json!({ "query": query })).await.is(201).json()
}

async fn queue(world: &World, key: &str) -> Value {
    world.get("/api/v1/queue", &As::Key(key), None).await.is(200).json()
}

async fn control(world: &World, key: &str, body: Value) -> super::world::Said {
    world.post("/api/v1/playback", &As::Key(key), None, &body).await
}

#[tokio::test]
async fn what_is_added_plays_or_waits_and_can_be_taken_out() {
    let (world, key) = world().await;
    assert_eq!(add(&world, &key, "https://example.org/a.mp3").await["position"], 0);
    let second = add(&world, &key, "Don't Stop").await;
    assert_eq!(second["position"], 1);
    let shown = queue(&world, &key).await;
    assert_eq!(shown["playing"]["track"]["url"], "https://example.org/a.mp3");
    assert_eq!((&shown["upcoming"][0]["title"], &shown["total"]), (&"Don't Stop".into(), &1.into()));
    assert_eq!(shown["upcoming"][0]["requester"], ADA.to_string());
    let path = format!("/api/v1/queue/tracks/{}", second["entry"].as_str().unwrap());
    world.send("DELETE", &path, &As::Key(&key), None, None).await.is(204);
    world.send("DELETE", &path, &As::Key(&key), None, None).await.is(404);
    assert_eq!(queue(&world, &key).await["total"], 0);
}

/// The worker is rung for, and started if nobody holds the shard.
#[tokio::test]
async fn a_worker_hears_of_it() {
    let (world, key) = world().await;
    let supervisor = world.aws.listen_as("timmybot-voice-supervisor");
    add(&world, &key, "a song").await;
    assert_eq!(supervisor.next().await["type"], "wake");
    let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("voice-0"));
    let bells = receive.send().await.unwrap().messages.unwrap_or_default();
    assert!(bells.iter().all(|bell| Doorbell::parse(bell.body().unwrap()).is_ok()) && bells.len() == 1);
}

#[tokio::test]
async fn the_same_request_is_done_once() {
    let (world, key) = world().await;
    let send = async |name: &str| {
        let headers =
            json!({ "x-api-key": key, "content-type": "application/json", "idempotency-key": name });
        world.raw("POST", "/api/v1/queue/tracks", &headers, r#"{"query":"a song"}"#).await
    };
    let (one, again) = (send("r-1").await.is(201).json(), send("r-1").await.is(201).json());
    assert_eq!(one, again);
    assert_ne!(send("r-2").await.is(201).json()["entry"], one["entry"]);
    assert_eq!(queue(&world, &key).await["total"], 1);
    for odd in ["", "a,b", &"x".repeat(101)] {
        send(odd).await.is(400);
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_again_without_harm() {
    let (world, key) = world().await;
    let headers = json!({ "x-api-key": key, "content-type": "application/json", "idempotency-key": "r-1" });
    world.aws.fault_next("TransactWriteItems", Fault::AnswerLost, 3);
    let lost = world.raw("POST", "/api/v1/queue/tracks", &headers, r#"{"query":"a song"}"#).await;
    assert!(matches!(lost.status(), 201 | 503), "{lost:?}");
    world.raw("POST", "/api/v1/queue/tracks", &headers, r#"{"query":"a song"}"#).await.is(201);
    let shown = queue(&world, &key).await;
    assert_eq!((&shown["total"], shown["playing"]["track"].is_object()), (&0.into(), true));
}

#[tokio::test]
async fn what_may_not_be_played_is_refused_by_name() {
    let (world, key) = world().await;
    for query in [
        "",
        "  ",
        "https://127.0.0.1/a.mp3",
        "https://u:p@example.org/a",
        "ftp://example.org/a",
        &"x".repeat(201),
    ] {
        let said = world
            .post("/api/v1/queue/tracks", &As::Key(&key), None, &json!({ "query": query }))
            .await
            .is(400);
        assert!(said.json()["error"]["fields"].get("query").is_some(), "{query}");
    }
    assert_eq!(queue(&world, &key).await["playing"]["status"], "stopped");
}

#[tokio::test]
async fn music_is_controlled() {
    let (world, key) = world().await;
    assert_eq!(control(&world, &key, json!({ "action": "pause" })).await.is(409).code(), "conflict");
    for song in ["one", "two", "three"] {
        add(&world, &key, song).await;
    }
    let status = async |body: Value| control(&world, &key, body).await.is(200).json();
    assert_eq!(status(json!({ "action": "pause" })).await["status"], "paused");
    assert_eq!(status(json!({ "action": "resume" })).await["status"], "playing");
    assert_eq!(status(json!({ "action": "skip" })).await["track"]["title"], "two");
    assert_eq!(status(json!({ "action": "previous" })).await["track"]["title"], "one");
    assert_eq!(status(json!({ "action": "volume", "percent": 40 })).await["volume"], 40);
    assert_eq!(status(json!({ "action": "loop", "mode": "queue" })).await["loop"], "queue");
    for body in [
        json!({ "action": "replay" }),
        json!({ "action": "shuffle" }),
        json!({ "action": "seek", "position_s": 7 }),
    ] {
        assert_eq!(status(body).await["status"], "playing");
    }
    status(json!({ "action": "clear" })).await;
    assert_eq!(queue(&world, &key).await["total"], 0);
    assert_eq!(status(json!({ "action": "stop" })).await["status"], "stopped");
    for bad in [
        json!({}),
        json!({ "action": "dance" }),
        json!({ "action": "volume", "percent": 101 }),
        json!({ "action": "volume" }),
        json!({ "action": "seek", "position_s": 86_401 }),
        json!({ "action": "pause", "x": 1 }),
    ] {
        control(&world, &key, bad.clone()).await.is(400);
    }
}

#[tokio::test]
async fn the_communitys_limits_hold_for_a_key_and_not_for_a_moderator() {
    let (world, key) = world().await;
    for song in ["1", "2", "3"] {
        add(&world, &key, song).await;
    }
    let body = json!({ "query": "one more" });
    let said = world.post("/api/v1/queue/tracks", &As::Key(&key), None, &body).await.is(409);
    assert!(said.json()["error"]["message"].as_str().unwrap().starts_with("Not done"));
    let counted = world.log.lines().into_iter().find(|line| line["queue_full"] == 1);
    assert_eq!(counted.unwrap()["scope"], "user");
    world.give(ADA, GUILD, Role::Moderator).await;
    let ada = world.sign_in(ADA).await.access;
    world.post("/api/v1/queue/tracks", &As::Token(&ada), Some(GUILD), &body).await.is(201);
}

#[tokio::test]
async fn to_jump_ahead_takes_the_right_to_edit() {
    let (world, core) = world().await;
    let user = world.key(KeyTenant::Guild(GUILD), KeyRole::User).await;
    let body = json!({ "query": "first", "next": true });
    world.post("/api/v1/queue/tracks", &As::Key(&user), None, &body).await.is(403);
    world.post("/api/v1/queue/tracks", &As::Key(&core), None, &body).await.is(201);
}

#[tokio::test]
async fn settings_are_shown_changed_and_kept_in_the_trail() {
    let (world, key) = world().await;
    let before = world.get("/api/v1/settings", &As::Key(&key), None).await.is(200).json();
    assert_eq!((&before["per_user"], &before["dj_role"]), (&3.into(), &Value::Null));
    let body = json!({ "per_user": 9, "dj_role": "42", "blocked_artists": ["Nobody"] });
    let after =
        world.send("PATCH", "/api/v1/settings", &As::Key(&key), None, Some(&body)).await.is(200).json();
    assert_eq!(
        (&after["per_user"], &after["dj_role"], &after["max_tracks"]),
        (&9.into(), &"42".into(), &before["max_tracks"])
    );
    assert_eq!(world.get("/api/v1/settings", &As::Key(&key), None).await.json(), after);
    for bad in [json!({ "per_user": 0 }), json!({ "volume": 1 }), json!({ "locale": "?" }), json!([])] {
        world.send("PATCH", "/api/v1/settings", &As::Key(&key), None, Some(&bad)).await.is(400);
    }
    let olga = world.sign_in(OLGA).await.access;
    let trail =
        world.get("/api/v1/audit?action=settings.change", &As::Token(&olga), Some(GUILD)).await.json();
    assert_eq!(trail["actions"].as_array().unwrap().len(), 1);
}
