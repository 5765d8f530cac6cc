//! Everybody wants a token at the moment at which it ends.

use core::sync::atomic::{AtomicU32, Ordering};

use jiff::ToSpan as _;
use testkit::Aws;

use super::*;
use crate::store::Db;

const USER: UserId = UserId::new(5001);
const TWITCH: Provider = Provider::Twitch;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

/// A provider that takes each refresh token once and numbers what it gives.
#[derive(Debug, Default)]
struct Once {
    calls: AtomicU32,
    refuses: Option<NotGranted>,
}

impl Refresher for Once {
    async fn refresh(&self, _: Provider, tokens: &Tokens) -> Result<Tokens, NotGranted> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        if let Some(error) = &self.refuses {
            return Err(*error);
        }
        if tokens.refresh != Some(Secret::new(format!("refresh {call}"))) {
            return Err(NotGranted::InvalidGrant);
        }
        Ok(given(call + 1, now() + 1.hour()))
    }
}

fn given(number: u32, expires_at: Timestamp) -> Tokens {
    Tokens {
        subject: "12345".parse().unwrap(),
        access: Secret::new(format!("access {number}")),
        refresh: Some(Secret::new(format!("refresh {number}"))),
        expires_at: Some(expires_at),
        scopes: vec![],
        linked_at: now(),
    }
}

fn vault(aws: &Aws) -> TokenVault {
    TokenVault::new(aws.sdk_config(), Rng::system(), "/timmybot", None)
}

fn tokens(aws: &Aws, provider: &Arc<Once>) -> AccessTokens<Arc<Once>> {
    let leases = TokenLeases::new(Db::new(aws.dynamodb(), aws.prefix()));
    AccessTokens::new(vault(aws), leases, provider.clone(), Clock::fixed(now()), Rng::system())
}

async fn write(aws: &Aws, change: impl FnOnce(&Document) -> Document) -> Stored {
    let seen = vault(aws).read(USER).await.unwrap();
    let next = change(&seen.as_ref().map(|seen| seen.document.clone()).unwrap_or_default());
    match vault(aws).replace(USER, seen.as_ref(), next).await {
        Ok(Replaced::Now(stored)) => stored,
        other => panic!("{other:?}"),
    }
}

async fn linked(aws: &Aws, expires_at: Timestamp) -> Stored {
    write(aws, |document| document.with(TWITCH, given(0, expires_at))).await
}

#[tokio::test]
async fn a_fresh_token_is_read_once_and_then_kept() {
    let aws = Aws::start().await;
    linked(&aws, now() + 301.seconds()).await;
    let provider = Arc::new(Once::default());
    let tokens = tokens(&aws, &provider);
    aws.record_calls();
    for _ in 0..3 {
        assert_eq!(tokens.get(USER, TWITCH).await, Ok(Secret::new("access 0")));
    }
    assert_eq!(aws.take_calls().len(), 1);
    tokens.forget(USER, TWITCH);
    tokens.get(USER, TWITCH).await.unwrap();
    assert_eq!((aws.take_calls().len(), provider.calls.load(Ordering::SeqCst)), (1, 0));
}

