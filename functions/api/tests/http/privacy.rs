//! Asking for one's own data (SPEC T30, T31).

use serde_json::json;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacySource};
use shared::security::api_key::KeyRole;
use shared::store::api_keys::KeyTenant;

use super::world::{ADA, As, World};

#[tokio::test]
async fn a_request_is_queued_in_ones_own_name() {
    let world = World::new().await;
    let token = world.sign_in(ADA).await.access;
    for (action, expected) in [("export", PrivacyAction::Export), ("erase", PrivacyAction::Erase)] {
        let said = world
            .post("/api/v1/privacy/requests", &As::Token(&token), None, &json!({ "action": action }))
            .await;
        let asked = said.is(202).json();
        let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("privacy"));
        let message = receive.send().await.unwrap().messages.unwrap().remove(0);
        let request = PrivacyRequest::parse(message.body().unwrap()).unwrap();
        assert_eq!((request.user(), request.action(), request.source()), (ADA, expected, PrivacySource::Api));
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
