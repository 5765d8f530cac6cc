//! On the emulator.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::ToSpan as _;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::clock::Rng;
use crate::domain::incident::grouping::{Known, Outcome, Policy, decide};
use crate::domain::incident::{Alert, By, Change, Deed, IncidentId, Signal};
use crate::store::{StoreError, Table};

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn store(aws: &Aws) -> IncidentStore {
    IncidentStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

/// What a first stimulus makes.
fn incident(alert: Alert, seed: u64, at: Timestamp) -> Incident {
    let id = IncidentId::new(at, Rng::fixed(seed)).unwrap();
    let signal = Signal::new(alert, Change::Fires, at);
    match decide(at, id, Known::default(), &signal, &Policy::DEFAULT).outcome {
        Outcome::Begin(incident) => *incident,
        other => panic!("{other:?}"),
    }
}

fn resolved(incident: &Incident, at: Timestamp) -> Incident {
    let deed = Deed { by: By::Person("admin_ann".to_owned()), at };
    incident.resolve(deed, at).unwrap()
}

fn settled(incident: &Incident, at: Timestamp) -> Incident {
    let incident = resolved(incident, at);
    incident.told(incident.notices, 2, at).unwrap()
}

async fn begun(store: &IncidentStore, incident: &Incident) -> Seen {
    let cause = store.of_cause(incident.fingerprint(), incident.opened_at).await.unwrap();
    store.begin(incident, &cause).await.unwrap().unwrap()
}

async fn rows(aws: &Aws, store: &IncidentStore, scope: &str) -> Vec<crate::store::Item> {
    let table = store.db.table(Table::Incidents);
    let scanned = aws.dynamodb().scan().table_name(table).send().await.unwrap();
    let is_of = |row: &crate::store::Item| row["scope"] == AttributeValue::S(scope.to_owned());
    scanned.items.unwrap_or_default().into_iter().filter(is_of).collect()
}

#[tokio::test]
async fn nothing_is_there_at_first() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = incident(Alert::DeadLetters, 1, now());
    assert_eq!(store.by_id(one.id, now()).await, Ok(None));
    let cause = store.of_cause(one.fingerprint(), now()).await.unwrap();
    assert_eq!((cause.latest, cause.cleared_at), (None, None));
    assert_eq!(store.open().await, Ok(vec![]));
    assert_eq!(store.recent(10, None, now()).await, Ok(vec![]));
}

#[tokio::test]
async fn an_incident_is_found_by_its_id_its_cause_and_what_is_open() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = incident(Alert::DeadLetters, 1, now());
    let seen = begun(&store, &one).await;
    assert_eq!(seen.incident, one);
    assert_eq!(store.by_id(one.id, now()).await, Ok(Some(seen.clone())));
    assert_eq!(store.of_cause(one.fingerprint(), now()).await.unwrap().latest, Some(seen));
    assert_eq!(store.open().await, Ok(vec![one.clone()]));
    assert_eq!(store.recent(10, None, now()).await, Ok(vec![one]));
}

#[tokio::test]
async fn a_cause_begins_one_incident_at_a_time() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let (one, two) = (incident(Alert::DeadLetters, 1, now()), incident(Alert::DeadLetters, 2, now()));
    let cause = store.of_cause(one.fingerprint(), now()).await.unwrap();
    assert!(store.begin(&one, &cause).await.unwrap().is_some());
    assert_eq!(store.begin(&two, &cause).await, Ok(None), "it was read before the first began");
    assert_eq!(store.by_id(two.id, now()).await, Ok(None), "and nothing of it was written");
    let cause = store.of_cause(one.fingerprint(), now()).await.unwrap();
    assert!(store.begin(&two, &cause).await.unwrap().is_some(), "whoever has seen the first may");
    assert_eq!(store.of_cause(one.fingerprint(), now()).await.unwrap().latest.unwrap().incident, two);
    assert!(store.begin(&incident(Alert::Budget, 3, now()), &cause).await.is_err(), "not of another cause");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_begin_at_once_one_does() {
    let aws = Aws::start().await;
    let mut tasks = JoinSet::new();
    for seed in 0..30 {
        let store = store(&aws);
        tasks.spawn(async move {
            let incident = incident(Alert::UnderAttack, seed, now());
            let cause = store.of_cause(incident.fingerprint(), now()).await.unwrap();
            match cause.latest {
                Some(_) => false,
                None => store.begin(&incident, &cause).await.unwrap().is_some(),
            }
        });
    }
    let winners = tasks.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(winners, 1);
    let store = store(&aws);
    assert_eq!((store.open().await.unwrap().len(), rows(&aws, &store, "incident").await.len()), (1, 1));
}

