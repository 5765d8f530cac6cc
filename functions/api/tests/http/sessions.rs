//! Signing in and out (SPEC W7 to W10).

use jiff::SignedDuration;
use serde_json::json;
use shared::clock::Rng;
use shared::security::oauth::one_time::OneTime;
use testkit::Fault;

use super::world::{ADA, As, OLGA, World, tokens};

#[tokio::test]
async fn a_code_is_worth_two_tokens_once_and_to_whoever_began() {
    let world = World::new().await;
    let (code, verifier) = world.code(ADA, true).await;
    let other = OneTime::new(Rng::system()).unwrap().to_text();
    let stolen = json!({ "code": code, "verifier": other });
    assert_eq!(
        world.post("/api/v1/sessions", &As::Nobody, None, &stolen).await.is(401).code(),
        "invalid_token"
    );
    let own = json!({ "code": code, "verifier": verifier.to_text() });
    let said = world.post("/api/v1/sessions", &As::Nobody, None, &own).await.is(201);
    assert_eq!((&said.json()["token_type"], &said.json()["expires_in"]), (&"Bearer".into(), &1800.into()));
    assert_eq!(said.header("cache-control"), Some("no-store"));
    world.post("/api/v1/sessions", &As::Nobody, None, &own).await.is(401);
    let me = world.get("/api/v1/me", &As::Token(&tokens(&said).access), None).await.is(200).json();
    assert_eq!(me["subject"], json!({ "kind": "person", "user": ADA.to_string(), "username": "ada" }));
    assert_eq!(me["permissions"], json!([]), "who has no role may nothing");
}

#[tokio::test]
async fn a_browser_redeems_by_its_cookie() {
    let world = World::new().await;
    let (code, cookie) = world.code(ADA, true).await;
    let event = |cookies: serde_json::Value| {
        let body = json!({ "code": code }).to_string();
        let mut event = super::world::event(
            "POST",
            "/api/v1/sessions",
            &json!({ "content-type": "application/json" }),
            &body,
        );
        event["cookies"] = cookies;
        event
    };
    let without = api::handle(&world.app, &event(json!([]))).await;
    assert_eq!(without.status(), 401);
    let own = json!([format!("__Host-timmybot-linking={}", cookie.to_text())]);
    assert_eq!(api::handle(&world.app, &event(own)).await.status(), 201);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_spent_one_ends_everything() {
    let world = World::new().await;
    let first = world.sign_in(ADA).await;
    let refresh = async |token: &str, later: i64| {
        let app = world.app_after(later);
        let body = json!({ "refresh_token": token });
        world.send_to(&app, ("POST", "/api/v1/sessions/refresh"), &As::Nobody, None, Some(&body)).await
    };
    let second = tokens(&refresh(&first.refresh, 0).await.is(200));
    let again = tokens(&refresh(&first.refresh, 30).await.is(200));
    assert_eq!(again.refresh, second.refresh, "who asks again within a minute gets the same answer");
    refresh(&first.refresh, 90).await.is(401);
    assert!(world.log.text().contains("refresh_token_reused"));
    refresh(&second.refresh, 91).await.is(401);
    world.get("/api/v1/me", &As::Token(&second.access), None).await.is(401);
}

#[tokio::test]
async fn two_windows_that_refresh_at_once_both_go_on() {
    let world = World::new().await;
    let first = world.sign_in(ADA).await;
    let body = json!({ "refresh_token": first.refresh });
    let (one, other) = tokio::join!(
        world.post("/api/v1/sessions/refresh", &As::Nobody, None, &body),
        world.post("/api/v1/sessions/refresh", &As::Nobody, None, &body),
    );
    let (one, other) = (tokens(&one.is(200)), tokens(&other.is(200)));
    assert_eq!(one.refresh, other.refresh);
    for access in [one.access, other.access] {
        world.get("/api/v1/me", &As::Token(&access), None).await.is(200);
    }
}

#[tokio::test]
async fn signing_out_ends_this_one_and_everywhere_ends_all() {
    let world = World::new().await;
    let (one, other) = (world.sign_in(ADA).await, world.sign_in(ADA).await);
    world.send("DELETE", "/api/v1/sessions/current", &As::Token(&one.access), None, None).await.is(204);
    world.get("/api/v1/me", &As::Token(&one.access), None).await.is(401);
    let body = json!({ "refresh_token": one.refresh });
    world.post("/api/v1/sessions/refresh", &As::Nobody, None, &body).await.is(401);
    let third = world.sign_in(ADA).await;
    world.get("/api/v1/me", &As::Token(&other.access), None).await.is(200);
    world.send("DELETE", "/api/v1/sessions", &As::Token(&other.access), None, None).await.is(204);
    for tokens in [&other, &third] {
        world.get("/api/v1/me", &As::Token(&tokens.access), None).await.is(401);
    }
    let fourth = world.sign_in(ADA).await;
    world.get("/api/v1/me", &As::Token(&fourth.access), None).await.is(200);
}

/// SPEC W3: what an operator may takes a second factor at Discord.
#[tokio::test]
async fn an_operator_without_a_second_factor_is_none() {
    let world = World::new().await;
    let weak = world.sign_in_with(OLGA, false).await;
    world.get("/api/v1/guilds", &As::Token(&weak.access), None).await.is(403);
    let strong = world.sign_in_with(OLGA, true).await;
    world.get("/api/v1/guilds", &As::Token(&strong.access), None).await.is(200);
    let next = json!({ "refresh_token": weak.refresh });
    let next = tokens(&world.post("/api/v1/sessions/refresh", &As::Nobody, None, &next).await.is(200));
    world.get("/api/v1/guilds", &As::Token(&next.access), None).await.is(403);
}

#[tokio::test]
async fn an_access_token_ends_after_half_an_hour() {
    let world = World::new().await;
    let tokens = world.sign_in(ADA).await;
    for (minutes, status) in [(29, 200), (32, 401)] {
        let app = world.app_after(SignedDuration::from_mins(minutes).as_secs());
        let said = world.send_to(&app, ("GET", "/api/v1/me"), &As::Token(&tokens.access), None, None).await;
        assert_eq!(said.status(), status, "{minutes}");
    }
}

/// SPEC W1: who cannot be looked up is not believed, and a code is not lost by it.
#[tokio::test]
async fn tables_that_fail_let_nobody_in() {
    let world = World::new().await;
    let tokens = world.sign_in(ADA).await;
    world.aws.fault_next("BatchGetItem", Fault::Throttle, 1);
    assert_eq!(world.get("/api/v1/me", &As::Token(&tokens.access), None).await.is(503).code(), "unavailable");
    let (code, verifier) = world.code(ADA, true).await;
    let body = json!({ "code": code, "verifier": verifier.to_text() });
    world.aws.fault_next("DeleteItem", Fault::Throttle, 1);
    world.post("/api/v1/sessions", &As::Nobody, None, &body).await.is(503);
    world.post("/api/v1/sessions", &As::Nobody, None, &body).await.is(201);
}
