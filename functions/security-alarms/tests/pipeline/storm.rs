//! Ten thousand notifications of one cause in a minute: one incident, few notices, bounded writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use shared::domain::containment::Level;

use super::world::{World, alarm, invoke};

const NOTIFICATIONS: i64 = 10_000;
/// As many as Lambda would run at once.
const AT_ONCE: usize = 50;

async fn storm(name: &'static str) -> (World, BTreeMap<String, usize>) {
    let world = World::new().await;
    // One a second, which is as an instance's own clock goes.
    let apps: Vec<_> = (0..60).map(|second| Arc::new(world.app(second))).collect();
    world.aws.record_calls();
    let all = stream::iter(0..NOTIFICATIONS).map(|index| {
        let second = index * 60 / NOTIFICATIONS;
        let app = Arc::clone(&apps[usize::try_from(second).unwrap()]);
        tokio::spawn(async move { invoke(&app, second, alarm(name, "ALARM", second)).await })
    });
    let answers: Vec<_> = all.buffer_unordered(AT_ONCE).collect().await;
    let failed = answers.iter().filter(|answer| !matches!(answer, Ok(Ok(_)))).count();
    assert_eq!(failed, 0);
    let mut calls = BTreeMap::new();
    for call in world.aws.take_calls() {
        *calls.entry(call.operation).or_insert(0) += 1;
    }
    (world, calls)
}

fn count(calls: &BTreeMap<String, usize>, operations: &[&str]) -> usize {
    operations.iter().map(|operation| calls.get(*operation).copied().unwrap_or(0)).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_alarms_are_one_incident() {
    let (world, calls) = storm("UnderAttack").await;
    let incident = world.only().await;
    assert_eq!((incident.count, world.level().await), (1, Level::L1));
    assert_eq!((world.notices(), world.audited().await), (1, 1));
    let writes = count(&calls, &["PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem", "PutObject"]);
    // Every ten seconds it is written that the cause still fires; those who try it at once lose all but one.
    assert!(writes <= 8 * AT_ONCE, "{writes} writes: {calls:?}");
    let messages = count(&calls, &["SendMessage", "Publish"]);
    assert!(messages <= 4, "{messages} messages: {calls:?}");
    // Each instance relies for a minute on having turned it on.
    assert!(count(&calls, &["EnableRule"]) <= 60 + AT_ONCE, "{calls:?}");
    let reads = count(&calls, &["GetItem", "Query"]);
    let most = usize::try_from(NOTIFICATIONS).unwrap() * 5 / 2;
    assert!(reads <= most, "{reads} reads: {calls:?}");
}
