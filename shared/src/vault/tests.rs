//! On the emulator: what Secrets Manager does with our versions.

use jiff::Timestamp;
use testkit::{Aws, Fault};

use super::*;
use crate::domain::accounts::Provider;

const USER: UserId = UserId::new(5001);

fn vault(aws: &Aws) -> TokenVault {
    TokenVault::new(aws.sdk_config(), Rng::system(), "/timmybot", Some("alias/tokens"))
}

fn tokens(access: &str) -> Tokens {
    let linked_at = Timestamp::from_second(1_800_000_000).unwrap();
    Tokens {
        subject: "12345".parse().unwrap(),
        access: Secret::new(access),
        refresh: None,
        expires_at: None,
        scopes: vec![],
        linked_at,
    }
}

fn now(replaced: Result<Replaced, VaultError>) -> Stored {
    match replaced {
        Ok(Replaced::Now(stored)) => stored,
        other => panic!("{other:?}"),
    }
}

async fn link(vault: &TokenVault, provider: Provider, access: &str) -> Stored {
    let seen = vault.read(USER).await.unwrap();
    let before = seen.as_ref().map(|seen| seen.document.clone()).unwrap_or_default();
    now(vault.replace(USER, seen.as_ref(), before.with(provider, tokens(access))).await)
}

#[tokio::test]
async fn never_linked_linked_and_not_available_are_three_things() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    assert_eq!(vault.read(USER).await, Ok(None));
    let stored = link(&vault, Provider::Twitch, "a").await;
    assert_eq!(vault.read(USER).await, Ok(Some(stored)));
    assert_eq!(vault.read(UserId::new(500)).await, Ok(None), "ids that begin alike are two users");
    aws.fault_next("GetSecretValue", Fault::Status500, 1);
    assert!(matches!(vault.read(USER).await, Err(VaultError::Unavailable { .. })));
}

#[tokio::test]
async fn a_secret_has_our_name_our_key_and_our_tags() {
    let aws = Aws::start().await;
    link(&vault(&aws), Provider::Twitch, "a").await;
    let described =
        vault(&aws).client.describe_secret().secret_id("/timmybot/users/5001/oauth").send().await.unwrap();
    assert_eq!(described.kms_key_id(), Some("alias/tokens"));
    let tags: Vec<_> =
        described.tags().iter().map(|tag| (tag.key().unwrap(), tag.value().unwrap())).collect();
    assert_eq!(tags, TAGS);
}

#[tokio::test]
async fn a_secret_has_copies_where_the_operator_wants_them_and_nowhere_else() {
    let aws = Aws::start().await;
    let regions = ["eu-north-1", "us-east-1"].map(|region| region.parse().unwrap()).to_vec();
    let copied = vault(&aws).replicated(Replicas::new(regions, Some("alias/replicas"), None).unwrap());
    link(&copied, Provider::Twitch, "a").await;
    now(vault(&aws).replace(UserId::new(5002), None, Document::default()).await);
    let described = async |user: u64| {
        let name = format!("/timmybot/users/{user}/oauth");
        let described = copied.client.describe_secret().secret_id(name).send().await.unwrap();
        let status = described.replication_status().iter();
        let parts =
            status.map(|one| (one.region().unwrap().to_owned(), one.kms_key_id().unwrap().to_owned()));
        parts.collect::<Vec<_>>()
    };
    let expected = ["eu-north-1", "us-east-1"].map(|region| (region.to_owned(), "alias/replicas".to_owned()));
    assert_eq!(described(5001).await, expected);
    assert_eq!(described(5002).await, []);
}

#[tokio::test]
async fn of_two_that_saw_the_same_one_is_told_to_look_again() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let first = Document::default().with(Provider::Twitch, tokens("a"));
    let both = [vault.replace(USER, None, first.clone()).await, vault.replace(USER, None, first).await];
    assert!(matches!(both, [Ok(Replaced::Now(_)), Ok(Replaced::Changed)]), "{both:?}");
    let seen = vault.read(USER).await.unwrap().unwrap();
    let slack = vault.replace(USER, Some(&seen), seen.document.with(Provider::Slack, tokens("b"))).await;
    let spotify = vault.replace(USER, Some(&seen), seen.document.with(Provider::Spotify, tokens("c"))).await;
    assert_eq!(spotify, Ok(Replaced::Changed));
    assert_eq!(vault.read(USER).await, Ok(Some(now(slack))), "the first is not lost");
}

