//! Users' secrets that no link leads to.

use data_retention::night::Store;
use data_retention::{Failure, NightError};
use jiff::SignedDuration;
use serde_json::json;
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::ids::UserId;
use shared::privacy::RetentionReason;
use shared::security::secret::Secret;
use shared::store::links::{Link, LinkStore, PutLink};
use shared::store::token_leases::{Taken, TokenLeases};
use shared::vault::{Document, Replaced, TokenVault, Tokens};
use testkit::Fault;

use super::world::{ADA, BEN, DAY, HOUR, World, counts, nightly};

const OURS: [(&str, &str); 2] = [("application", "timmybot"), ("kind", "user-oauth")];

/// As linking leaves it.
async fn tokens(world: &World, user: UserId) {
    let vault = TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    let tokens = Tokens {
        subject: "12345".parse().unwrap(),
        access: Secret::new("test_secret_of_a_user"),
        refresh: None,
        expires_at: None,
        scopes: vec![],
        linked_at: world.night,
    };
    let document = Document::default().with(Provider::Twitch, tokens);
    let made = vault.replace(user, None, document).await.unwrap();
    assert!(matches!(made, Replaced::Now(_)));
}

async fn link(world: &World, user: UserId) {
    let link = Link::new(Provider::Twitch, user.to_string().parse().unwrap(), None, world.night);
    let put = LinkStore::new(world.db()).put(user, None, link).await.unwrap();
    assert!(matches!(put, PutLink::Now(_)));
}

fn name(user: UserId) -> String {
    format!("/timmybot/users/{user}/oauth")
}

#[tokio::test]
async fn tokens_that_no_link_leads_to_go_and_others_stay() {
    let world = World::new().await;
    for user in [ADA, BEN] {
        tokens(&world, user).await;
    }
    link(&world, BEN).await;
    assert_eq!(world.dry_run().await.of(RetentionReason::Orphaned), 1);
    assert_eq!(world.secrets().await.len(), 2, "a dry run changes nothing");
    let tally = world.run().await;
    assert_eq!(json!(tally.counts), counts(&[(RetentionReason::Orphaned, Store::Users, 1)]));
    assert_eq!(world.secrets().await, [name(BEN)]);
    assert_eq!(json!(world.run().await.counts), json!({}));
}

#[tokio::test]
async fn they_are_told_of_a_night_before_and_young_ones_are_left_alone() {
    let world = World::new().await;
    tokens(&world, ADA).await;
    let made = Clock::system().now();
    for (age, told) in [(-DAY, 0), (DAY * 6, 0), (DAY * 7 + HOUR, 1)] {
        let night = world.invoke(nightly(), made + age).await.unwrap();
        assert_eq!((night.tally.told, night.tally.of(RetentionReason::Orphaned)), (told, 0), "{age}");
    }
    assert_eq!(world.secrets().await, [name(ADA)]);
    let night = world.invoke(nightly(), made + DAY * 8 + HOUR).await.unwrap();
    assert_eq!((night.tally.told, night.tally.of(RetentionReason::Orphaned)), (0, 1));
}

#[tokio::test]
async fn what_was_not_made_by_us_is_not_touched() {
    let world = World::new().await;
    world.secret("/timmybot/users/notes", &OURS).await;
    world.secret("/timmybot/users/1x/oauth", &OURS).await;
    world.secret("/timmybot/users/7/oauth", &OURS[..1]).await;
    world.secret("/timmybot/users/8/oauth", &[("application", "timmybot"), ("kind", "backup")]).await;
    world.secret("/other/users/9/oauth", &OURS).await;
    let before = world.secrets().await;
    assert_eq!(json!(world.run().await.counts), json!({}));
    assert_eq!((before.len(), world.secrets().await), (5, before));
}

/// A service that stumbles half-way must not look like a world with fewer secrets.
#[tokio::test]
async fn a_listing_that_fails_on_its_third_page_deletes_nothing() {
    let world = World::new().await;
    for user in 1..=250 {
        world.secret(&name(UserId::new(user)), &OURS).await;
    }
    world.aws.fault_next("ListSecrets", Fault::None, 2);
    world.aws.fault_next("ListSecrets", Fault::Status500, 1);
    let failed = world.invoke(nightly(), world.night).await.unwrap_err();
    assert!(matches!(failed, Failure::Night(NightError::Users { .. })), "{failed:?}");
    assert_eq!(world.secrets().await.len(), 250);
    let tally = world.run().await;
    assert_eq!((tally.of(RetentionReason::Orphaned), tally.left), (100, 150), "one run does so much");
    assert_eq!(world.secrets().await.len(), 150);
    assert_eq!((world.run().await.left, world.run().await.left), (50, 0));
    assert!(world.secrets().await.is_empty());
}

/// Nobody knows whether a link leads to it: then it stays.
#[tokio::test]
async fn a_link_that_cannot_be_looked_up_keeps_its_tokens() {
    let world = World::new().await;
    tokens(&world, ADA).await;
    for fault in [Fault::Status500, Fault::Throttle] {
        world.aws.fault_next("Query", fault, 1);
        assert!(matches!(
            world.invoke(nightly(), world.night).await,
            Err(Failure::Night(NightError::Rows(_)))
        ));
        // Now the second time, under the lease.
        world.aws.fault_next("Query", Fault::None, 1);
        world.aws.fault_next("Query", fault, 1);
        let tally = world.run().await;
        assert_eq!((tally.failed, tally.of(RetentionReason::Orphaned)), (1, 0));
        assert_eq!(world.secrets().await, [name(ADA)]);
    }
}

/// Somebody links or refreshes at this very moment.
#[tokio::test]
async fn tokens_that_somebody_is_at_are_left_alone() {
    let world = World::new().await;
    tokens(&world, ADA).await;
    let leases = TokenLeases::new(world.db());
    let taken = leases.take(ADA, "somebody", world.night).await.unwrap();
    let Taken::Mine(lease) = taken else { panic!("{taken:?}") };
    let tally = world.run().await;
    assert_eq!((tally.changed, tally.of(RetentionReason::Orphaned)), (1, 0));
    assert_eq!(world.secrets().await, [name(ADA)]);
    leases.release(lease).await.unwrap();
    assert_eq!(world.run().await.of(RetentionReason::Orphaned), 1);
    // What the lease left behind ends by itself.
    let later = world.night + DAY + SignedDuration::from_hours(2);
    let night = world.invoke(nightly(), later).await.unwrap();
    assert_eq!(night.tally.of(RetentionReason::PastItsEnd), 1);
}
