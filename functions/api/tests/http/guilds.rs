//! Letting communities in (SPEC T15, P10).

use serde_json::json;
use shared::clock::Clock;
use shared::domain::access::Step;
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::access::AccessStore;
use shared::store::api_keys::KeyTenant;
use shared::store::rate_limits::RateLimitStore;

use super::world::{ADA, As, GUILD, OLGA, World};

async fn requested(world: &World) {
    let store = AccessStore::new(world.db(), RateLimitStore::new(world.db()), 50);
    store.take(GUILD, &Step::Request { by: ADA }, Clock::system().now()).await.unwrap();
}

#[tokio::test]
async fn a_request_is_listed_approved_and_revoked() {
    let world = World::new().await;
    requested(&world).await;
    let olga = world.sign_in(OLGA).await.access;
    let listed = world.get("/api/v1/guilds", &As::Token(&olga), None).await.is(200).json();
    assert_eq!(
        (&listed["guilds"][0]["guild"], &listed["guilds"][0]["status"]),
        (&GUILD.to_string().into(), &"pending".into())
    );
    let at = |step: &str| format!("/api/v1/guilds/{GUILD}/{step}");
    let approved = world.send("POST", &at("approve"), &As::Token(&olga), None, None).await.is(200).json();
    assert_eq!((&approved["status"], &approved["reason"]), (&"approved".into(), &"approved".into()));
    let again = world.send("POST", &at("approve"), &As::Token(&olga), None, None).await.is(409);
    assert_eq!(again.code(), "conflict");
    world.post(&at("revoke"), &As::Token(&olga), None, &json!({})).await.is(400);
    let because = json!({ "reason": "left" });
    let revoked = world.post(&at("revoke"), &As::Token(&olga), None, &because).await.is(200).json();
    assert_eq!(revoked["status"], "revoked");
    world.post(&at("deny"), &As::Token(&olga), None, &because).await.is(409);
    for (status, count) in [("revoked", 1), ("pending", 0), ("approved", 0)] {
        let path = format!("/api/v1/guilds?status={status}");
        let listed = world.get(&path, &As::Token(&olga), None).await.is(200).json();
        assert_eq!(listed["guilds"].as_array().unwrap().len(), count, "{status}");
    }
    world.get("/api/v1/guilds?status=lost", &As::Token(&olga), None).await.is(400);
    world.get("/api/v1/guilds?cursor=x", &As::Token(&olga), None).await.is(400);
}

#[tokio::test]
async fn only_operators_decide() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let ada = world.sign_in(ADA).await.access;
    let admin = world.key(KeyTenant::Guild(GUILD), KeyRole::Admin).await;
    let path = format!("/api/v1/guilds/{GUILD}/revoke");
    for who in [As::Token(&ada), As::Key(&admin)] {
        world.get("/api/v1/guilds", &who, Some(GUILD)).await.is(403);
        world.post(&path, &who, Some(GUILD), &json!({ "reason": "x" })).await.is(403);
    }
    let deployment = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    world.post(&path, &As::Key(&deployment), None, &json!({ "reason": "gone" })).await.is(200);
    world.get("/api/v1/queue", &As::Token(&ada), Some(GUILD)).await.is(403);
}

#[tokio::test]
async fn nothing_is_decided_about_who_never_asked() {
    let world = World::new().await;
    let olga = world.sign_in(OLGA).await.access;
    let path = format!("/api/v1/guilds/{GUILD}/deny");
    world.post(&path, &As::Token(&olga), None, &json!({ "reason": "x" })).await.is(404);
    world.post("/api/v1/guilds/x/deny", &As::Token(&olga), None, &json!({ "reason": "x" })).await.is(404);
}
