use jiff::ToSpan;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::ids::{GuildId, UserId};
use crate::security::audit_chain::{ChainFault, verify_chain, verify_to_head};
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;

const TENANT: GuildId = GuildId::new(290_926_798_626_357_999);

fn store(aws: &Aws) -> AuditStore {
    AuditStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

fn event(number: u32) -> AuditEvent {
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    let random = Rng::fixed(number.into()).bytes().unwrap();
    AuditEvent::new(names.admin(UserId::new(42)), "approve", "guild-access", "slash_command", now(), random)
        .resource_id(names.guild(TENANT))
        .detail("number", number)
        .detail("forced", true)
        .detail("before", "pending")
        .detail("requester", names.user(UserId::new(43)))
}

async fn filled(aws: &Aws, rows: u32) -> AuditStore {
    let store = store(aws);
    for number in 0..rows {
        store.append(TENANT, event(number), Rng::system()).await.unwrap();
    }
    store
}

async fn rows(store: &AuditStore, tenant: GuildId, count: u16) -> Result<Vec<ChainRow>, StoreError> {
    let records = store.records(tenant, count, 0).await?;
    records.into_iter().map(|record| Ok(ChainRow::try_from(record)?)).collect()
}

async fn verify(store: &AuditStore) -> Result<ChainHead, ChainFault> {
    let rows = rows(store, TENANT, 1000).await.unwrap();
    verify_chain(&TENANT.to_string(), ChainHead::GENESIS, &rows)
}

/// A write of the caller's that only happens if a row exists (or does not) in the replay table.
fn write_once(aws: &Aws, sk: &str) -> TransactWriteItem {
    aws.rows_are_made_up();
    let put = Put::builder()
        .table_name(format!("{}-replay", aws.prefix()))
        .item("tenant", text("t"))
        .item("sk", text(sk))
        .condition_expression("attribute_not_exists(sk)")
        .build()
        .unwrap();
    TransactWriteItem::builder().put(put).build()
}

async fn exists(aws: &Aws, sk: &str) -> bool {
    let table = format!("{}-replay", aws.prefix());
    let get = aws.dynamodb().get_item().table_name(table).key("tenant", text("t")).key("sk", text(sk));
    get.send().await.unwrap().item.is_some()
}

#[tokio::test]
async fn rows_read_back_as_they_were_written_and_verify() {
    let aws = Aws::start().await;
    let store = filled(&aws, 3).await;
    let rows = rows(&store, TENANT, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(rows[0].event.canonical(), event(0).canonical());
    let head = store.head(TENANT).await.unwrap();
    assert_eq!(verify_to_head(&TENANT.to_string(), ChainHead::GENESIS, &rows, head), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_at_once_make_one_chain_without_fork_or_gap() {
    let aws = Aws::start().await;
    let mut writers = JoinSet::new();
    for number in 0..50 {
        let store = store(&aws);
        writers.spawn(async move { store.append(TENANT, event(number), Rng::system()).await.unwrap().seq });
    }
    let mut places = writers.join_all().await;
    places.sort_unstable();
    assert_eq!(places, (1..=50).collect::<Vec<_>>());
    let store = store(&aws);
    assert_eq!(verify(&store).await.unwrap(), store.head(TENANT).await.unwrap());
    let rows = rows(&store, TENANT, 1000).await.unwrap();
    let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| row.event.event_id()).collect();
    assert_eq!(ids.len(), 50);
}

#[tokio::test]
async fn tenants_have_chains_of_their_own() {
    let aws = Aws::start().await;
    let store = filled(&aws, 2).await;
    let other = store.append(GuildId::new(7), event(9), Rng::system()).await.unwrap();
    assert_eq!(other.seq, 1);
    assert_eq!(store.head(TENANT).await.unwrap().seq, 2);
    assert_eq!(rows(&store, GuildId::new(7), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_newest_rows_come_first_and_page_by_page() {
    let aws = Aws::start().await;
    let store = filled(&aws, 5).await;
    let places = |rows: Vec<ChainRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(places(store.latest(TENANT, 2, None, now()).await.unwrap()), [5, 4]);
    assert_eq!(places(store.latest(TENANT, 9, Some(4), now()).await.unwrap()), [3, 2, 1]);
    assert_eq!(places(store.latest(TENANT, 9, Some(1), now()).await.unwrap()), [0_u64; 0]);
}

#[tokio::test]
async fn a_row_past_its_four_hundred_days_is_not_read() {
    let aws = Aws::start().await;
    let store = filled(&aws, 1).await;
    let last_second = now() + (400 * 24).hours() - 1.second();
    assert_eq!(store.latest(TENANT, 9, None, last_second).await.unwrap().len(), 1);
    assert_eq!(store.latest(TENANT, 9, None, last_second + 1.second()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn the_change_and_its_row_are_written_together() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let head = store.append_with(TENANT, event(1), vec![write_once(&aws, "a")], Rng::system()).await.unwrap();
    assert_eq!(head.seq, 1);
    assert!(exists(&aws, "a").await);
}

#[tokio::test]
async fn a_refused_change_leaves_no_row_and_names_the_refused_write() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let items = || vec![write_once(&aws, "b"), write_once(&aws, "a")];
    store.append_with(TENANT, event(1), vec![write_once(&aws, "a")], Rng::system()).await.unwrap();
    let refused = store.append_with(TENANT, event(2), items(), Rng::system()).await;
    assert_eq!(refused, Err(AppendError::Refused { index: 1 }));
    assert_eq!(store.head(TENANT).await.unwrap().seq, 1);
    assert!(!exists(&aws, "b").await);
}

#[tokio::test]
async fn a_failing_table_is_an_error_and_nothing_is_written() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault_next("TransactWriteItems", Fault::Status500, 1);
    let failed = store.append_with(TENANT, event(1), vec![write_once(&aws, "a")], Rng::system()).await;
    assert!(matches!(failed, Err(AppendError::Store(StoreError::Unavailable { .. }))), "{failed:?}");
    assert!(!exists(&aws, "a").await);
    assert_eq!(store.head(TENANT).await.unwrap(), ChainHead::GENESIS);
}

/// Somebody who may write to the table, but not invert SHA-256.
async fn tamper(
    aws: &Aws,
    seq: u64,
    change: impl FnOnce(&mut std::collections::HashMap<String, AttributeValue>),
) {
    let table = format!("{}-audit", aws.prefix());
    let key = (text(TENANT), number(seq));
    let get = aws.dynamodb().get_item().table_name(&table).key("tenant", key.0).key("seq", key.1);
    let mut item = get.send().await.unwrap().item.unwrap();
    change(&mut item);
    aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

async fn delete(aws: &Aws, seq: u64) {
    let delete = aws.dynamodb().delete_item().table_name(format!("{}-audit", aws.prefix()));
    delete.key("tenant", text(TENANT)).key("seq", number(seq)).send().await.unwrap();
}

#[tokio::test]
async fn every_edited_attribute_is_found() {
    for (name, value) in [
        ("admin", text("admin_k1_0123456789abcdef")),
        ("action", text("deny")),
        ("resource", text("settings")),
        ("resource_id", text("guild_k1_0123456789abcdef")),
        ("source", text("api")),
        ("at_ms", number(1_767_323_045_679)),
        ("event_id", text("019b7ca9-8f2e-7909-8909-090909090909")),
        ("chain_hash", text("0".repeat(64))),
        ("details", AttributeValue::M(std::collections::HashMap::new())),
    ] {
        let aws = Aws::start().await;
        let store = filled(&aws, 3).await;
        tamper(&aws, 2, |item| drop(item.insert(name.to_owned(), value))).await;
        assert_eq!(verify(&store).await, Err(ChainFault::Edited { seq: 2 }), "{name}");
    }
}

#[tokio::test]
async fn a_deleted_row_a_cut_off_end_and_a_moved_row_are_found() {
    let aws = Aws::start().await;
    let store = filled(&aws, 4).await;
    delete(&aws, 4).await;
    let (rows, head) = (rows(&store, TENANT, 9).await.unwrap(), store.head(TENANT).await.unwrap());
    let cut = verify_to_head(&TENANT.to_string(), ChainHead::GENESIS, &rows, head);
    assert_eq!(cut, Err(ChainFault::HeadMismatch { expected: 4, found: 3 }));
    tamper(&aws, 3, |item| drop(item.insert("seq".to_owned(), number(4)))).await;
    assert_eq!(verify(&store).await, Err(ChainFault::Unlinked { seq: 4 }));
    delete(&aws, 2).await;
    assert_eq!(verify(&store).await, Err(ChainFault::Gap { expected: 2, found: 3 }));
}

#[tokio::test]
async fn a_row_that_does_not_read_is_corrupt_and_not_skipped() {
    let aws = Aws::start().await;
    let store = filled(&aws, 2).await;
    tamper(&aws, 1, |item| drop(item.insert("admin".to_owned(), text("175928847299117063")))).await;
    let read = rows(&store, TENANT, 9).await;
    assert!(matches!(read, Err(StoreError::Corrupt { table: "audit", .. })), "{read:?}");
}

#[tokio::test]
async fn no_raw_admin_is_stored() {
    let aws = Aws::start().await;
    filled(&aws, 1).await;
    let rows = aws.dynamodb().scan().table_name(format!("{}-audit", aws.prefix())).send().await.unwrap();
    let stored = format!("{:?}", rows.items());
    assert!(stored.contains("admin_k1_") && !stored.contains("\"42\""), "{stored}");
}

#[tokio::test]
async fn who_loses_the_race_reads_the_head_again_and_retries() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault_next("TransactWriteItems", Fault::TransactionConflict, 3);
    assert_eq!(store.append(TENANT, event(1), Rng::system()).await.unwrap().seq, 1);
}

#[tokio::test]
async fn who_loses_every_race_gives_up_and_says_so() {
    let aws = Aws::start().await;
    let store = store(&aws);
    aws.fault_next("TransactWriteItems", Fault::TransactionConflict, 1000);
    let lost = store.append(TENANT, event(1), Rng::fixed(0)).await;
    assert_eq!(lost, Err(AppendError::Store(StoreError::Contended { operation: "audit.append" })));
}

#[tokio::test]
async fn a_lost_answer_repeated_by_the_sdk_is_one_row() {
    let aws = Aws::start().await;
    let retries =
        aws_config::retry::RetryConfig::standard().with_initial_backoff(core::time::Duration::from_millis(1));
    let sdk = aws.sdk_config().clone().into_builder().retry_config(retries).build();
    let store = AuditStore::new(Db::new(aws_sdk_dynamodb::Client::new(&sdk), aws.prefix()));
    aws.fault_next("TransactWriteItems", Fault::AnswerLost, 1);
    let head = store.append_with(TENANT, event(1), vec![write_once(&aws, "a")], Rng::system()).await.unwrap();
    assert_eq!(head.seq, 1);
    assert_eq!(rows(&store, TENANT, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_chain_is_found_with_its_end_and_read_page_by_page() {
    let aws = Aws::start().await;
    let store = filled(&aws, 5).await;
    store.append(GuildId::new(7), event(9), Rng::system()).await.unwrap();
    let heads = store.heads().await.unwrap();
    let ends: Vec<_> = heads.iter().map(|(tenant, head)| (tenant.as_str(), head.seq)).collect();
    assert_eq!(ends, [("290926798626357999", 5), ("7", 1)]);
    let page = store.records(TENANT, 2, 3).await.unwrap();
    assert_eq!(page.iter().map(AuditRecord::seq).collect::<Vec<_>>(), [4, 5]);
    assert!(store.records(TENANT, 2, 5).await.unwrap().is_empty());
}
