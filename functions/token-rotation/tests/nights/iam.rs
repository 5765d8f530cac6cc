//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use std::sync::Arc;

use serde_json::json;
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::grant::Grant;
use simulator::{AccountsFault, AccountsFaultKind, Fault, FaultAt};
use testkit::iam::{allowed, listed, needed};
use token_rotation::grants::GRANTS;
use token_rotation::{Invocation, handle};

use super::world::{ADA, LATE_S, OWN_NAME, World, nightly, service};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(allowed("TokenRotationRole").unwrap(), listed(GRANTS.iter().map(Grant::parts)));
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await;
    for provider in [Provider::Spotify, Provider::Discord] {
        world.link(ADA, provider, 0).await;
    }
    let kind = AccountsFaultKind::Status(500);
    let fault = AccountsFault { service: service(Provider::Discord), at: FaultAt::Token, kind, times: None };
    world.simulator.fault(Fault::Accounts(fault)).unwrap();
    let heard = world.aws.listen_as(OWN_NAME);
    world.aws.record_calls();
    for night in 1..=5 {
        world.night(LATE_S + night * 86_400).await.unwrap();
    }
    let over = Invocation { id: "r".into(), deadline: Clock::system().now() };
    handle(&world.app_by(Clock::system()), nightly(), &over).await.unwrap();
    assert_eq!(heard.next().await["type"], "rotation_continue");
    let mut own = needed(world.aws.take_calls());
    for secret in ["log-key", "custom-id-key", "jwt-keys"] {
        let app = Arc::new(world.app_by(Clock::system()));
        let name = format!("/timmybot/{secret}");
        let token = world.announced(&name).await;
        world.aws.take_calls();
        for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
            let event = json!({ "Step": step, "SecretId": name, "ClientRequestToken": token });
            handle(&app, event, &over).await.unwrap();
        }
        for (resource, actions) in needed(world.aws.take_calls()) {
            own.entry(resource).or_default().extend(actions);
        }
    }
    // Rows that are about nothing are deleted, in a transaction; `many.rs` has ten thousand of them.
    own.entry("table/account-links".to_owned()).or_default().insert("dynamodb:DeleteItem".to_owned());
    assert_eq!(own, listed(GRANTS.iter().map(Grant::parts)));
}
