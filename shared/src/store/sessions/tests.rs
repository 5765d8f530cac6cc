use jiff::ToSpan as _;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::clock::Rng;
use crate::domain::containment::{Act, Level};
use crate::security::secret::Secret;
use crate::store::flags::{FlagStore, Move};

const ADA: UserId = UserId::new(5001);

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn keys() -> KeySet {
    KeySet::parse(&Secret::new("k".repeat(32))).unwrap()
}

fn store(aws: &Aws) -> SessionStore {
    SessionStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn access(token: &RefreshToken, sign_in: &SignIn) -> Access {
    Access {
        user: sign_in.user,
        username: sign_in.username.clone(),
        roles: vec![],
        id: "t1".to_owned(),
        family: token.family(),
        epoch: sign_in.epoch,
        expires_at: now() + 30.minutes(),
    }
}

fn who(user: UserId) -> SignedIn {
    SignedIn { user, username: "Ada".to_owned(), mfa: true }
}

async fn counts(store: &SessionStore, access: &Access, at: Timestamp) -> bool {
    store.standing(access, at).await.unwrap().is_some()
}

async fn begun(store: &SessionStore) -> (RefreshToken, SignIn) {
    let token = RefreshToken::first(Rng::system()).unwrap();
    let sign_in = store.begin(&token, who(ADA), now()).await.unwrap();
    (token, sign_in)
}

async fn next(store: &SessionStore, token: &RefreshToken, at: Timestamp) -> RefreshToken {
    match store.refresh(token, &keys(), at).await.unwrap() {
        Refreshed::Granted { next, sign_in } => {
            assert_eq!((sign_in.user, sign_in.username.as_str()), (ADA, "Ada"));
            next
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sign_in_is_refreshed_again_and_again_until_it_ends() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (mut token, sign_in) = begun(&store).await;
    for day in 1..30 {
        token = next(&store, &token, now() + (day * 24).hours()).await;
    }
    assert!(counts(&store, &access(&token, &sign_in), now()).await);
    let over = store.refresh(&token, &keys(), now() + (30 * 24).hours()).await;
    assert!(matches!(over, Ok(Refreshed::Over)), "{over:?}");
}

#[tokio::test]
async fn a_spent_token_ends_the_sign_in_and_its_access_tokens() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (first, sign_in) = begun(&store).await;
    let second = next(&store, &first, now()).await;
    let reused = store.refresh(&first, &keys(), now() + 61.seconds()).await;
    assert!(matches!(reused, Ok(Refreshed::Reused { user }) if user == ADA), "{reused:?}");
    assert!(matches!(store.refresh(&second, &keys(), now() + 62.seconds()).await, Ok(Refreshed::Over)));
    assert!(!counts(&store, &access(&second, &sign_in), now()).await);
}

/// SPEC W9: a retry in the grace gets what the first one got, and nothing is revoked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_refresh_at_once_all_get_the_same_token() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (first, _) = begun(&store).await;
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (store, first) = (store.clone(), first.clone());
        asking.spawn(async move { next(&store, &first, now()).await.reveal() });
    }
    let mut given: Vec<String> = asking.join_all().await;
    given.dedup();
    assert_eq!(given.len(), 1);
    let second = given[0].parse().unwrap();
    next(&store, &second, now() + 1.hour()).await;
}

#[tokio::test]
async fn a_token_that_was_given_back_counts_no_more_and_others_do() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, sign_in) = begun(&store).await;
    let (one, other) = (access(&token, &sign_in), Access { id: "t2".into(), ..access(&token, &sign_in) });
    store.deny(&one).await.unwrap();
    assert!(!counts(&store, &one, now()).await && counts(&store, &other, now()).await);
    store.end(&token.family()).await.unwrap();
    assert!(!counts(&store, &other, now()).await);
    store.end("nobody's").await.unwrap();
    assert!(store.refresh(&RefreshToken::first(Rng::system()).unwrap(), &keys(), now()).await.is_ok());
}

#[tokio::test]
async fn signing_out_everywhere_ends_each_sign_in_of_one_user() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, sign_in) = begun(&store).await;
    let other = RefreshToken::first(Rng::system()).unwrap();
    let ben = store.begin(&other, who(UserId::new(5002)), now()).await.unwrap();
    store.end_all(ADA).await.unwrap();
    assert!(!counts(&store, &access(&token, &sign_in), now()).await);
    assert!(matches!(store.refresh(&token, &keys(), now()).await, Ok(Refreshed::Over)));
    assert!(counts(&store, &access(&other, &ben), now()).await);
    let (token, sign_in) = begun(&store).await;
    assert_eq!(sign_in.epoch, 1);
    assert!(counts(&store, &access(&token, &sign_in), now()).await);
}

#[tokio::test]
async fn somebody_elses_family_vouches_for_nobody() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, sign_in) = begun(&store).await;
    let other = Access { user: UserId::new(5002), ..access(&token, &sign_in) };
    assert!(!counts(&store, &other, now()).await);
    let unknown = Access { family: "f".into(), ..access(&token, &sign_in) };
    assert!(!counts(&store, &unknown, now()).await);
}

/// SPEC W1: what cannot be read is not believed.
#[tokio::test]
async fn a_table_that_fails_is_an_error_and_not_a_yes() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, sign_in) = begun(&store).await;
    aws.fault(Fault::Status500);
    assert!(store.standing(&access(&token, &sign_in), now()).await.is_err());
    assert!(store.refresh(&token, &keys(), now()).await.is_err());
}

#[tokio::test]
async fn only_hashes_are_stored() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, _) = begun(&store).await;
    let rows = aws.dynamodb().scan().table_name("timmybot-sessions").send().await.unwrap();
    let (family, secret) =
        token.reveal()[3..].split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let text = format!("{:?}", rows.items());
    assert!(text.contains(&token.family()) && !text.contains(&family) && !text.contains(&secret), "{text}");
}

/// SPEC T33: L4 is one-way. Sign-ins from before it never count again, nor do their refresh tokens; later ones do.
#[tokio::test]
async fn no_sign_in_from_before_a_lockdown_of_credentials_counts_again() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (token, sign_in) = begun(&store).await;
    let flags = FlagStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let raise = |level, at| Move::Raise(level, Act { by: ADA.into(), at }, "leak".parse().unwrap());
    flags.make(&raise(Level::L3, now())).await.unwrap();
    assert!(counts(&store, &access(&token, &sign_in), now()).await, "not yet");
    flags.make(&raise(Level::L5, now() + 1.minute())).await.unwrap();
    assert!(!counts(&store, &access(&token, &sign_in), now()).await);
    let refreshed = store.refresh(&token, &keys(), now() + 2.minutes()).await;
    assert!(matches!(refreshed, Ok(Refreshed::Over)), "{refreshed:?}");
    let later = RefreshToken::first(Rng::system()).unwrap();
    let sign_in = store.begin(&later, who(ADA), now() + 2.minutes()).await.unwrap();
    assert!(counts(&store, &access(&later, &sign_in), now() + 2.minutes()).await);
    next(&store, &later, now() + 3.minutes()).await;
}
