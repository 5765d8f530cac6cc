//! Asking for one's own data, for a community's erasure, and how far that is (SPEC T30, T31).

use serde_json::json;
use shared::clock::{Clock, Rng};
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{Case, CaseState, DataSubject, Exporting};
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;
use shared::store::tombstones::TombstoneStore;

use super::world::{ADA, As, BEN, GUILD, OLGA, OTHER, World};

/// The request that waits; each is received once.
async fn queued(world: &World) -> PrivacyRequest {
    let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("privacy"));
    let message = receive.send().await.unwrap().messages.unwrap().remove(0);
    PrivacyRequest::parse(message.body().unwrap()).unwrap()
}

#[tokio::test]
async fn a_request_is_queued_in_ones_own_name() {
    let world = World::new().await;
    let token = world.sign_in(ADA).await.access;
    for (action, expected) in [("export", PrivacyAction::Export), ("erase", PrivacyAction::Erase)] {
        let said = world
            .post("/api/v1/privacy/requests", &As::Token(&token), None, &json!({ "action": action }))
            .await;
        let asked = said.is(202).json();
        let request = queued(&world).await;
        let expected = (DataSubject::User(ADA), expected, PrivacySource::Api);
        assert_eq!((request.subject(), request.action(), request.source()), expected);
        assert_eq!(asked["id"], request.id().to_string());
    }
}

#[tokio::test]
async fn nobody_asks_for_somebody_else() {
    let world = World::new().await;
    let token = world.sign_in(ADA).await.access;
    let other = json!({ "action": "erase", "user": "5002" });
    world.post("/api/v1/privacy/requests", &As::Token(&token), None, &other).await.is(400);
    let key = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    world.post("/api/v1/privacy/requests", &As::Key(&key), None, &json!({ "action": "erase" })).await.is(403);
    world.post("/api/v1/privacy/requests", &As::Nobody, None, &json!({ "action": "erase" })).await.is(401);
}

fn at(request: PrivacyRequestId) -> String {
    format!("/api/v1/privacy/requests/{request}")
}

/// A request as data-retention has left it.
async fn left(world: &World, subject: DataSubject, state: CaseState) -> PrivacyRequestId {
    let id = PrivacyRequestId::new(Rng::system()).unwrap();
    let asked_at = Clock::system().now();
    let case = Case { id, subject, source: PrivacySource::Api, asked_at, state };
    TombstoneStore::new(world.db()).open(case).await.unwrap();
    id
}

fn erased() -> CaseState {
    CaseState::Erased { at: Clock::system().now(), receipt: "a receipt\n".to_owned() }
}

#[tokio::test]
async fn who_asked_sees_how_far_it_is_and_nobody_else_does() {
    let world = World::new().await;
    let (ada, ben, olga) = (world.sign_in(ADA).await, world.sign_in(BEN).await, world.sign_in(OLGA).await);
    let id = left(&world, DataSubject::User(ADA), erased()).await;
    let said = world.get(&at(id), &As::Token(&ada.access), None).await.is(200).json();
    assert_eq!((&said["state"], &said["action"]), (&"erased".into(), &"erase".into()));
    assert_eq!((&said["id"], &said["receipt"]), (&id.to_string().into(), &"a receipt\n".into()));
    for other in [&ben, &olga] {
        world.get(&at(id), &As::Token(&other.access), None).await.is(404);
    }
    world.get(&at(id), &As::Nobody, None).await.is(401);
    let gathering = CaseState::Exporting(Exporting::default());
    let id = left(&world, DataSubject::User(ADA), gathering).await;
    let said = world.get(&at(id), &As::Token(&ada.access), None).await.is(200).json();
    assert_eq!((&said["state"], &said["receipt"]), (&"gathering".into(), &serde_json::Value::Null));
    world.get("/api/v1/privacy/requests/x", &As::Token(&ada.access), None).await.is(404);
}

/// Whether the community is let in does not matter: what it left behind is still its own.
#[tokio::test]
async fn a_community_is_erased_by_its_owner_or_an_operator_who_say_it_twice() {
    let world = World::new().await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let world = world.with_role(BEN, GUILD, Role::Moderator).await;
    let path = format!("/api/v1/guilds/{GUILD}/erasure");
    let (twice, other) = (json!({ "guild": GUILD.to_string() }), json!({ "guild": OTHER.to_string() }));
    for user in [ADA, OLGA] {
        let token = world.sign_in(user).await.access;
        world.post(&path, &As::Token(&token), None, &other).await.is(400);
        world.post(&path, &As::Token(&token), None, &json!({})).await.is(400);
        let asked = world.post(&path, &As::Token(&token), None, &twice).await.is(202).json();
        let request = queued(&world).await;
        let expected = (DataSubject::Guild(GUILD), PrivacyAction::Erase, PrivacySource::Operator);
        assert_eq!((request.subject(), request.action(), request.source()), expected);
        assert_eq!(asked["id"], request.id().to_string());
    }
    let olga = world.sign_in(OLGA).await.access;
    let trail = world.approved(GUILD).await.get("/api/v1/audit", &As::Token(&olga), Some(GUILD)).await;
    let trail = trail.is(200).json();
    let done = trail["actions"].as_array().unwrap().iter().filter(|row| row["action"] == "guild.erase");
    assert_eq!(done.count(), 2);
}

#[tokio::test]
async fn nobody_else_erases_a_community_or_sees_how_far_it_is() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, OTHER, Role::CommunityOwner).await;
    let world = world.with_role(BEN, GUILD, Role::Moderator).await;
    let id = left(&world, DataSubject::Guild(GUILD), erased()).await;
    let (path, status) = (format!("/api/v1/guilds/{GUILD}/erasure"), format!("{}?guild={GUILD}", at(id)));
    let twice = json!({ "guild": GUILD.to_string() });
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Admin).await;
    let (ada, ben) = (world.sign_in(ADA).await, world.sign_in(BEN).await);
    // An operator who has shown no second factor is none (SPEC W3).
    let olga = world.sign_in_with(OLGA, false).await;
    for who in [As::Token(&ada.access), As::Token(&ben.access), As::Token(&olga.access), As::Key(&key)] {
        world.post(&path, &who, None, &twice).await.is(403);
        world.get(&status, &who, None).await.is(403);
    }
    world.post(&path, &As::Nobody, None, &twice).await.is(401);
    let owner = world.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let said = owner.get(&status, &As::Token(&ada.access), None).await.is(200).json();
    assert_eq!(said["state"], "erased");
    owner.get(&format!("{}?guild=x", at(id)), &As::Token(&ada.access), None).await.is(400);
}