/// SPEC T12. Each has a memory of its own, as a hundred functions have.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_who_want_it_at_its_end_make_one_call() {
    let aws = Aws::start().await;
    linked(&aws, now() + 300.seconds()).await;
    let provider = Arc::new(Once::default());
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let tokens = tokens(&aws, &provider);
        all.spawn(async move { tokens.get(USER, TWITCH).await });
    }
    for got in all.join_all().await {
        assert_eq!(got, Ok(Secret::new("access 1")));
    }
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_link_that_is_not_honoured_any_more_is_deleted_and_the_others_stay() {
    let aws = Aws::start().await;
    linked(&aws, now()).await;
    write(&aws, |document| document.with(Provider::Slack, given(7, now() + 1.hour()))).await;
    let provider = Arc::new(Once { refuses: Some(NotGranted::InvalidGrant), ..Once::default() });
    let tokens = tokens(&aws, &provider);
    assert_eq!(tokens.get(USER, TWITCH).await, Err(AccessError::NeedsReauth));
    assert_eq!(tokens.get(USER, TWITCH).await, Err(AccessError::NotLinked));
    assert_eq!(tokens.get(USER, Provider::Slack).await, Ok(Secret::new("access 7")));
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_provider_that_fails_costs_nothing_but_the_wait() {
    let aws = Aws::start().await;
    let before = linked(&aws, now()).await;
    let later = NotGranted::Later { code: "status_503", after: Some(Duration::from_secs(7)) };
    let provider = Arc::new(Once { refuses: Some(later), ..Once::default() });
    let refused = tokens(&aws, &provider).get(USER, TWITCH).await;
    let expected = AccessError::Later { code: "status_503".to_owned(), after: Some(Duration::from_secs(7)) };
    assert_eq!(refused, Err(expected));
    assert_eq!(vault(&aws).read(USER).await, Ok(Some(before)), "nothing was changed");
    let well = Arc::new(Once::default());
    assert!(tokens(&aws, &well).get(USER, TWITCH).await.is_ok(), "the lease was given back");
}

#[tokio::test]
async fn without_a_link_or_a_refresh_token_nobody_is_asked() {
    let aws = Aws::start().await;
    let provider = Arc::new(Once::default());
    let tokens = tokens(&aws, &provider);
    assert_eq!(tokens.get(USER, TWITCH).await, Err(AccessError::NotLinked));
    write(&aws, |document| document.with(TWITCH, Tokens { refresh: None, ..given(0, now()) })).await;
    assert_eq!(tokens.get(USER, TWITCH).await, Err(AccessError::NeedsReauth));
    assert_eq!(tokens.get(USER, Provider::Slack).await, Err(AccessError::NotLinked));
    assert_eq!(provider.calls.load(Ordering::SeqCst), 0);
}

/// The one before died with the only refresh token that the provider still takes put aside.
#[tokio::test]
async fn what_a_dead_refresh_put_aside_is_used_and_the_provider_is_not_asked() {
    let aws = Aws::start().await;
    let seen = linked(&aws, now()).await;
    let next = seen.document.with(TWITCH, given(1, now() + 1.hour()));
    aws.fault_next("UpdateSecretVersionStage", testkit::Fault::Status500, 1);
    assert!(vault(&aws).replace(USER, Some(&seen), next).await.is_err());
    let provider = Arc::new(Once::default());
    assert_eq!(tokens(&aws, &provider).get(USER, TWITCH).await, Ok(Secret::new("access 1")));
    assert_eq!(provider.calls.load(Ordering::SeqCst), 0);
}

/// A link that was made anew while the provider was asked is newer than its answer.
#[tokio::test]
async fn a_link_that_came_between_wins_whatever_the_provider_says() {
    #[derive(Debug)]
    struct Meanwhile<'a>(&'a Aws, Result<(), NotGranted>);
    impl Refresher for Meanwhile<'_> {
        async fn refresh(&self, _: Provider, _: &Tokens) -> Result<Tokens, NotGranted> {
            write(self.0, |document| document.with(TWITCH, given(8, now() + 1.hour()))).await;
            self.1.map(|()| given(1, now() + 1.hour()))
        }
    }
    for says in [Ok(()), Err(NotGranted::InvalidGrant)] {
        let aws = Aws::start().await;
        linked(&aws, now()).await;
        let leases = TokenLeases::new(Db::new(aws.dynamodb(), aws.prefix()));
        let tokens =
            AccessTokens::new(vault(&aws), leases, Meanwhile(&aws, says), Clock::fixed(now()), Rng::system());
        assert_eq!(tokens.get(USER, TWITCH).await, Ok(Secret::new("access 8")));
        let stored = vault(&aws).read(USER).await.unwrap().unwrap();
        assert_eq!(stored.document.tokens(TWITCH).unwrap().access, Secret::new("access 8"));
    }
}
