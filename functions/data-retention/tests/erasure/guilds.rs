//! A community goes: what is its own, whoever wrote it; and nothing of its members elsewhere.

use shared::domain::access::{Reason, Status, Step};
use shared::domain::queue::NOBODY;
use shared::privacy::{Place, SubjectKind};
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::rate_limits::RateLimitStore;
use shared::store::{Item, Table};

use super::world::{ADA, BEN, GUILD, OTHER, World, erasure, now};

fn access(world: &World) -> AccessStore {
    AccessStore::new(world.db(), RateLimitStore::new(world.db()), DEFAULT_CAP)
}

fn is_count(item: &Item) -> bool {
    item.contains_key("approved")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_community_is_left_and_its_members_keep_what_is_theirs() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.approve(GUILD, ADA, BEN, now()).await;
    world.fill(BEN, OTHER, now()).await;
    world.approve(OTHER, BEN, BEN, now()).await;
    let receipt = world.erase(&erasure(GUILD), now()).await;
    assert_eq!((receipt.subject, receipt.revocations.len()), (SubjectKind::Guild, 0));
    assert_eq!(world.mentions(GUILD.get()).await, Vec::<String>::new());
    for place in [Place::GuildAccess, Place::GuildQueues, Place::GuildState, Place::Playlists, Place::Roles] {
        assert!(receipt.counts[&place] > 0, "{place}");
    }
    assert!(world.vault().read(ADA).await.unwrap().is_some(), "their accounts are theirs");
    let rows = world.rows(Table::GuildAccess).await;
    let count = rows.iter().find(|row| is_count(row)).unwrap();
    assert_eq!(count["approved"].as_n().unwrap(), "1", "the other one");
    let other = access(&world).read(OTHER).await.unwrap().guild.access.unwrap();
    assert_eq!(other.status(), Status::Approved);
    assert!(!world.mentions(OTHER.get()).await.is_empty());
}

#[tokio::test]
async fn a_refusal_stays_and_says_nothing_of_anybody() {
    let world = World::new().await;
    let reason: Reason = "because of Ada".parse().unwrap();
    access(&world).take(GUILD, &Step::Request { by: ADA }, now()).await.unwrap();
    access(&world).take(GUILD, &Step::Deny { by: BEN, reason }, now()).await.unwrap();
    world.erase(&erasure(GUILD), now()).await;
    let left = access(&world).read(GUILD).await.unwrap().guild.access.unwrap();
    assert_eq!((left.status(), left.requested().by), (Status::Denied, NOBODY));
    let decided = left.decided().unwrap();
    assert_eq!((decided.by, decided.reason.as_str()), (NOBODY, "erased"));
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
}
