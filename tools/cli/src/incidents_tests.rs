//! What an operator reads.

use clap::Parser;
use jiff::ToSpan as _;
use shared::clock::Rng;
use shared::domain::incident::{Alert, Entry, Notice, Severity};
use testkit::Aws;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    incidents: Incidents,
}

fn asked(line: &[&str]) -> Incidents {
    Line::try_parse_from(std::iter::once(&"timmy").chain(line)).unwrap().incidents
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn incident(alert: Alert, minutes_ago: i64, status: Status) -> Incident {
    let opened_at = now() - minutes_ago.minutes();
    let id = IncidentId::new(opened_at, Rng::fixed(u64::try_from(minutes_ago).unwrap())).unwrap();
    Incident {
        alert,
        status,
        severity: alert.rule().severity,
        resolved_at: (status == Status::Resolved).then_some(opened_at),
        count: 1,
        ..Notice::test(id, opened_at).incident
    }
}

fn busy() -> Incident {
    let entry = |minute: i64, what, by| Entry { at: now() + minute.minutes(), what, by };
    let person = || By::Person("admin_k1_0123456789abcdef".to_owned());
    Incident {
        label: Some("webhooks".parse().unwrap()),
        count: 7,
        silenced_until: Some(now() + 1.hour()),
        due_at: Some(now() + 2.hours()),
        detail: Some(Detail::from("7 messages are older than 5 minutes")),
        timeline: vec![
            entry(0, Happening::Opened, By::Itself),
            entry(1, Happening::Told(3), By::Itself),
            entry(2, Happening::Fired(7), By::Itself),
            entry(3, Happening::Untold("ops".parse().unwrap()), By::Itself),
            entry(4, Happening::Acknowledged, person()),
            entry(5, Happening::Silenced(now() + 1.hour()), person()),
            entry(6, Happening::Escalated(Severity::P1), By::Itself),
            entry(7, Happening::Contained(1), person()),
            entry(8, Happening::Evidence("incidents/1.json".to_owned()), By::Itself),
            entry(9, Happening::Blind, By::Itself),
            entry(10, Happening::Restored, By::Itself),
            entry(11, Happening::Cleared, By::Itself),
            entry(12, Happening::Reopened, By::Itself),
            entry(13, Happening::Resolved, person()),
            entry(14, Happening::Told(1), By::Itself),
        ],
        ..incident(Alert::DeadLetters, 5, Status::Acknowledged)
    }
}

async fn store(aws: &Aws, incidents: &[Incident]) -> IncidentStore {
    let store = IncidentStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    for incident in incidents {
        let cause = store.of_cause(incident.fingerprint(), now()).await.unwrap();
        store.begin(incident, &cause).await.unwrap().unwrap();
    }
    store
}

#[test]
fn one_is_told_with_all_that_happened() {
    insta::assert_snapshot!("incident", record(&busy()));
}

#[tokio::test]
async fn what_goes_on_is_listed_and_the_rest_if_it_is_asked_for() {
    let aws = Aws::start().await;
    let store = store(&aws, &[]).await;
    assert_eq!(asked(&[]).said(&store, now()).await.unwrap(), "No incident is open.");
    assert_eq!(asked(&["--all"]).said(&store, now()).await.unwrap(), "There was never an incident.");
    let store = self::store(
        &aws,
        &[
            busy(),
            incident(Alert::UnderAttack, 9, Status::Resolved),
            incident(Alert::StoreFailures, 90, Status::Open),
        ],
    )
    .await;
    insta::assert_snapshot!("open", asked(&[]).said(&store, now()).await.unwrap());
    insta::assert_snapshot!("all", asked(&["--all"]).said(&store, now()).await.unwrap());
    let json = asked(&["--json"]).said(&store, now()).await.unwrap();
    assert_eq!(serde_json::from_str::<Vec<Incident>>(&json).unwrap().len(), 2);
}

#[tokio::test]
async fn one_is_found_by_either_name() {
    let aws = Aws::start().await;
    let store = store(&aws, &[busy(), incident(Alert::UnderAttack, 9, Status::Resolved)]).await;
    let (id, short) = (busy().id.to_string(), busy().id.short());
    for name in [id.as_str(), short.as_str(), &short.to_lowercase()] {
        let said = asked(&[name, "--json"]).said(&store, now()).await.unwrap();
        assert_eq!(serde_json::from_str::<Incident>(&said).unwrap(), busy());
    }
    for (name, why) in [("I-ffffff", "none of the latest"), (&"0".repeat(32), "no such incident")] {
        let error = asked(&[name]).said(&store, now()).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(Line::try_parse_from(["timmy", "I-ffffff", "--all"]).is_err());
}
