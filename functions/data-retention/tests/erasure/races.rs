//! What was on its way when somebody was erased does not bring them back; what they begin afterwards is theirs.

use jiff::ToSpan as _;
use shared::domain::accounts::Provider;
use shared::security::secret::Secret;
use shared::store::links::{Link, LinkStore, PutLink};
use shared::vault::{Replaced, Tokens, VaultError};

use super::world::{ADA, GUILD, World, erasure, now};

fn link() -> Link {
    Link::new(Provider::Discord, "4711".parse().unwrap(), None, now())
}

fn tokens() -> Tokens {
    Tokens {
        subject: "4711".parse().unwrap(),
        access: Secret::new("test_access_of_a_late_link"),
        refresh: None,
        expires_at: None,
        scopes: vec![],
        linked_at: now(),
    }
}

#[tokio::test]
async fn a_link_that_was_begun_before_cannot_be_made_after() {
    let world = World::new().await;
    world.erase(&erasure(ADA), now()).await;
    let links = LinkStore::new(world.db());
    let before = links.put_begun(ADA, None, link(), now() - 1.second()).await;
    assert_eq!(before, Ok(PutLink::Erased));
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
    let after = links.put_begun(ADA, None, link(), now() + 1.second()).await.unwrap();
    assert!(matches!(after, PutLink::Now(_)), "{after:?}");
}

#[tokio::test]
async fn tokens_that_a_late_link_brings_are_taken_back_and_deleted_by_the_second_sweep() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.deliver(&erasure(ADA), now()).await;
    assert_eq!(world.vault().read(ADA).await, Ok(None));
    // The exchange was under way; the link itself is refused.
    let document = shared::vault::Document::default().with(Provider::Discord, tokens());
    assert!(matches!(world.vault().replace(ADA, None, document).await, Ok(Replaced::Now(_))));
    let receipt = world.erase(&erasure(ADA), now() + 121.seconds()).await;
    assert_eq!(world.vault().read(ADA).await, Ok(None));
    assert_eq!(receipt.revocations.len(), 1);
    let discord = simulator::Service::ALL.into_iter().find(|service| service.code() == "discord").unwrap();
    let told = world.simulator.accounts().calls(discord, simulator::Endpoint::Revoke);
    assert_eq!(told, 2, "of the old tokens and of the late ones");
}

#[tokio::test]
async fn a_refresh_that_comes_late_has_nothing_to_write_to() {
    let world = World::new().await;
    world.fill_tokens(ADA, Provider::Discord, now()).await;
    let seen = world.vault().read(ADA).await.unwrap().unwrap();
    world.erase(&erasure(ADA), now()).await;
    let late = world.vault().replace(ADA, Some(&seen), seen.document.with(Provider::Discord, tokens())).await;
    assert!(matches!(late, Err(VaultError::Unavailable { .. })), "{late:?}");
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_somebody_plays_between_the_sweeps_is_nobodys() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.deliver(&erasure(ADA), now()).await;
    world.play(ADA, GUILD, 77, now()).await;
    world.owe(ADA, 78, now()).await;
    world.erase(&erasure(ADA), now() + 121.seconds()).await;
    let left = world.mentions(ADA.get()).await;
    let left: Vec<String> = left.into_iter().filter(|row| !row.contains("epoch#")).collect();
    assert_eq!(left, Vec::<String>::new());
}
