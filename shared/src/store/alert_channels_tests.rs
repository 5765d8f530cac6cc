//! On the emulator.

use jiff::ToSpan as _;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::clock::Rng;
use crate::domain::breaker::Gate;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn store(aws: &Aws) -> AlertChannelStore {
    AlertChannelStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn name(text: &str) -> Label {
    text.parse().unwrap()
}

fn card(seed: u64, number: u64, message: u64) -> PostedCard {
    let incident = IncidentId::new(now(), Rng::fixed(seed)).unwrap();
    PostedCard { incident, number, kind: Kind::Opened, message: MessageId::new(message) }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a change is made with")]
fn failed(state: ChannelState) -> Option<ChannelState> {
    Some(ChannelState { breaker: state.breaker.failed(now(), None), ..state })
}

#[tokio::test]
async fn what_is_written_is_read_back_and_each_channel_has_its_own() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.all(now()).await, Ok(BTreeMap::new()));
    let broken = Broken { code: "status_404".to_owned(), version: "v1".to_owned(), at: now() };
    let whole = ChannelState {
        breaker: Breaker::default().failed(now(), Some(SignedDuration::from_secs(30))),
        broken: Some(broken),
        cards: vec![card(1, 2, 77)],
    };
    let next = whole.clone();
    store.change(&name("ops"), SeenChannel::default(), now(), |_| Some(next.clone())).await.unwrap();
    store.change(&name("pager"), SeenChannel::default(), now(), failed).await.unwrap();
    let all = store.all(now()).await.unwrap();
    assert_eq!(all.keys().map(Label::as_str).collect::<Vec<_>>(), ["ops", "pager"]);
    assert_eq!(all[&name("ops")].state, whole);
    assert_eq!(all[&name("pager")].state.breaker.failures, 1);
    assert!(whole.is_broken("v1") && !whole.is_broken("v2"), "another address is another channel");
    store.forget(&name("ops")).await.unwrap();
    assert_eq!(store.one(&name("ops"), now()).await, Ok(SeenChannel::default()));
}

#[tokio::test]
async fn nothing_is_written_where_nothing_changes() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.record_calls();
    let same = store.change(&name("ops"), SeenChannel::default(), now(), |_| None).await;
    assert_eq!((same, aws.take_calls().len()), (Ok(None), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_failure_of_several_at_once_is_lost() {
    let aws = Aws::start().await;
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let store = store(&aws);
        all.spawn(async move {
            store.change(&name("ops"), SeenChannel::default(), now(), failed).await.unwrap();
        });
    }
    all.join_all().await;
    assert_eq!(store(&aws).one(&name("ops"), now()).await.unwrap().state.breaker.failures, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_would_try_a_half_open_one_exactly_one_may() {
    let aws = Aws::start().await;
    let (first, mut seen) = (store(&aws), SeenChannel::default());
    for _ in 0..5 {
        seen = first.change(&name("ops"), seen, now(), failed).await.unwrap().unwrap();
    }
    let later = now() + 1.minute();
    let try_it = move |state: ChannelState| {
        (state.breaker.gate(later) == Gate::HalfOpen)
            .then(|| ChannelState { breaker: state.breaker.tried(later), ..state })
    };
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let (store, seen) = (store(&aws), seen.clone());
        all.spawn(async move { store.change(&name("ops"), seen, later, try_it).await.unwrap().is_some() });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|may| *may).count(), 1);
}

#[tokio::test]
async fn a_row_whose_time_is_over_says_nothing_and_can_be_written_over() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.change(&name("ops"), SeenChannel::default(), now(), failed).await.unwrap();
    let later = now() + (91 * 24).hours();
    let seen = store.one(&name("ops"), later).await.unwrap();
    assert_eq!(seen.state, ChannelState::default());
    let again = store.change(&name("ops"), seen, later, failed).await.unwrap().unwrap();
    assert_eq!(again.state.breaker.failures, 1);
}

#[tokio::test]
async fn a_table_that_fails_is_an_error() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault(Fault::Status500);
    assert!(store.all(now()).await.is_err());
    assert!(store.one(&name("ops"), now()).await.is_err());
    assert!(store.change(&name("ops"), SeenChannel::default(), now(), failed).await.is_err());
    assert!(store.forget(&name("ops")).await.is_err());
}

#[test]
fn each_incident_has_its_last_message_and_the_oldest_go() {
    let state = ChannelState::default().with(card(1, 1, 10)).with(card(2, 1, 20)).with(card(1, 2, 11));
    assert_eq!(state.cards, [card(2, 1, 20), card(1, 2, 11)]);
    assert_eq!(state.clone().with(card(1, 1, 12)), state, "an older notice that came late");
    assert_eq!(state.clone().with(card(1, 2, 13)), state, "the same notice twice");
    assert_eq!(state.card(card(1, 0, 1).incident), Some(card(1, 2, 11)));
    let many = (0..30).fold(state, |state, seed| state.with(card(100 + seed, 1, seed + 1)));
    assert_eq!(many.cards.len(), CARDS);
    assert_eq!(many.cards.last(), Some(&card(129, 1, 30)));
}
