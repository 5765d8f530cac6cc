//! What an operator reads.

use clap::Parser;
use jiff::ToSpan as _;
use shared::clock::Rng;
use shared::domain::incident::{Alert, Entry, Notice, Severity};
use shared::messages::{Control, Order};
use shared::store::audit::AuditStore;
use testkit::{Aws, Fault};

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
            entry(13, Happening::ReviewBy(now() + 336.hours()), By::Itself),
            entry(14, Happening::Told(1), By::Itself),
            entry(15, Happening::Reviewed, person()),
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

fn over(review_by: Timestamp) -> Incident {
    Incident { review_by: Some(review_by), ..incident(Alert::DeadLetters, 9, Status::Resolved) }
}

/// SPEC T34: what nobody has reviewed in time is in the short list too.
#[tokio::test]
async fn what_is_to_be_reviewed_says_so_and_is_listed_when_it_is_overdue() {
    let aws = Aws::start().await;
    let review_by = now() + 24.hours();
    let store = store(&aws, &[over(review_by)]).await;
    assert_eq!(asked(&[]).said(&store, now()).await.unwrap(), "No incident is open.");
    let said = asked(&[]).said(&store, review_by).await.unwrap();
    assert!(said.contains("  over  ") && said.ends_with(", review by 2026-11-24"), "{said}");
    assert_eq!(asked(&["--all"]).said(&store, now()).await.unwrap(), said);
    let said = record(&over(review_by));
    assert!(said.contains("Somebody has to review it by 2026-11-24"), "{said}");
}

#[tokio::test]
async fn who_has_reviewed_one_stands_in_the_trail_and_in_the_order() {
    let aws = Aws::start().await;
    let over = over(now() + 24.hours());
    let store = store(&aws, &[over.clone(), busy(), incident(Alert::VoiceLate, 3, Status::Resolved)]).await;
    let line = ["--reviewed", "--as", "155149108183695360", "I-000000"];
    let review = async |id: &str| asked(&line).review(aws.sdk_config(), &store, id, now()).await;
    for (id, why) in [(busy().id.short(), "it goes on"), ("I-ffffff".to_owned(), "none of the latest")] {
        let error = review(&id).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let record_only = incident(Alert::VoiceLate, 3, Status::Resolved).id.short();
    assert!(review(&record_only).await.unwrap_err().to_string().contains("nobody has to"));
    let said = review(&over.id.short()).await.unwrap();
    assert!(said.starts_with(&over.id.short()), "{said}");

    let audit = AuditStore::new(Db::new(aws.dynamodb(), aws.prefix()));
    let rows = audit.latest("operators", 20, None, now()).await.unwrap();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.event.action(), "incident.review");
    let by = row.event.admin().as_str().to_owned();
    let receive = aws.sqs().receive_message().queue_url(aws.queue_url("control")).max_number_of_messages(10);
    let messages = receive.send().await.unwrap().messages.unwrap_or_default();
    let orders: Vec<_> = messages
        .iter()
        .map(|message| Control::parse(message.body().unwrap()).unwrap().order().clone())
        .collect();
    assert_eq!(orders, [Order::Review { incident: over.id, by }]);

    aws.fault_next("SendMessage", Fault::Status500, 1);
    let error = review(&over.id.short()).await.unwrap_err().to_string();
    assert!(error.contains("do it once more"), "{error}");
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
    assert!(Line::try_parse_from(["timmy", "--reviewed"]).is_err(), "which?");
}
