//! API keys: made, listed, rotated, revoked (SPEC W5, W6).

use serde_json::{Value, json};
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;
use testkit::Fault;

use super::world::{ADA, As, GUILD, OLGA, Said, World};

async fn owner() -> (World, String) {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let token = world.sign_in(ADA).await.access;
    (world, token)
}

async fn make(world: &World, token: &str, body: Value) -> Said {
    world.post("/api/v1/keys", &As::Token(token), Some(GUILD), &body).await
}

fn core() -> Value {
    json!({ "name": "stream deck", "role": "core", "expires_in_days": 30 })
}

#[tokio::test]
async fn a_key_is_shown_once_and_works() {
    let (world, token) = owner().await;
    let made = make(&world, &token, core()).await.is(201).json();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("wa-") && secret.len() == 67);
    world.get("/api/v1/queue", &As::Key(secret), None).await.is(200);
    let listed = world.get("/api/v1/keys", &As::Token(&token), Some(GUILD)).await.is(200);
    assert!(!listed.0.body().contains(&secret[3..]));
    let key = &listed.json()["keys"][0];
    assert_eq!(
        (&key["name"], &key["state"], &key["community"]),
        (&"stream deck".into(), &"good".into(), &GUILD.to_string().into())
    );
    assert_eq!(key["id"], made["key"]["id"]);
    assert!(key["used_at"].is_string() && made["key"].get("used_at").is_none());
    assert!(world.log.text().contains("CREDENTIAL_CHANGE") && world.log.text().contains("API_KEY_USE"));
}

#[tokio::test]
async fn a_key_is_narrowed_and_never_more_than_its_maker() {
    let (world, token) = owner().await;
    let narrow = json!({ "name": "n", "role": "admin", "only": ["queue:view"], "expires_in_days": 1 });
    let made = make(&world, &token, narrow).await.is(201).json();
    assert_eq!(made["key"]["permissions"], json!(["queue:view"]));
    let secret = made["secret"].as_str().unwrap();
    world.get("/api/v1/settings", &As::Key(secret), None).await.is(403);
    for (body, status) in [
        (json!({ "name": "n", "role": "admin", "expires_in_days": 1 }), 403),
        (json!({ "name": "n", "role": "trigger", "only": ["audit:read"], "expires_in_days": 1 }), 400),
        (json!({ "name": "n", "role": "core", "only": ["queue:*"], "expires_in_days": 1 }), 400),
        (
            json!({ "name": "n", "role": "core", "only": ["queue:add", "queue:add"], "expires_in_days": 1 }),
            400,
        ),
        (json!({ "name": "n", "role": "core", "expires_in_days": 0 }), 400),
        (json!({ "name": "n", "role": "core", "expires_in_days": 366 }), 400),
        (json!({ "name": "", "role": "core", "expires_in_days": 1 }), 400),
        (json!({ "name": "a\nb", "role": "core", "expires_in_days": 1 }), 400),
        (json!({ "name": "n", "role": "god", "expires_in_days": 1 }), 400),
        (json!({ "name": "n", "role": "core", "expires_in_days": 1, "id": "x" }), 400),
    ] {
        make(&world, &token, body).await.is(status);
    }
}

#[tokio::test]
async fn a_key_makes_no_keys() {
    let (world, _) = owner().await;
    let admin = world.key(KeyTenant::Guild(GUILD), KeyRole::Admin).await;
    world.post("/api/v1/keys", &As::Key(&admin), None, &core()).await.is(403);
    world.get("/api/v1/keys", &As::Key(&admin), None).await.is(403);
    let deployment = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    world.post("/api/v1/keys", &As::Key(&deployment), Some(GUILD), &core()).await.is(403);
}

