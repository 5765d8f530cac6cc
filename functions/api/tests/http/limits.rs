//! SPEC W23, W25, W27.

use serde_json::json;
use shared::security::api_key::KeyRole;
use shared::store::api_keys::KeyTenant;

use super::world::{As, GUILD, OLGA, World};

/// SPEC W25: a thousand in a minute, for one address.
#[tokio::test]
async fn an_address_that_sends_too_much_is_told_to_wait() {
    let world = World::new().await;
    let mut refused = None;
    for sent in 0..1_001 {
        let said = world.get("/nothing", &As::Nobody, None).await;
        if said.status() == 429 {
            refused = Some((sent, said));
            break;
        }
    }
    let (sent, said) = refused.expect("more than a thousand");
    assert!((980..=1_000).contains(&sent), "{sent}: above a hundred it may be a little too strict");
    assert_eq!(
        (said.code().as_str(), said.header("x-ratelimit-remaining")),
        ("rate_limit_exceeded", Some("0"))
    );
    let wait: i64 = said.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert!(said.header("ratelimit").unwrap().ends_with(&format!("t={wait}")));
}

/// SPEC W23: a hundred in a minute, exactly.
#[tokio::test]
async fn a_key_has_a_hundred_and_the_deployments_more() {
    let world = World::new().await.approved(GUILD).await;
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Trigger).await;
    for left in (0..100).rev() {
        let said = world.get("/api/v1/me", &As::Key(&key), None).await.is(200);
        assert_eq!(said.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
        assert_eq!(said.header("ratelimit-policy"), Some("\"caller\";q=100;w=60"));
    }
    assert_eq!(world.get("/api/v1/me", &As::Key(&key), None).await.is(429).code(), "rate_limit_exceeded");
    let deployment = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    let said = world.get("/api/v1/me", &As::Key(&deployment), None).await.is(200);
    assert_eq!(said.header("x-ratelimit-limit"), Some("1000"));
}

#[tokio::test]
async fn an_operators_limit_takes_a_second_factor() {
    let world = World::new().await;
    for (mfa, limit) in [(true, "1000"), (false, "100")] {
        let tokens = world.sign_in_with(OLGA, mfa).await;
        let said = world.get("/api/v1/me", &As::Token(&tokens.access), None).await.is(200);
        assert_eq!(said.header("x-ratelimit-limit"), Some(limit));
    }
}

#[tokio::test]
async fn a_premium_communitys_keys_have_five_hundred() {
    let world = World::new().await.approved(GUILD).await;
    let olga = world.sign_in(OLGA).await;
    let path = format!("/api/v1/guilds/{GUILD}/approve");
    world.post(&path, &As::Token(&olga.access), None, &json!({ "premium": true })).await.is(200);
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Trigger).await;
    let said = world.get("/api/v1/me", &As::Key(&key), None).await.is(200);
    assert_eq!(said.header("x-ratelimit-limit"), Some("500"));
}

/// Where codes and refresh tokens could be guessed, an address has thirty tries.
#[tokio::test]
async fn credentials_are_not_guessed_at() {
    let world = World::new().await;
    let body = json!({ "refresh_token": "wr-x" });
    for _ in 0..30 {
        world.post("/api/v1/sessions/refresh", &As::Nobody, None, &body).await.is(401);
    }
    let said = world.post("/api/v1/sessions/refresh", &As::Nobody, None, &body).await.is(429);
    assert_eq!(said.header("ratelimit-policy"), Some("\"credentials\";q=30;w=60"));
    world.get("/api/v1/health", &As::Nobody, None).await.is(200);
}