#[tokio::test]
async fn of_two_who_change_it_one_does() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = begun(&store, &incident(Alert::DeadLetters, 1, now())).await;
    let deed = || Deed { by: By::Person("admin_ann".to_owned()), at: now() };
    let taken = seen.incident.acknowledge(deed(), now()).unwrap();
    let won = store.save(&seen, taken.clone()).await.unwrap().unwrap();
    assert_eq!(store.save(&seen, resolved(&seen.incident, now())).await, Ok(None));
    assert_eq!(store.by_id(taken.id, now()).await, Ok(Some(won.clone())));
    assert!(store.save(&won, incident(Alert::DeadLetters, 2, now())).await.is_err(), "not another one");
    assert!(store.save(&won, resolved(&taken, now())).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_over_is_not_open_and_stays_unsettled_until_everybody_knows() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = begun(&store, &incident(Alert::DeadLetters, 1, now())).await;
    let over = resolved(&seen.incident, now() + 1.minute());
    let seen = store.save(&seen, over.clone()).await.unwrap().unwrap();
    assert_eq!(store.open().await, Ok(vec![]));
    assert_eq!(store.unsettled().await, Ok(vec![seen.clone()]), "somebody has still to hear of it");
    let told = over.told(over.notices, 2, now() + 1.minute()).unwrap();
    assert!(told.is_settled());
    let seen = store.save(&seen, told).await.unwrap().unwrap();
    assert_eq!(store.unsettled().await, Ok(vec![]));
    assert_eq!(rows(&aws, &store, "unsettled").await, []);

    // And back.
    let signal = Signal::new(Alert::DeadLetters, Change::Fires, now() + 2.minutes());
    let known = Known { latest: Some(&seen.incident), ..Known::default() };
    let at = now() + 2.minutes();
    let Outcome::Change(back) = decide(at, seen.incident.id, known, &signal, &Policy::DEFAULT).outcome else {
        panic!("it is the same one")
    };
    store.save(&seen, (*back).clone()).await.unwrap().unwrap();
    assert_eq!(store.open().await, Ok(vec![*back]));
}

/// Somebody who lost the race does not settle what goes on.
#[tokio::test]
async fn who_lost_settles_nothing() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let seen = begun(&store, &incident(Alert::DeadLetters, 1, now())).await;
    let deed = Deed { by: By::Itself, at: now() };
    let taken = seen.incident.acknowledge(deed, now()).unwrap();
    store.save(&seen, taken.clone()).await.unwrap().unwrap();
    assert_eq!(store.save(&seen, settled(&seen.incident, now())).await, Ok(None));
    assert_eq!(store.open().await, Ok(vec![taken]));
}

#[tokio::test]
async fn the_last_ones_come_first_and_page_by_page() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let mut made = Vec::new();
    for minute in 0..7_i32 {
        let at = now() + minute.minutes();
        let label = format!("queue-{minute}").parse().unwrap();
        let one = Incident { label: Some(label), ..incident(Alert::DeadLetters, 1, at) };
        begun(&store, &one).await;
        made.insert(0, one);
    }
    assert_eq!(store.recent(100, None, now()).await.unwrap(), made);
    let first = store.recent(3, None, now()).await.unwrap();
    assert_eq!(first, made[..3]);
    let second = store.recent(3, first.last().map(|one| one.id), now()).await.unwrap();
    assert_eq!(second, made[3..6]);
    let last = store.recent(3, second.last().map(|one| one.id), now()).await.unwrap();
    assert_eq!(last, made[6..]);
    assert_eq!(store.recent(0, None, now()).await, Ok(vec![]));
    assert_eq!(store.open().await.unwrap(), made);
}