#[tokio::test]
async fn while_a_key_takes_over_both_work_and_then_one() {
    let (world, token) = owner().await;
    let old = make(&world, &token, core()).await.is(201).json();
    let path = format!("/api/v1/keys/{}/rotate", old["key"]["id"].as_str().unwrap());
    let body = json!({ "expires_in_days": 90, "overlap_hours": 2 });
    let new = world.post(&path, &As::Token(&token), Some(GUILD), &body).await.is(201).json();
    assert_eq!((&new["key"]["replaces"], &new["key"]["role"]), (&old["key"]["id"], &"core".into()));
    for (key, hours, status) in [(&old, 1, 200), (&new, 1, 200), (&old, 3, 401), (&new, 3, 200)] {
        let app = world.app_after(hours * 3_600);
        let secret = key["secret"].as_str().unwrap();
        let said = world.send_to(&app, ("GET", "/api/v1/queue"), &As::Key(secret), None, None).await;
        assert_eq!(said.status(), status, "{hours}");
    }
    let too_long = json!({ "expires_in_days": 90, "overlap_hours": 721 });
    world.post(&path, &As::Token(&token), Some(GUILD), &too_long).await.is(400);
}

#[tokio::test]
async fn a_revoked_key_is_over_at_once_and_cannot_take_over() {
    let (world, token) = owner().await;
    let made = make(&world, &token, core()).await.is(201).json();
    let path = format!("/api/v1/keys/{}", made["key"]["id"].as_str().unwrap());
    world.send("DELETE", &path, &As::Token(&token), Some(GUILD), None).await.is(204);
    world.get("/api/v1/queue", &As::Key(made["secret"].as_str().unwrap()), None).await.is(401);
    world.send("DELETE", &path, &As::Token(&token), Some(GUILD), None).await.is(404);
    let body = json!({ "expires_in_days": 90 });
    world.post(&format!("{path}/rotate"), &As::Token(&token), Some(GUILD), &body).await.is(404);
    let listed = world.get("/api/v1/keys", &As::Token(&token), Some(GUILD)).await.is(200).json();
    assert_eq!(listed["keys"][0]["state"], "revoked");
}

#[tokio::test]
async fn twenty_good_keys_are_enough() {
    let (world, token) = owner().await;
    for _ in 0..20 {
        make(&world, &token, core()).await.is(201);
    }
    assert_eq!(make(&world, &token, core()).await.is(409).code(), "conflict");
}

#[tokio::test]
async fn the_deployments_keys_are_operators_to_make() {
    let (world, token) = owner().await;
    let missing = world.post("/api/v1/keys", &As::Token(&token), None, &core()).await;
    assert_eq!(missing.is(403).code(), "forbidden", "an owner's are their community's");
    let olga = world.sign_in(OLGA).await.access;
    let admin = json!({ "name": "ci", "role": "admin", "expires_in_days": 1 });
    let made = world.post("/api/v1/keys", &As::Token(&olga), None, &admin).await.is(201).json();
    let secret = made["secret"].as_str().unwrap();
    world.get("/api/v1/guilds", &As::Key(secret), None).await.is(200);
    let said = world.get("/api/v1/queue", &As::Key(secret), None).await.is(400);
    assert_eq!(said.code(), "missing_community_id");
    world.get("/api/v1/queue", &As::Key(secret), Some(GUILD)).await.is(200);
}

/// SPEC T36: no key without its row in the trail, and none when that row cannot be written.
#[tokio::test]
async fn a_key_and_its_audit_row_are_one_write() {
    let (world, token) = owner().await;
    world.aws.fault_next("TransactWriteItems", Fault::Throttle, 1);
    make(&world, &token, core()).await.is(503);
    let listed = world.get("/api/v1/keys", &As::Token(&token), Some(GUILD)).await.json();
    assert_eq!(listed["keys"], json!([]));
    make(&world, &token, core()).await.is(201);
    let olga = world.sign_in(OLGA).await.access;
    let trail =
        world.get("/api/v1/audit?action=key.create", &As::Token(&olga), Some(GUILD)).await.is(200).json();
    assert_eq!(trail["actions"].as_array().unwrap().len(), 1);
    assert_eq!(trail["actions"][0]["details"]["role"], "core");
}
