//! On the emulator: what Secrets Manager does with what is deleted.

use jiff::Timestamp;
use testkit::{Aws, Fault};

use super::*;
use crate::clock::Rng;
use crate::domain::accounts::Provider;
use crate::security::secret::Secret;
use crate::vault::{Replicas, Tokens};

const USER: UserId = UserId::new(5001);
const OTHER: UserId = UserId::new(5002);

fn vault(aws: &Aws) -> TokenVault {
    TokenVault::new(aws.sdk_config(), Rng::system(), "/timmybot", None)
}

fn document(access: &str) -> Document {
    let tokens = Tokens {
        subject: "12345".parse().unwrap(),
        access: Secret::new(access),
        refresh: None,
        expires_at: None,
        scopes: vec![],
        linked_at: Timestamp::UNIX_EPOCH,
    };
    Document::default().with(Provider::Twitch, tokens)
}

async fn keep(vault: &TokenVault, user: UserId) {
    vault.replace(user, None, document("test_access")).await.unwrap();
}

#[tokio::test]
async fn it_is_gone_at_once_and_nobody_elses() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    keep(&vault, USER).await;
    keep(&vault, OTHER).await;
    assert_eq!(vault.delete(USER).await, Ok(true));
    assert_eq!(vault.read(USER).await, Ok(None));
    assert_eq!(vault.delete(USER).await, Ok(false), "a missing one is no failure");
    assert!(vault.read(OTHER).await.unwrap().is_some());
    // No name is blocked by one that waits for its end.
    keep(&vault, USER).await;
    assert!(vault.read(USER).await.unwrap().is_some());
}

#[tokio::test]
async fn its_copies_go_first() {
    let aws = Aws::start().await;
    let regions = ["eu-north-1", "us-east-1"].map(|region| region.parse().unwrap()).to_vec();
    let copied = vault(&aws).replicated(Replicas::new(regions, None, None).unwrap());
    keep(&copied, USER).await;
    aws.record_calls();
    assert_eq!(vault(&aws).delete(USER).await, Ok(true));
    let operations: Vec<String> = aws.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(operations, ["DescribeSecret", "RemoveRegionsFromReplication", "DeleteSecret"]);
    assert_eq!(vault(&aws).read(USER).await, Ok(None));
}

#[tokio::test]
async fn whatever_fails_it_is_done_by_the_next_try() {
    for operation in ["DescribeSecret", "RemoveRegionsFromReplication", "DeleteSecret"] {
        for fault in [Fault::Status500, Fault::Throttle, Fault::AnswerLost] {
            let aws = Aws::start().await;
            let regions = vec!["eu-north-1".parse().unwrap()];
            let vault = vault(&aws).replicated(Replicas::new(regions, None, None).unwrap());
            keep(&vault, USER).await;
            aws.fault_next(operation, fault, 1);
            let failed = vault.delete(USER).await;
            assert!(matches!(failed, Err(VaultError::Unavailable { .. })), "{operation} {fault:?}");
            vault.delete(USER).await.unwrap();
            assert_eq!(vault.read(USER).await, Ok(None), "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn what_somebody_died_over_is_held_too() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    assert_eq!(vault.held(USER).await, Ok(vec![]));
    keep(&vault, USER).await;
    let seen = vault.read(USER).await.unwrap().unwrap();
    // Its move to the current version fails, and so does the look at what came of it.
    aws.fault_next("UpdateSecretVersionStage", Fault::Status500, 1);
    let next = seen.document.with(Provider::Slack, seen.document.tokens(Provider::Twitch).unwrap().clone());
    vault.replace(USER, Some(&seen), next.clone()).await.unwrap_err();
    assert_eq!(vault.held(USER).await, Ok(vec![seen.document, next]));
    aws.fault_next("GetSecretValue", Fault::Status500, 1);
    assert!(matches!(vault.held(USER).await, Err(VaultError::Unavailable { .. })));
}

#[tokio::test]
async fn what_does_not_read_is_deleted_all_the_same() {
    let aws = Aws::start().await;
    let vault = vault(&aws);
    let put = aws.secrets().create_secret().name("/timmybot/users/5001/oauth").secret_string("{}");
    put.send().await.unwrap();
    assert_eq!(vault.held(USER).await, Ok(vec![]));
    assert_eq!(vault.delete(USER).await, Ok(true));
}