#[tokio::test]
async fn an_incident_is_kept_for_400_days_after_its_end() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = incident(Alert::DeadLetters, 1, now());
    let seen = begun(&store, &one).await;
    let end = now() + 24.hours();
    store.save(&seen, settled(&one, end)).await.unwrap().unwrap();
    let row = &rows(&aws, &store, "incident").await[0];
    let expires: i64 = row["expires_at"].as_n().unwrap().parse().unwrap();
    assert_eq!(expires, (end + KEPT).as_second());
    let before = end + KEPT - 1.second();
    assert!(store.by_id(one.id, before).await.unwrap().is_some());
    assert_eq!(store.recent(10, None, before).await.unwrap().len(), 1);
    let after = end + KEPT;
    assert_eq!(store.by_id(one.id, after).await, Ok(None));
    assert_eq!(store.recent(10, None, after).await, Ok(vec![]));
    let cause = store.of_cause(one.fingerprint(), after).await.unwrap();
    assert_eq!(cause.latest, None);
    let next = incident(Alert::DeadLetters, 2, after);
    assert!(store.begin(&next, &cause).await.unwrap().is_some(), "and the cause may begin another");
}

#[tokio::test]
async fn a_clearing_without_an_incident_is_remembered_for_a_day() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let fingerprint = incident(Alert::DeadLetters, 1, now()).fingerprint();
    let cause = store.of_cause(fingerprint, now()).await.unwrap();
    assert_eq!(store.remember_cleared(&cause, now(), now()).await, Ok(Some(())));
    let one = incident(Alert::DeadLetters, 1, now());
    assert_eq!(store.begin(&one, &cause).await, Ok(None), "it was read before the clearing");
    assert_eq!(store.remember_cleared(&cause, now(), now()).await, Ok(None));
    let cause = store.of_cause(fingerprint, now()).await.unwrap();
    assert_eq!((cause.cleared_at, &cause.latest), (Some(now()), &None));
    let late = store.of_cause(fingerprint, now() + CLEARED_KEPT).await.unwrap();
    assert_eq!(late.cleared_at, None);
    assert!(store.begin(&one, &late).await.unwrap().is_some());
    assert_eq!(store.of_cause(fingerprint, now()).await.unwrap().cleared_at, None, "now it has an incident");
}

/// A table that fails is never "nothing is open".
#[tokio::test]
async fn a_table_that_fails_is_no_calm() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = incident(Alert::DeadLetters, 1, now());
    let seen = begun(&store, &one).await;
    aws.fault(Fault::Status500);
    assert!(matches!(store.open().await, Err(StoreError::Unavailable { .. })));
    assert!(store.recent(1, None, now()).await.is_err() && store.by_id(one.id, now()).await.is_err());
    let cause = store.of_cause(one.fingerprint(), now()).await;
    assert!(matches!(cause, Err(StoreError::Unavailable { operation: "incidents.of_cause", .. })));
    assert!(store.save(&seen, resolved(&one, now())).await.is_err());
}

#[tokio::test]
async fn a_row_that_does_not_read_is_told() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = incident(Alert::DeadLetters, 1, now());
    begun(&store, &one).await;
    let mut row = rows(&aws, &store, "incident").await.remove(0);
    row.insert("incident".to_owned(), AttributeValue::S("{}".to_owned()));
    let put = aws.dynamodb().put_item().table_name(store.db.table(Table::Incidents));
    put.set_item(Some(row)).send().await.unwrap();
    assert!(matches!(store.by_id(one.id, now()).await, Err(StoreError::Corrupt { .. })));
    assert!(matches!(store.open().await, Err(StoreError::Corrupt { .. })));
}
