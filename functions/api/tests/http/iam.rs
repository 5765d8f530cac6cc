//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use api::grants::GRANTS;
use serde_json::json;
use shared::grant::Grant;
use shared::security::permissions::Role;
use testkit::iam::{allowed, listed, needed};

use super::world::{ADA, As, BEN, GUILD, OLGA, World};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(allowed("ApiRole").unwrap(), listed(GRANTS.iter().map(Grant::parts)));
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let supervisor = world.aws.listen_as("timmybot-voice-supervisor");
    world.aws.record_calls();
    world.get("/api/v1/status", &As::Nobody, None).await.is(200);
    let (ada, olga) = (world.sign_in(ADA).await, world.sign_in(OLGA).await);
    let (ada_token, olga_token) = (As::Token(&ada.access), As::Token(&olga.access));
    let wanted = json!({ "name": "n", "role": "core", "expires_in_days": 1 });
    let made = world.post("/api/v1/keys", &ada_token, Some(GUILD), &wanted).await.is(201).json();
    let key = made["secret"].as_str().unwrap();
    world.get("/api/v1/keys", &ada_token, Some(GUILD)).await.is(200);
    let add = json!({ "query": "a song" });
    world.post("/api/v1/queue/tracks", &As::Key(key), None, &add).await.is(201);
    supervisor.next().await;
    world.post("/api/v1/queue/tracks", &As::Key(key), None, &add).await.is(201);
    let headers = json!({ "x-api-key": key, "content-type": "application/json", "idempotency-key": "r-1" });
    for _ in 0..2 {
        world.raw("POST", "/api/v1/queue/tracks", &headers, &add.to_string()).await.is(201);
    }
    world.get("/api/v1/queue", &As::Key(key), None).await.is(200);
    for action in ["skip", "stop"] {
        world.post("/api/v1/playback", &As::Key(key), None, &json!({ "action": action })).await.is(200);
    }
    let change = json!({ "announce": true });
    world.send("PATCH", "/api/v1/settings", &ada_token, Some(GUILD), Some(&change)).await.is(200);
    let role = format!("/api/v1/roles/{BEN}");
    world.send("PUT", &role, &ada_token, Some(GUILD), Some(&json!({ "role": "moderator" }))).await.is(200);
    world.get("/api/v1/roles", &ada_token, Some(GUILD)).await.is(200);
    world.send("DELETE", &role, &ada_token, Some(GUILD), None).await.is(204);
    world.get("/api/v1/guilds", &olga_token, None).await.is(200);
    world.get("/api/v1/audit", &olga_token, Some(GUILD)).await.is(200);
    let path = format!("/api/v1/guilds/{GUILD}/revoke");
    world.post(&path, &olga_token, None, &json!({ "reason": "x" })).await.is(200);
    let asked = json!({ "action": "export" });
    let asked = world.post("/api/v1/privacy/requests", &ada_token, None, &asked).await.is(202).json();
    let at = format!("/api/v1/privacy/requests/{}", asked["id"].as_str().unwrap());
    world.get(&at, &ada_token, None).await.is(404);
    let refresh = json!({ "refresh_token": ada.refresh });
    world.post("/api/v1/sessions/refresh", &As::Nobody, None, &refresh).await.is(200);
    world.send("DELETE", "/api/v1/sessions/current", &ada_token, None, None).await.is(204);
    world.get("/.well-known/timmybot-keys.json", &As::Nobody, None).await.is(200);
    world.get("/api/v1/incidents", &olga_token, None).await.is(200);
    world.get(&format!("/api/v1/incidents/{:032x}", 7), &olga_token, None).await.is(404);
    world.get("/status.json", &As::Nobody, None).await.is(200);
    let mut needed = needed(world.aws.take_calls());
    // It is never called: it is why S3 says of a missing document that it is missing.
    needed.entry("bucket/status".to_owned()).or_default().insert("s3:ListBucket".to_owned());
    // A long queue is written in batches, and one that gets old is kept; the queue's own tests have both.
    let queues = needed.entry("table/guild-queues".to_owned()).or_default();
    queues.extend(["BatchWriteItem", "UpdateItem"].map(|action| format!("dynamodb:{action}")));
    assert_eq!(needed, listed(GRANTS.iter().map(Grant::parts)));
}
