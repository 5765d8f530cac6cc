use jiff::{SignedDuration, ToSpan as _};
use testkit::{Aws, Fault};

use super::*;
use crate::clock::Rng;
use crate::domain::containment::{Act, Level};
use crate::security::api_key::ApiKey;
use crate::store::Applied;
use crate::store::flags::{FlagStore, Move};

const GUILD: KeyTenant = KeyTenant::Guild(GuildId::new(7));
const ADA: UserId = UserId::new(5001);

fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

fn store(aws: &Aws) -> ApiKeyStore {
    ApiKeyStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn key(id: &str, tenant: KeyTenant) -> StoredKey {
    let expires = now() + 24.hours();
    StoredKey {
        id: id.to_owned(),
        tenant,
        name: "my script".to_owned(),
        scope: KeyScope::new(KeyRole::Action, vec![Permission::QueueAdd], expires, now()).unwrap(),
        made: (ADA, now()),
        replaces: None,
        used_at: None,
        revoked_at: None,
    }
}

async fn made(store: &ApiKeyStore, id: &str, tenant: KeyTenant) -> (KeyHash, StoredKey) {
    let (hash, key) = (ApiKey::new(Rng::system()).unwrap().hash(), key(id, tenant));
    let change = store.plan_new(&hash, &key).unwrap();
    assert_eq!(change.apply(&store.db, "test").await, Ok(Applied::Done));
    (hash, key)
}

async fn revoke(store: &ApiKeyStore, tenant: KeyTenant, id: &str) -> Option<Applied> {
    let change = store.plan_revocation(tenant, id, ADA, now()).await.unwrap()?;
    Some(change.apply(&store.db, "test").await.unwrap())
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_and_listed_by_its_community() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, one) = made(&store, "k1", GUILD).await;
    made(&store, "k2", KeyTenant::Guild(GuildId::new(8))).await;
    made(&store, "k3", KeyTenant::Deployment).await;
    assert_eq!(store.find(&hash).await, Ok(Some(one.clone())));
    assert_eq!(store.list(GUILD, now()).await, Ok(vec![one]));
    let deployment = store.list(KeyTenant::Deployment, now()).await.unwrap();
    assert_eq!(deployment.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["k3"]);
    assert_eq!(store.find(&ApiKey::new(Rng::system()).unwrap().hash()).await, Ok(None));
}

#[tokio::test]
async fn a_revoked_key_is_over_at_once_and_stays_in_the_list() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, one) = made(&store, "k1", GUILD).await;
    assert!(one.is_good(now()) && !one.is_good(now() + 24.hours()));
    assert_eq!(revoke(&store, GUILD, "k1").await, Some(Applied::Done));
    let found = store.find(&hash).await.unwrap().unwrap();
    assert!(!found.is_good(now()));
    assert_eq!(store.list(GUILD, now()).await, Ok(vec![found]));
    assert_eq!(revoke(&store, GUILD, "k1").await, None);
}

#[tokio::test]
async fn nobody_revokes_a_key_of_another_community() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, one) = made(&store, "k1", GUILD).await;
    for other in [KeyTenant::Guild(GuildId::new(8)), KeyTenant::Deployment] {
        assert_eq!(revoke(&store, other, "k1").await, None);
    }
    assert_eq!(store.find(&hash).await, Ok(Some(one)));
}

#[tokio::test]
async fn the_same_key_is_not_made_twice() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, one) = made(&store, "k1", GUILD).await;
    let other = StoredKey { id: "k2".into(), ..one.clone() };
    let again = store.plan_new(&hash, &other).unwrap().apply(&store.db, "test").await;
    assert_eq!((again, store.find(&hash).await), (Ok(Applied::Conflict), Ok(Some(one))));
}

