//! On the emulator.

use jiff::ToSpan as _;
use testkit::{Aws, Fault};

use super::*;
use crate::clock::Clock;
use crate::security::suspicion::{Tally, score};
use crate::telemetry::{Metric, Sink};

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn store(aws: &Aws) -> SuspicionStore {
    SuspicionStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn counts(kind: Kind, count: u32) -> Counts {
    Counts::default().with(kind, count)
}

#[tokio::test]
async fn fifteen_minutes_count_and_no_more() {
    let aws = Aws::start().await;
    let store = store(&aws);
    assert_eq!(store.window(now()).await, Ok(Counts::default()));
    for _ in 0..2 {
        store.add(&counts(Kind::Denied, 3), now()).await.unwrap();
    }
    store.add(&counts(Kind::Banned, 1), now() + 1.minute()).await.unwrap();
    let both = counts(Kind::Denied, 6).with(Kind::Banned, 1);
    assert_eq!(store.window(now() + 1.minute()).await, Ok(both));
    assert_eq!(store.window(now()).await, Ok(counts(Kind::Denied, 6)), "the future does not count");
    assert_eq!(store.window(now() + 14.minutes()).await, Ok(both));
    assert_eq!(store.window(now() + 15.minutes()).await, Ok(counts(Kind::Banned, 1)));
    assert_eq!(store.window(now() + 16.minutes()).await, Ok(Counts::default()));
    assert_eq!(score(&both), 16);
}

#[tokio::test]
async fn a_row_leaves_an_hour_later() {
    let aws = Aws::start().await;
    let store = store(&aws);
    store.add(&counts(Kind::Limited, 1), now()).await.unwrap();
    let scanned = aws.dynamodb().scan().table_name(store.db.table(Table::RateLimits)).send().await.unwrap();
    let rows = scanned.items();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["sk"], text("minute-29455384"));
    assert_eq!(rows[0]["expires_at"], number((now() + 1.hour()).as_second()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_add_at_once_are_all_counted() {
    let aws = Aws::start().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = store(&aws);
        tasks.spawn(async move { store.add(&counts(Kind::AuthFailed, 2), now()).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(store(&aws).window(now()).await, Ok(counts(Kind::AuthFailed, 40)));
}

/// What a function counts in its log ends here, once in ten seconds.
#[tokio::test]
async fn what_a_function_counts_is_kept() {
    let aws = Aws::start().await;
    let (sink, lines) = Sink::memory();
    let (store, log) = (store(&aws), Telemetry::new(sink, "interactions", Clock::fixed(now())));
    let request = log.with_correlation("4f0c1bd2-0000-4000-8000-000000000000");
    store.keep(&log, now()).await;
    assert_eq!(store.window(now()).await, Ok(Counts::default()), "nothing was odd, so nothing was written");
    for second in 0..30 {
        request.count(Metric::UnauthorizedAccess);
        store.keep(&log, now() + second.seconds()).await;
    }
    assert_eq!(store.window(now()).await.unwrap().of(Kind::Denied), 21, "at 0, 10 and 20 s");
    store.keep(&log, now() + 30.seconds()).await;
    assert_eq!(store.window(now()).await.unwrap().of(Kind::Denied), 30);
    assert!(!lines.text().contains("fault"), "{}", lines.text());
}

#[tokio::test]
async fn a_table_that_fails_is_told_and_holds_nobody_up() {
    let aws = Aws::start().await;
    let (sink, lines) = Sink::memory();
    let (store, log) = (store(&aws), Telemetry::new(sink, "interactions", Clock::fixed(now())));
    aws.fault(Fault::Status500);
    log.count(Metric::UnauthorizedAccess);
    store.keep(&log, now()).await;
    assert!(lines.text().contains("suspicion.add"), "{}", lines.text());
    assert!(store.window(now()).await.is_err());
    assert_eq!(Tally::default().take(now()), None);
}

#[tokio::test]
async fn a_row_that_does_not_read_is_no_calm() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let put = aws.dynamodb().put_item().table_name(store.db.table(Table::RateLimits));
    let put = put.item("subject", text(SUBJECT)).item("sk", text(sk(minute(now()))));
    let put = put.item("expires_at", number((now() + 1.hour()).as_second()));
    put.item("denied", text("many")).send().await.unwrap();
    assert!(matches!(store.window(now()).await, Err(StoreError::Corrupt { .. })));
}
