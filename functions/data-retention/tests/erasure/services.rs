//! Services are told for a day; then it goes on without them, and the receipt says so.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan as _};
use shared::clock::Rng;
use shared::domain::accounts::Provider;
use shared::privacy::{Case, CaseState, Erasing, ErasureStep, Revocation};
use shared::store::token_leases::{Taken, TokenLeases};
use simulator::Endpoint;

use super::world::{ADA, World, erasure, now};

/// Nobody listens there.
const DOWN: &str = "http://127.0.0.1:9";

async fn erasing(world: &World) -> Erasing {
    match world.case(&erasure(ADA), now()).await {
        Some(Case { state: CaseState::Erasing(erasing), .. }) => erasing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_service_that_is_down_is_told_when_it_is_up_again_and_nothing_is_deleted_before() {
    let world = World::new().await;
    world.fill_tokens(ADA, Provider::Discord, now()).await;
    world.fill_accounts(ADA, super::world::GUILD, now()).await;
    assert!(world.deliver_to(&world.app_below(now(), DOWN), &erasure(ADA), now()).await);
    let waits = erasing(&world).await;
    assert_eq!(waits.step, ErasureStep::Revoke { again: Some(now() + 1.minute()) });
    assert_eq!(waits.revocations, BTreeMap::from([(Provider::Discord, Revocation::Pending)]));
    assert!(world.vault().read(ADA).await.unwrap().is_some(), "its tokens are needed to tell it");
    // Too early, it waits.
    assert!(world.deliver(&erasure(ADA), now() + 59.seconds()).await);
    assert_eq!(erasing(&world).await, waits);
    let receipt = world.erase(&erasure(ADA), now() + 1.minute()).await;
    assert_eq!(receipt.revocations, BTreeMap::from([(Provider::Discord, Revocation::Done)]));
}

#[tokio::test]
async fn after_a_day_nobody_waits_any_longer() {
    let world = World::new().await;
    world.fill_tokens(ADA, Provider::Discord, now()).await;
    let (mut at, mut tries) = (now(), 0);
    while let Erasing { step: ErasureStep::Tombstone | ErasureStep::Revoke { .. }, .. } = {
        world.deliver_to(&world.app_below(at, DOWN), &erasure(ADA), at).await;
        erasing(&world).await
    } {
        tries += 1;
        at += 15.minutes();
        assert!(world.vault().read(ADA).await.unwrap().is_some());
    }
    assert!((90..=100).contains(&tries), "{tries}");
    assert!(at.duration_since(now()) >= SignedDuration::from_hours(24));
    assert_eq!(world.vault().read(ADA).await, Ok(None));
    let receipt = world.erase(&erasure(ADA), at + 121.seconds()).await;
    assert_eq!(receipt.revocations, BTreeMap::from([(Provider::Discord, Revocation::Failed)]));
}

#[tokio::test]
async fn of_two_services_the_one_that_knows_is_not_told_again() {
    let world = World::new().await;
    world.fill_tokens(ADA, Provider::Discord, now()).await;
    world.fill_tokens(ADA, Provider::Spotify, now()).await;
    let receipt = world.erase(&erasure(ADA), now()).await;
    // Spotify has no place to tell it; its users have a page.
    assert_eq!(receipt.revocations, BTreeMap::from([(Provider::Discord, Revocation::Done)]));
    let discord = simulator::Service::ALL.into_iter().find(|service| service.code() == "discord").unwrap();
    assert_eq!(world.simulator.accounts().calls(discord, Endpoint::Revoke), 1);
}

#[tokio::test]
async fn a_refresh_on_its_way_is_waited_for() {
    let world = World::new().await;
    world.fill_tokens(ADA, Provider::Discord, now()).await;
    let leases = TokenLeases::new(world.db());
    let Taken::Mine(lease) = leases.take(ADA, "refresh", now()).await.unwrap() else { panic!("it is free") };
    assert!(world.deliver(&erasure(ADA), now()).await, "it goes on with the next message");
    assert_eq!(erasing(&world).await.step, ErasureStep::Revoke { again: Some(now() + 1.minute()) });
    leases.release(lease).await.unwrap();
    assert_eq!(world.erase(&erasure(ADA), now() + 1.minute()).await.revocations.len(), 1);
}

#[tokio::test]
async fn a_secret_with_copies_elsewhere_goes_with_all_of_them() {
    let world = World::new().await;
    let regions = vec!["eu-north-1".parse().unwrap(), "us-east-1".parse().unwrap()];
    let replicas = shared::vault::Replicas::new(regions, None, None).unwrap();
    let vault = shared::vault::TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    let made = vault.replicated(replicas).replace(ADA, None, shared::vault::Document::default()).await;
    made.unwrap();
    world.erase(&erasure(ADA), now()).await;
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
}