#[tokio::test]
async fn a_use_is_noted_once_a_minute() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, _) = made(&store, "k1", GUILD).await;
    let mut noted = Vec::new();
    for after in [0, 1, 59, 60, 61, 3_600] {
        noted.push(store.note_use(&hash, now() + SignedDuration::from_secs(after)).await.unwrap());
    }
    assert_eq!(noted, [true, false, false, true, false, true]);
    let used = store.find(&hash).await.unwrap().unwrap().used_at;
    assert_eq!(used.map(Timestamp::as_second), Some((now() + 1.hour()).as_second()));
    let unknown = ApiKey::new(Rng::system()).unwrap().hash();
    assert_eq!(store.note_use(&unknown, now()).await, Ok(false));
}

#[tokio::test]
async fn a_list_of_unknown_permissions_is_not_everything() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, _) = made(&store, "k1", GUILD).await;
    let update = aws.dynamodb().update_item().table_name("timmybot-api-keys");
    let update = update.set_key(Some(key_of(hash.as_str()))).update_expression("SET #only = :only");
    let update = update.expression_attribute_names("#only", "only");
    let only = AttributeValue::L(vec![text("queue:dance")]);
    update.expression_attribute_values(":only", only).send().await.unwrap();
    assert!(matches!(store.find(&hash).await, Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn a_table_that_fails_is_an_error_and_not_a_missing_key() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault(Fault::Status500);
    assert!(store.find(&ApiKey::new(Rng::fixed(1)).unwrap().hash()).await.is_err());
}

#[tokio::test]
async fn no_row_holds_a_key() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let secret = ApiKey::new(Rng::system()).unwrap();
    let change = store.plan_new(&secret.hash(), &key("k1", GUILD)).unwrap();
    assert_eq!(change.apply(&store.db, "test").await, Ok(Applied::Done));
    let rows = aws.dynamodb().scan().table_name("timmybot-api-keys").send().await.unwrap();
    let shown = format!("{:?}", rows.items());
    assert!(shown.contains(secret.hash().as_str()) && !shown.contains(&secret.reveal()[3..]), "{shown}");
}

async fn raise(aws: &Aws, level: Level, at: Timestamp) {
    let flags = FlagStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let act = Act { by: ADA.into(), at };
    flags.make(&Move::Raise(level, act, "leak".parse().unwrap())).await.unwrap();
}

/// SPEC T33: L4 is one-way. Keys made before it never count again; keys made after it do.
#[tokio::test]
async fn no_key_from_before_a_lockdown_of_credentials_is_good_again() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, _) = made(&store, "k1", GUILD).await;
    raise(&aws, Level::L3, now()).await;
    assert!(store.find(&hash).await.unwrap().unwrap().is_good(now()), "not yet");
    raise(&aws, Level::L4, now()).await;
    assert!(!store.find(&hash).await.unwrap().unwrap().is_good(now()));
    assert_eq!(store.list(GUILD, now()).await.unwrap()[0].revoked_at, Some(now()));
    assert!(store.plan_end(GUILD, "k1", now(), now()).await.unwrap().is_none(), "nothing takes over from it");
    let flags = FlagStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let act = |by| Act { by: UserId::new(by).into(), at: now() };
    flags.make(&Move::RequestResume(act(1))).await.unwrap();
    flags.make(&Move::ConfirmResume(act(2))).await.unwrap();
    assert!(!store.find(&hash).await.unwrap().unwrap().is_good(now()), "resuming brings it not back");
    let later = StoredKey { made: (ADA, now() + 1.second()), ..key("k2", GUILD) };
    let hash = ApiKey::new(Rng::system()).unwrap().hash();
    let made = store.plan_new(&hash, &later).unwrap().apply(&store.db, "test").await;
    assert_eq!(made, Ok(Applied::Done));
    assert!(store.find(&hash).await.unwrap().unwrap().is_good(now()));
}

#[tokio::test]
async fn who_cannot_read_since_when_keys_count_believes_none() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (hash, _) = made(&store, "k1", GUILD).await;
    for first in [Fault::None, Fault::Status500] {
        aws.fault_next("GetItem", first, 1);
        aws.fault_next("GetItem", Fault::Status500, 1);
        assert!(store.find(&hash).await.is_err());
        aws.fault(Fault::None);
    }
}
