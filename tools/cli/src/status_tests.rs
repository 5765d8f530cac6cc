//! What an operator reads.

use jiff::ToSpan as _;
use shared::clock::Rng;
use shared::domain::containment::{Act, Level};
use shared::domain::incident::{Alert, IncidentId, Notice};
use shared::ids::UserId;
use shared::store::flags::Move;
use testkit::Aws;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn act(by: By) -> Act {
    Act { by, at: now() - 10.minutes() }
}

async fn begin(db: &Db, alert: Alert) {
    let opened_at = now() - 20.minutes();
    let id = IncidentId::new(opened_at, Rng::fixed(7)).unwrap();
    let incident = Incident {
        alert,
        severity: alert.rule().severity,
        status: shared::domain::incident::Status::Open,
        resolved_at: None,
        ..Notice::test(id, opened_at).incident
    };
    let store = IncidentStore::new(db.clone());
    let cause = store.of_cause(incident.fingerprint(), now()).await.unwrap();
    store.begin(&incident, &cause).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_calm_day_is_short() {
    let aws = Aws::start().await;
    let found = Found::read(&Db::new(aws.dynamodb(), aws.prefix()), now()).await.unwrap();
    insta::assert_snapshot!("calm", found.words());
}

#[tokio::test]
async fn a_bad_day_says_who_and_why_and_what_goes_on() {
    let aws = Aws::start().await;
    let db = Db::new(aws.dynamodb(), aws.prefix());
    begin(&db, Alert::VoiceFailures).await;
    let flags = FlagStore::new(db.clone());
    let ann = By::Person(UserId::new(155_149_108_183_695_360));
    flags.make(&Move::Raise(Level::L1, act(By::Alarms), "under attack".parse().unwrap())).await.unwrap();
    let found = Found::read(&db, now()).await.unwrap();
    assert!(
        found.words().contains("Contained to L1 since 2026-11-23 11:50:00 UTC by the alarms: under attack")
    );
    flags.make(&Move::Raise(Level::L2, act(ann), "still under attack".parse().unwrap())).await.unwrap();
    flags.make(&Move::RequestResume(act(ann))).await.unwrap();
    let found = Found::read(&db, now()).await.unwrap();
    insta::assert_snapshot!("contained", found.words());
    let json = found.json();
    assert_eq!((&json["level"], &json["status"]["overall"]), (&2.into(), &"paused".into()));
    assert_eq!(json["open"].as_array().unwrap().len(), 1);
    let late = Found { now: now() + 21.minutes(), ..found };
    assert!(!late.words().contains("To resume"), "the request has lapsed");
}