/// Everybody links something, again and again, all at once: nobody's link is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_however_many_write() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let mut writers = tokio::task::JoinSet::new();
    for (number, provider) in Provider::ALL.into_iter().cycle().take(20).enumerate() {
        let vault = vault.clone();
        writers.spawn(async move {
            loop {
                let seen = vault.read(USER).await.unwrap();
                let before = seen.as_ref().map(|seen| seen.document.clone()).unwrap_or_default();
                let next = before.with(provider, tokens(&number.to_string()));
                if let Replaced::Now(_) = vault.replace(USER, seen.as_ref(), next).await.unwrap() {
                    return;
                }
            }
        });
    }
    writers.join_all().await;
    let stored = vault.read(USER).await.unwrap().unwrap();
    assert_eq!((stored.document.rev(), stored.document.accounts().count()), (20, 5));
}

#[tokio::test]
async fn a_lost_answer_is_found() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let first = Document::default().with(Provider::Twitch, tokens("a"));
    aws.fault_next("CreateSecret", Fault::AnswerLost, 1);
    assert!(matches!(vault.replace(USER, None, first.clone()).await, Err(VaultError::Unavailable { .. })));
    let seen = vault.read(USER).await.unwrap().unwrap();
    assert_eq!(seen.document, first);
    let next = seen.document.with(Provider::Twitch, tokens("b"));
    aws.fault_next("PutSecretValue", Fault::AnswerLost, 1);
    assert!(vault.replace(USER, Some(&seen), next.clone()).await.is_err());
    assert_eq!(vault.settle(USER).await.unwrap().unwrap().document, next, "it was put aside");
    aws.fault_next("UpdateSecretVersionStage", Fault::AnswerLost, 1);
    let stored = link(&vault, Provider::Twitch, "c").await;
    assert_eq!(vault.read(USER).await, Ok(Some(stored)));
}

/// Killed after the new version was put aside: the next holder of the lease takes it up, once.
#[tokio::test]
async fn what_a_dead_writer_put_aside_is_taken_up() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let seen = link(&vault, Provider::Twitch, "old").await;
    let next = seen.document.with(Provider::Twitch, tokens("given once"));
    let version = Version("0123456789abcdef0123456789abcdef".to_owned());
    vault.put_aside(USER, &version, &next.to_secret().unwrap()).await.unwrap();
    assert_eq!(vault.read(USER).await, Ok(Some(seen)), "it is not read before");
    let settled = Some(Stored { document: next, version });
    for _ in 0..2 {
        assert_eq!(vault.settle(USER).await, Ok(settled.clone()));
    }
    assert_eq!(vault.read(USER).await, Ok(settled));
}

#[tokio::test]
async fn what_lost_a_race_is_never_taken_up() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let seen = link(&vault, Provider::Twitch, "old").await;
    let winner = link(&vault, Provider::Twitch, "new").await;
    let late = vault.replace(USER, Some(&seen), seen.document.with(Provider::Twitch, tokens("late"))).await;
    assert_eq!(late, Ok(Replaced::Changed));
    assert_eq!(vault.settle(USER).await, Ok(Some(winner.clone())));
    let unlinked = now(vault.replace(USER, Some(&winner), winner.document.without(Provider::Twitch)).await);
    assert_eq!(vault.settle(USER).await, Ok(Some(unlinked)));
    assert_eq!(vault.settle(UserId::new(1)).await, Ok(None));
}

#[tokio::test]
async fn an_unlinked_token_is_readable_nowhere() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let linked = link(&vault, Provider::Twitch, "gone").await;
    let unlinked = now(vault.replace(USER, Some(&linked), linked.document.without(Provider::Twitch)).await);
    assert_eq!(vault.stage(USER, PREVIOUS).await, Ok(Some(linked)));
    for _ in 0..2 {
        vault.forget_previous(USER).await.unwrap();
    }
    for stage in [CURRENT, PENDING] {
        assert_eq!(vault.stage(USER, stage).await, Ok(Some(unlinked.clone())));
    }
    assert_eq!(vault.stage(USER, PREVIOUS).await, Ok(None));
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_an_error_and_not_an_empty_one() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let call = vault.client.create_secret().name("/timmybot/users/5001/oauth").secret_string("{}");
    call.send().await.unwrap();
    assert_eq!(vault.read(USER).await, Err(DocumentError::Malformed.into()));
}
