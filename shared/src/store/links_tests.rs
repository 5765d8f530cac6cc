//! On the emulator.

use jiff::ToSpan as _;
use testkit::Aws;

use super::*;

const ANN: UserId = UserId::new(5001);
const BEN: UserId = UserId::new(50010);

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn store(aws: &Aws) -> LinkStore {
    LinkStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn twitch(subject: &str, due_at: Option<Timestamp>) -> Link {
    Link::new(Provider::Twitch, subject.parse().unwrap(), due_at, now())
}

async fn put(store: &LinkStore, user: UserId, seen: Option<&Link>, next: Link) -> Link {
    match store.put(user, seen, next).await {
        Ok(PutLink::Now(link)) => link,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_link_reads_as_it_was_written_and_belongs_to_its_user() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let slack = Link::new(Provider::Slack, "U1".parse().unwrap(), None, now());
    let slack = put(&store, ANN, None, slack).await;
    let twitch = put(&store, ANN, None, twitch("77", Some(now() + 1.hour()))).await;
    assert_eq!(store.of(ANN).await, Ok(vec![slack, twitch.clone()]));
    assert_eq!(store.of(BEN).await, Ok(vec![]));
    assert_eq!(store.owner(Provider::Twitch, &twitch.subject).await, Ok(Some(ANN)));
    assert_eq!(store.owner(Provider::Spotify, &twitch.subject).await, Ok(None));
}

#[tokio::test]
async fn an_account_belongs_to_one_user_until_it_is_unlinked() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let mine = put(&store, ANN, None, twitch("77", None)).await;
    assert_eq!(store.put(BEN, None, twitch("77", None)).await, Ok(PutLink::Taken));
    assert_eq!(store.of(BEN).await, Ok(vec![]), "nothing of it was written");
    assert_eq!(store.remove(ANN, &mine).await, Ok(true));
    put(&store, BEN, None, twitch("77", None)).await;
    assert_eq!(store.of(ANN).await, Ok(vec![]));
}

#[tokio::test]
async fn linking_another_account_frees_the_one_before() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let old = put(&store, ANN, None, twitch("77", None)).await;
    let new = put(&store, ANN, Some(&old), twitch("78", None)).await;
    assert_eq!(store.of(ANN).await, Ok(vec![new]));
    put(&store, BEN, None, twitch("77", None)).await;
}

#[tokio::test]
async fn of_two_changes_of_what_both_saw_one_is_told_to_look_again() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = put(&store, ANN, None, twitch("77", None)).await;
    assert_eq!(store.put(ANN, None, twitch("77", None)).await, Ok(PutLink::Changed), "it is not new");
    let gone = Link { status: LinkStatus::NeedsReauth, ..seen.clone() };
    let gone = put(&store, ANN, Some(&seen), gone).await;
    assert_eq!(store.put(ANN, Some(&seen), twitch("77", None)).await, Ok(PutLink::Changed));
    assert_eq!(store.remove(ANN, &seen).await, Ok(false));
    assert_eq!(store.of(ANN).await, Ok(vec![gone]));
}

#[tokio::test]
async fn what_is_due_is_found_by_its_time_and_nothing_else_is() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let users: Vec<UserId> = (1..=20).map(UserId::new).collect();
    for (user, minutes) in users.iter().zip((0..).step_by(10)) {
        put(&store, *user, None, twitch(&user.to_string(), Some(now() + minutes.minutes()))).await;
    }
    let mut found = Vec::new();
    for part in 0..DUE_PARTS {
        found.extend(store.due(part, now() + 95.minutes(), None).await.unwrap().rows);
    }
    found.sort_by_key(|due| due.user);
    let expected = users[..10].iter().map(|user| Due { user: *user, provider: Provider::Twitch });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn what_cannot_be_refreshed_is_never_due() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = put(&store, ANN, None, twitch("77", Some(now()))).await;
    put(&store, BEN, None, twitch("78", None)).await;
    let part = ANN.get() % DUE_PARTS;
    assert_eq!(store.due(part, now(), None).await.unwrap().rows.len(), 1);
    let gone = Link { status: LinkStatus::NeedsReauth, ..seen.clone() };
    put(&store, ANN, Some(&seen), gone).await;
    for part in 0..DUE_PARTS {
        assert_eq!(store.due(part, now() + 1000.hours(), None).await.unwrap().rows, []);
    }
}
