//! A service says that it does not honour accounts any more; the webhooks function has made sure that it was the service.

use oauth::handle;
use serde_json::{Value, json};
use shared::domain::accounts::Provider;
use testkit::Fault;

use super::world::{ADA, World};

fn message(provider: Provider, subjects: &[&str]) -> Value {
    json!({ "type": "accounts_revoked", "version": 1, "provider": provider.code(), "subjects": subjects })
}

async fn subject(world: &World, provider: Provider) -> String {
    let links = world.links(ADA).await;
    links.iter().find(|link| link.provider == provider).unwrap().subject.as_str().to_owned()
}

#[tokio::test]
async fn what_we_hold_of_them_is_forgotten_and_nothing_else() {
    let world = World::new().await;
    world.link(ADA, Provider::Twitch).await;
    world.link(ADA, Provider::Slack).await;
    let twitch = subject(&world, Provider::Twitch).await;
    // An account of the same name elsewhere, and one that nobody linked.
    for other in [message(Provider::Spotify, &[&twitch]), message(Provider::Twitch, &["999999"])] {
        handle(&world.app, other, "r").await.unwrap();
    }
    assert_eq!(world.links(ADA).await.len(), 2);
    let told = message(Provider::Twitch, &["999999", &twitch]);
    assert_eq!(handle(&world.app, told.clone(), "r").await, Ok(Value::Null));
    assert_eq!(world.tokens(ADA, Provider::Twitch).await, None);
    let left: Vec<Provider> = world.links(ADA).await.iter().map(|link| link.provider).collect();
    assert_eq!(left, [Provider::Slack]);
    let said = world.log.lines();
    assert!(said.iter().any(|line| line["action"] == "unlink" && line["user"].is_string()), "{said:#?}");
    // It may come twice.
    assert_eq!(handle(&world.app, told, "r").await, Ok(Value::Null));
}

#[tokio::test]
async fn one_that_was_killed_comes_again_and_ends_it() {
    for operation in ["GetItem", "PutSecretValue", "TransactWriteItems"] {
        let world = World::new().await;
        world.link(ADA, Provider::Discord).await;
        let told = message(Provider::Discord, &[&subject(&world, Provider::Discord).await]);
        world.aws.fault_next(operation, Fault::AnswerLost, 1);
        let first = handle(&world.app, told.clone(), "r").await;
        let second = handle(&world.app_after(31), told, "r").await;
        assert!(first.is_ok() || second.is_ok(), "{operation}: {first:?} {second:?}");
        assert_eq!(
            (world.links(ADA).await, world.tokens(ADA, Provider::Discord).await),
            (vec![], None),
            "{operation}"
        );
    }
}
