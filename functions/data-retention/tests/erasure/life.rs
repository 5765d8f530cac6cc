//! One person goes, and nothing of theirs is left; nobody else's is touched.

use jiff::ToSpan as _;
use shared::domain::access::Status;
use shared::domain::accounts::Provider;
use shared::domain::queue::NOBODY;
use shared::ids::UserId;
use shared::privacy::{Place, Revocation, SubjectKind};
use shared::security::permissions::Role;
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::flags::FlagStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::roles::{GivenRole, RoleStore};
use shared::store::tombstones::TombstoneStore;
use shared::store::votes::VoteStore;

use super::world::{ADA, BEN, GUILD, OTHER, World, erasure, now};

const CLARA: UserId = UserId::new(80_351_110_224_678_914);

/// By design, for minutes: how often they had signed out, so that nothing that was signed out is good again.
fn but_for_the_epoch(found: Vec<String>) -> Vec<String> {
    found.into_iter().filter(|row| !row.contains("epoch#")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_theirs_is_left_and_nobody_elses_is_touched() {
    let world = World::new().await;
    world.fill(BEN, OTHER, now()).await;
    let others = world.everything().await;
    world.fill(ADA, GUILD, now()).await;
    let receipt = world.erase(&erasure(ADA), now()).await;
    let left = world.mentions(ADA.get()).await;
    assert_eq!(but_for_the_epoch(left), Vec::<String>::new());
    let after = world.everything().await;
    for (table, rows) in &others {
        assert!(rows.is_subset(&after[table]), "{table}");
    }
    assert!(world.vault().read(BEN).await.unwrap().is_some());
    assert_eq!(receipt.subject, SubjectKind::User);
    assert_eq!(receipt.asked_at, now());
    assert_eq!(receipt.revocations.into_iter().collect::<Vec<_>>(), [(Provider::Discord, Revocation::Done)]);
    for (place, at_least) in [
        (Place::AccountLinks, 4),
        (Place::ApiKeys, 1),
        (Place::Deferred, 1),
        (Place::GuildQueues, 4),
        (Place::GuildState, 2),
        (Place::Playlists, 1),
        (Place::RateLimits, 3),
        (Place::Replay, 1),
        (Place::Roles, 1),
        (Place::Sessions, 3),
        (Place::UserSecrets, 1),
    ] {
        let count = receipt.counts.get(&place).copied().unwrap_or_default();
        assert!(count >= at_least, "{place}: {count}");
    }
    assert!(world.log.text().contains("\"erasures\":1"), "{}", world.log.text());
}

#[tokio::test]
async fn a_second_time_there_is_nothing_to_do() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    let first = world.erase(&erasure(ADA), now()).await;
    let before = world.everything().await;
    let later = now() + 1.hour();
    assert_eq!(world.erase(&erasure(ADA), later).await, first, "the same request has the same receipt");
    assert_eq!(world.everything().await, before);
    let again = shared::messages::PrivacyRequest::new(
        shared::messages::PrivacyRequestId::of_digest(&[9; 32]),
        erasure(ADA).subject(),
        shared::messages::PrivacyAction::Erase,
        shared::messages::PrivacySource::Api,
    );
    // An hour later the epoch's time is over, too.
    let receipt = world.erase(&again, later).await;
    let counts: u64 = receipt.counts.into_values().sum();
    assert_eq!((counts, receipt.revocations.len()), (1, 0));
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_shares_a_row_keeps_theirs() {
    let world = World::new().await;
    for user in [ADA, BEN] {
        VoteStore::new(world.db()).cast(GUILD, 1, user, now()).await.unwrap();
        world.listen(user, GUILD, now()).await;
    }
    world.approve(GUILD, ADA, BEN, now()).await;
    world.contain(ADA, CLARA, now()).await;
    world.give_role(GUILD, GivenRole { user: BEN, role: Role::Moderator, by: ADA, at: now() }).await;
    world.erase(&erasure(ADA), now()).await;
    let votes = VoteStore::new(world.db()).read(GUILD, now()).await.unwrap().unwrap();
    assert_eq!(votes.voters, [BEN]);
    let observed = shared::store::observed::ObservedStore::new(world.db()).load(GUILD, now()).await.unwrap();
    assert_eq!((observed.listeners, observed.rev), (Some(vec![BEN]), 2));
    let access = AccessStore::new(world.db(), RateLimitStore::new(world.db()), DEFAULT_CAP);
    let access = access.read(GUILD).await.unwrap().guild.access.unwrap();
    assert_eq!((access.status(), access.requested().by), (Status::Approved, NOBODY));
    assert_eq!(access.decided().map(|decided| decided.by), Some(BEN));
    let flag = FlagStore::new(world.db()).read().await.unwrap();
    let raised = flag.raised().unwrap();
    assert_eq!((raised.act().by, raised.resume().map(|asked| asked.by)), (NOBODY.into(), Some(CLARA.into())));
    let given = RoleStore::new(world.db()).find(GUILD, BEN).await.unwrap().given.unwrap();
    assert_eq!((given.role, given.by), (Role::Moderator, NOBODY));
    assert_eq!(world.mentions(ADA.get()).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wish_to_resume_goes_with_whoever_had_it() {
    for (raised_by, resume_by, is_raiser_kept) in [(BEN, ADA, true), (ADA, ADA, false)] {
        let world = World::new().await;
        world.contain(raised_by, resume_by, now()).await;
        world.erase(&erasure(ADA), now()).await;
        let flag = FlagStore::new(world.db()).read().await.unwrap();
        let raised = flag.raised().unwrap();
        assert_eq!(raised.act().by.person(), Some(if is_raiser_kept { BEN } else { NOBODY }));
        assert_eq!(raised.resume(), None, "it takes two, and nobody is none of them");
    }
}

#[tokio::test]
async fn from_its_first_step_on_they_are_erased_for_forty_days() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.deliver(&erasure(ADA), now()).await;
    let store = TombstoneStore::new(world.db());
    let subject = erasure(ADA).subject();
    assert_eq!(store.tombstone(subject, now() + (39 * 24).hours()).await, Ok(Some(now())));
    assert_eq!(store.tombstone(subject, now() + (40 * 24).hours()).await, Ok(None));
    assert_eq!(store.tombstone(erasure(BEN).subject(), now()).await, Ok(None));
}
