//! Paths, methods, sizes and types, before anybody is asked who they are.

use serde_json::json;
use testkit::Fault;

use super::world::{As, World, event};

#[tokio::test]
async fn there_is_nothing_at_other_addresses() {
    let world = World::new().await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v1/keys/",
        "/API/v1/health",
        "/api/v1//health",
        "/.well-known/x",
    ] {
        let said = world.get(path, &As::Nobody, None).await.is(404);
        assert_eq!(said.code(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn another_method_is_told_which_ones_there_are() {
    let world = World::new().await;
    for (method, path) in [("PUT", "/api/v1/health"), ("DELETE", "/api/v1/queue"), ("HEAD", "/api/v1/keys")] {
        let said = world.send(method, path, &As::Nobody, None, None).await.is(405);
        assert!(said.header("allow").is_some());
        assert!(
            said.json()["error"]["message"].as_str().unwrap().starts_with("This address takes "),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_body_is_small_json_of_known_fields() {
    let world = World::new().await;
    let json = json!({ "content-type": "application/json" });
    let path = "/api/v1/sessions/refresh";
    world.raw("POST", path, &json, &"x".repeat(20_000)).await.is(413);
    for (headers, body, field) in [
        (json!({ "content-type": "text/plain" }), r#"{"refresh_token":"x"}"#, "Content-Type"),
        (json.clone(), "", "body"),
        (json.clone(), "{", "body"),
        (json.clone(), "{}", "refresh_token"),
        (json.clone(), r#"{"refresh_token":"x","also":1}"#, "also"),
        (json.clone(), r#"{"refresh_token":7}"#, "refresh_token"),
    ] {
        let said = world.raw("POST", path, &headers, body).await.is(400);
        assert_eq!(said.code(), "invalid_input");
        assert!(said.json()["error"]["fields"].get(field).is_some(), "{body}: {:?}", said.json());
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_or_is_there_twice_is_named() {
    let world = World::new().await;
    for (path, field) in [("/api/v1/health?x=1", "x"), ("/api/v1/status?a=1&a=2", "a")] {
        let said = world.get(path, &As::Nobody, None).await.is(400);
        assert!(said.json()["error"]["fields"].get(field).is_some(), "{path}");
    }
}

/// SPEC W27, W2: on every answer, good or bad.
#[tokio::test]
async fn every_answer_says_what_is_left_and_cannot_be_framed_or_guessed() {
    let world = World::new().await;
    for path in ["/api/v1/health", "/status", "/nothing", "/api/v1/keys", "/api/v1/health?x=1"] {
        let said = world.get(path, &As::Nobody, None).await;
        for name in [
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "ratelimit",
            "ratelimit-policy",
        ] {
            assert!(said.header(name).is_some(), "{path} {name}");
        }
        assert_eq!(said.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(said.header("x-frame-options"), Some("DENY"));
        assert_eq!(said.header("x-ratelimit-limit"), Some("1000"));
    }
}

#[tokio::test]
async fn an_error_has_the_id_to_ask_by() {
    let world = World::new().await;
    let said = world.get("/nothing", &As::Nobody, None).await.is(404);
    assert_eq!(said.json()["error"]["request_id"], "JKJaXmPLvHcESHA=");
    assert_eq!(said.header("cache-control"), Some("no-store"));
}

/// SPEC W1: without the limiter nobody gets in, and the health of the API is no exception.
#[tokio::test]
async fn a_limiter_that_fails_closes_the_door() {
    let world = World::new().await;
    world.aws.fault_next("UpdateItem", Fault::Throttle, 1);
    let said = world.get("/api/v1/health", &As::Nobody, None).await.is(503);
    assert_eq!(said.code(), "unavailable");
    world.get("/api/v1/health", &As::Nobody, None).await.is(200);
}

#[tokio::test]
async fn an_event_that_is_no_request_is_refused() {
    let world = World::new().await;
    for odd in [json!({}), json!({ "Records": [] }), json!(null)] {
        let answer = api::handle(&world.app, &odd).await;
        assert_eq!(answer.status(), 400);
    }
    let mut nowhere = event("GET", "/api/v1/health", &json!({}), "");
    nowhere["requestContext"]["http"]["sourceIp"] = "unknown".into();
    assert_eq!(api::handle(&world.app, &nowhere).await.status(), 503, "an address that nobody knows");
}
