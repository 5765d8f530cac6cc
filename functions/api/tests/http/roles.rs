//! Roles at the API (SPEC W14, W16).

use serde_json::json;
use shared::security::permissions::Role;

use super::world::{ADA, As, BEN, GUILD, OLGA, OTHER, World};

fn path(user: shared::ids::UserId) -> String {
    format!("/api/v1/roles/{user}")
}

#[tokio::test]
async fn an_operator_makes_an_owner_who_makes_a_moderator() {
    let world = World::new().await.approved(GUILD).await;
    let olga = world.sign_in(OLGA).await.access;
    let owner = json!({ "role": "community_owner" });
    let given =
        world.send("PUT", &path(ADA), &As::Token(&olga), Some(GUILD), Some(&owner)).await.is(200).json();
    assert_eq!((&given["role"], &given["given_by"]), (&"community_owner".into(), &OLGA.to_string().into()));
    let ada = world.sign_in(ADA).await.access;
    let moderator = json!({ "role": "moderator" });
    world.send("PUT", &path(BEN), &As::Token(&ada), Some(GUILD), Some(&moderator)).await.is(200);
    let listed = world.get("/api/v1/roles", &As::Token(&ada), Some(GUILD)).await.is(200).json();
    assert_eq!(listed["roles"].as_array().unwrap().len(), 2);
    let ben = world.sign_in(BEN).await.access;
    let me = world.get("/api/v1/me", &As::Token(&ben), Some(GUILD)).await.is(200).json();
    assert_eq!(me["role"], "moderator");
    world.send("DELETE", &path(BEN), &As::Token(&ada), Some(GUILD), None).await.is(204);
    world.get("/api/v1/me", &As::Token(&ben), Some(GUILD)).await.is(403);
}

/// SPEC W16.
#[tokio::test]
async fn nobody_raises_themselves_or_gives_above_their_own() {
    let world = World::new().await.approved(GUILD).await;
    let world =
        world.with_role(ADA, GUILD, Role::Moderator).await.with_role(BEN, GUILD, Role::Moderator).await;
    let ada = world.sign_in(ADA).await.access;
    let (owner, moderator) = (json!({ "role": "community_owner" }), json!({ "role": "moderator" }));
    let give =
        async |user, body| world.send("PUT", &path(user), &As::Token(&ada), Some(GUILD), Some(body)).await;
    assert_eq!(give(ADA, &owner).await.is(403).code(), "forbidden");
    give(BEN, &owner).await.is(403);
    give(OLGA, &moderator).await.is(403);
    let take = async |user| world.send("DELETE", &path(user), &As::Token(&ada), Some(GUILD), None).await;
    take(BEN).await.is(403);
    take(OLGA).await.is(403);
    take(ADA).await.is(204);
    world.get("/api/v1/queue", &As::Token(&ada), Some(GUILD)).await.is(403);
    assert!(world.log.text().contains("AUTHORIZATION_DENIED"));
}

#[tokio::test]
async fn a_role_is_one_communitys() {
    let world = World::new().await.approved(GUILD).await.approved(OTHER).await;
    let world = world.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let ada = world.sign_in(ADA).await.access;
    let body = json!({ "role": "moderator" });
    world.send("PUT", &path(BEN), &As::Token(&ada), Some(OTHER), Some(&body)).await.is(403);
    assert_eq!(
        world.send("PUT", &path(BEN), &As::Token(&ada), None, Some(&body)).await.is(400).code(),
        "missing_community_id"
    );
    world.send("DELETE", &path(BEN), &As::Token(&ada), Some(GUILD), None).await.is(404);
    world.send("PUT", "/api/v1/roles/nobody", &As::Token(&ada), Some(GUILD), Some(&body)).await.is(404);
    world
        .send("PUT", &path(BEN), &As::Token(&ada), Some(GUILD), Some(&json!({ "role": "admin" })))
        .await
        .is(400);
}

#[tokio::test]
async fn each_change_is_in_the_trail() {
    let world = World::new().await.approved(GUILD).await;
    let olga = world.sign_in(OLGA).await.access;
    let body = json!({ "role": "moderator" });
    world.send("PUT", &path(BEN), &As::Token(&olga), Some(GUILD), Some(&body)).await.is(200);
    world.send("DELETE", &path(BEN), &As::Token(&olga), Some(GUILD), None).await.is(204);
    let trail = world.get("/api/v1/audit", &As::Token(&olga), Some(GUILD)).await.is(200).json();
    let actions: Vec<_> =
        trail["actions"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(actions, ["audit.read", "role.take", "role.give"]);
    assert_eq!(trail["actions"][2]["details"], json!({ "before": "user", "after": "moderator" }));
}
