//! Whose is whose (SPEC W14 to W17): every route, every kind of caller, every community.

use proptest::prelude::*;
use serde_json::{Value, json};
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;

use super::world::{ADA, As, BEN, GUILD, OLGA, OTHER, Said, World};

/// Every route about a community, with a body that is good, and the least role that may use it; keys by their roles.
type Cell = (&'static str, String, Option<Value>, Role, &'static [KeyRole]);

fn community_routes() -> Vec<Cell> {
    use KeyRole::{Action, Admin, Core, Trigger, User};
    let entry = "0".repeat(20);
    vec![
        ("GET", "/api/v1/queue".into(), None, Role::User, &[Trigger, Action, Core, Admin, User]),
        (
            "POST",
            "/api/v1/queue/tracks".into(),
            Some(json!({ "query": "a song" })),
            Role::User,
            &[Action, Core, Admin, User],
        ),
        ("DELETE", format!("/api/v1/queue/tracks/{entry}"), None, Role::Moderator, &[Core, Admin]),
        (
            "POST",
            "/api/v1/playback".into(),
            Some(json!({ "action": "pause" })),
            Role::Moderator,
            &[Action, Core, Admin],
        ),
        ("GET", "/api/v1/settings".into(), None, Role::User, &[Core, Admin, User]),
        ("PATCH", "/api/v1/settings".into(), Some(json!({})), Role::CommunityOwner, &[Core, Admin]),
        ("GET", "/api/v1/roles".into(), None, Role::Moderator, &[Admin]),
        ("PUT", format!("/api/v1/roles/{BEN}"), Some(json!({ "role": "moderator" })), Role::Moderator, &[]),
        ("GET", "/api/v1/keys".into(), None, Role::CommunityOwner, &[]),
        (
            "POST",
            "/api/v1/keys".into(),
            Some(json!({ "name": "n", "role": "user", "expires_in_days": 1 })),
            Role::CommunityOwner,
            &[],
        ),
        ("GET", "/api/v1/audit".into(), None, Role::Admin, &[Admin]),
        ("GET", "/api/v1/audit/verification".into(), None, Role::Admin, &[Admin]),
    ]
}

/// Past the gate: whatever the route then says of what is asked.
fn got_in(said: &Said) -> bool {
    !matches!(said.status(), 401 | 403)
        || said.json()["error"]["message"].as_str().is_some_and(|text| text.starts_with("Not changed"))
}

/// Role × route × community, all cells.
#[tokio::test]
async fn the_matrix_of_people() {
    let world = World::new().await.approved(GUILD).await.approved(OTHER).await;
    for role in [None, Some(Role::Moderator), Some(Role::CommunityOwner), Some(Role::Admin)] {
        let user = if role == Some(Role::Admin) { OLGA } else { ADA };
        if let Some(role) = role.filter(|role| *role != Role::Admin) {
            world.give(ADA, GUILD, role).await;
        }
        let token = world.sign_in(user).await.access;
        for (method, path, body, least, _) in community_routes() {
            for (guild, own) in [(GUILD, true), (OTHER, role == Some(Role::Admin))] {
                let said = world.send(method, &path, &As::Token(&token), Some(guild), body.as_ref()).await;
                let expected = own && role.is_some_and(|role| role >= least);
                assert_eq!(got_in(&said), expected, "{role:?} {method} {path} {guild}: {:?}", said.0);
            }
        }
    }
}

/// Key × route × community, all cells. A header never widens a key.
#[tokio::test]
async fn the_matrix_of_keys() {
    let world = World::new().await.approved(GUILD).await.approved(OTHER).await;
    for role in KeyRole::ALL {
        let own = world.key(KeyTenant::Guild(GUILD), role).await;
        let deployment = world.key(KeyTenant::Deployment, role).await;
        for (method, path, body, _, roles) in community_routes() {
            let may = roles.contains(&role);
            for (key, guild, expected) in [
                (&own, None, may),
                (&own, Some(GUILD), may),
                (&own, Some(OTHER), false),
                (&deployment, Some(GUILD), may),
                (&deployment, Some(OTHER), may),
            ] {
                let said = world.send(method, &path, &As::Key(key), guild, body.as_ref()).await;
                assert_eq!(got_in(&said), expected, "{role} {method} {path} {guild:?}: {:?}", said.0);
            }
        }
    }
}

#[tokio::test]
async fn a_community_that_is_not_let_in_is_as_one_that_is_not_there() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, OTHER, Role::CommunityOwner).await;
    let ada = world.sign_in(ADA).await.access;
    let pending = world.get("/api/v1/queue", &As::Token(&ada), Some(OTHER)).await.is(403);
    let foreign = world.get("/api/v1/queue", &As::Token(&ada), Some(GUILD)).await.is(403);
    assert_eq!(pending.json()["error"]["message"], foreign.json()["error"]["message"]);
}

#[tokio::test]
async fn a_community_is_named_once_and_by_its_id() {
    let world = World::new().await.approved(GUILD).await;
    let key = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    assert_eq!(world.get("/api/v1/queue", &As::Key(&key), None).await.is(400).code(), "missing_community_id");
    for odd in ["", "0", "abc", "-1", "99999999999999999999999", &format!("{GUILD},{OTHER}")] {
        let headers = json!({ "x-api-key": key, "x-community-id": odd });
        let said = world.raw("GET", "/api/v1/queue", &headers, "").await.is(400);
        assert_eq!(said.code(), "invalid_input", "{odd}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a key of one community sends, nothing of another one comes back and nothing there changes.
    #[test]
    fn nothing_crosses_from_one_community_to_another(
        steps in proptest::collection::vec((0_usize..12, any::<bool>(), 0_usize..5), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await.approved(GUILD).await.approved(OTHER).await;
            let theirs = world.key(KeyTenant::Guild(OTHER), KeyRole::Admin).await;
            let secret = json!({ "query": "nobody else knows this song" });
            world.post("/api/v1/queue/tracks", &As::Key(&theirs), None, &secret).await.is(201);
            let before = world.get("/api/v1/queue", &As::Key(&theirs), None).await.is(200).json();
            for (route, named, role) in steps {
                let key = world.key(KeyTenant::Guild(GUILD), KeyRole::ALL[role]).await;
                let (method, path, body, _, _) = community_routes().swap_remove(route);
                let guild = named.then_some(OTHER);
                let said = world.send(method, &path, &As::Key(&key), guild, body.as_ref()).await;
                assert!(!said.0.body().contains("nobody else knows"));
                assert!(!named || said.status() == 403, "{method} {path}");
            }
            let after = world.get("/api/v1/queue", &As::Key(&theirs), None).await.is(200).json();
            assert_eq!(before["upcoming"], after["upcoming"]);
            assert_eq!(before["playing"]["track"], after["playing"]["track"]);
        });
    }
}
