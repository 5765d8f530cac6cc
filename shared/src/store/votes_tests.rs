use std::collections::BTreeMap;

use jiff::ToSpan;
use proptest::prelude::*;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;

const GUILD: GuildId = GuildId::new(42);
const ANN: UserId = UserId::new(9);
const BOB: UserId = UserId::new(10);

fn store(aws: &Aws) -> VoteStore {
    VoteStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn votes(run: u64, voters: &[UserId]) -> Votes {
    Votes { run, voters: voters.to_vec() }
}

#[tokio::test]
async fn everybody_counts_once_and_in_their_guild_only() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.read(GUILD, now()).await.unwrap(), None);
    assert_eq!(store.cast(GUILD, 5, BOB, now()).await.unwrap(), votes(5, &[BOB]));
    assert_eq!(store.cast(GUILD, 5, BOB, now()).await.unwrap(), votes(5, &[BOB]));
    assert_eq!(store.cast(GUILD, 5, ANN, now()).await.unwrap(), votes(5, &[ANN, BOB]));
    assert_eq!(store.read(GUILD, now()).await.unwrap(), Some(votes(5, &[ANN, BOB])));
    assert_eq!(store.read(GuildId::new(4), now()).await.unwrap(), None);
}

#[tokio::test]
async fn another_track_begins_anew_and_a_late_vote_about_the_one_before_does_not_count() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.cast(GUILD, 5, ANN, now()).await.unwrap();
    assert_eq!(store.cast(GUILD, 6, BOB, now()).await.unwrap(), votes(6, &[BOB]));
    assert_eq!(store.cast(GUILD, 5, ANN, now()).await.unwrap(), votes(6, &[BOB]));
    assert_eq!(store.read(GUILD, now()).await.unwrap(), Some(votes(6, &[BOB])));
}

#[tokio::test]
async fn votes_that_have_expired_are_gone_even_of_a_later_run() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.cast(GUILD, 5, ANN, now()).await.unwrap();
    let later = now() + 24.hours();
    assert_eq!(store.read(GUILD, later - 1.second()).await.unwrap(), Some(votes(5, &[ANN])));
    assert_eq!(store.read(GUILD, later).await.unwrap(), None);
    assert_eq!(store.cast(GUILD, 5, BOB, later).await.unwrap(), votes(5, &[BOB]));
    assert_eq!(store.cast(GUILD, 4, ANN, later + 24.hours()).await.unwrap(), votes(4, &[ANN]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_at_once_none_is_lost_and_none_counts_twice() {
    let aws = Aws::start().await;
    store(&aws).cast(GUILD, 1, ANN, now()).await.unwrap();
    let mut voters = JoinSet::new();
    for id in (1..=25).chain(1..=25) {
        let store = store(&aws);
        voters.spawn(async move { store.cast(GUILD, 2, UserId::new(id), now()).await.unwrap() });
    }
    for seen in voters.join_all().await {
        assert_eq!(seen.run, 2);
    }
    let all: Vec<UserId> = (1..=25).map(UserId::new).collect();
    assert_eq!(store(&aws).read(GUILD, now()).await.unwrap(), Some(votes(2, &all)));
}

#[tokio::test]
async fn a_failing_or_corrupt_table_is_an_error_and_no_vote() {
    let aws = Aws::start().await;
    let mut item = key(GUILD, SK);
    item.insert("run".to_owned(), number(1));
    item.insert("expires_at".to_owned(), number(i64::MAX));
    item.insert("voters".to_owned(), AttributeValue::Ss(vec!["nobody".to_owned()]));
    let table = format!("{}-guild-state", aws.prefix());
    aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    assert_eq!(store(&aws).read(GUILD, now()).await, Err(CORRUPT));
    aws.fault(Fault::Throttle);
    assert!(matches!(store(&aws).cast(GUILD, 1, ANN, now()).await, Err(StoreError::Unavailable { .. })));
    assert!(store(&aws).read(GUILD, now()).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever order the votes come in: the row holds everybody who voted about the latest run, and nobody else.
    #[test]
    fn the_latest_run_has_all_of_its_voters(cast in prop::collection::vec((1_u64..4, 1_u64..6), 1..20)) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let aws = Aws::start().await;
            let mut model: BTreeMap<u64, BTreeSet<UserId>> = BTreeMap::new();
            for (run, user) in cast {
                let late = model.keys().any(|seen| *seen > run);
                if !late {
                    model.entry(run).or_default().insert(UserId::new(user));
                }
                let seen = store(&aws).cast(GUILD, run, UserId::new(user), now()).await.unwrap();
                let (run, voters) = model.last_key_value().unwrap();
                assert_eq!(seen, Votes { run: *run, voters: voters.iter().copied().collect() });
            }
        });
    }
}
