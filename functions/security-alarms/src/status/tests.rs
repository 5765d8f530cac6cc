//! On the emulator: what is in the bucket is what the tables say, whoever wrote last.

use futures_util::future::join_all;
use jiff::ToSpan as _;
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::domain::containment::{Act, Level};
use shared::domain::incident::{Alert, IncidentId, Notice, Status};
use shared::domain::status::{Overall, State};
use shared::env::Env;
use shared::ids::UserId;
use shared::store::flags::Move;
use shared::telemetry::{Captured, Sink};
use testkit::{Aws, Fault};

use super::*;
use crate::app::Machine;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn app(aws: &Aws) -> (App, Captured) {
    let env = Env::of(aws.alarms_env());
    let (sink, log) = Sink::memory();
    let machine =
        Machine { sink, clock: Clock::fixed(now()), rng: Rng::system(), patience: Patience::STANDARD };
    (App::new(Config::from_env(&env).unwrap(), aws.sdk_config(), &machine).unwrap(), log)
}

fn incident(alert: Alert, minutes_ago: i64, open: bool) -> Incident {
    let opened_at = now() - minutes_ago.minutes();
    let id = IncidentId::new(opened_at, Rng::system()).unwrap();
    let (status, resolved_at) = if open { (Status::Open, None) } else { (Status::Resolved, Some(opened_at)) };
    Incident { alert, status, resolved_at, ..Notice::test(id, opened_at).incident }
}

async fn begin(app: &App, incident: &Incident) {
    let cause = app.incidents.of_cause(incident.fingerprint(), now()).await.unwrap();
    app.incidents.begin(incident, &cause).await.unwrap().unwrap();
}

async fn raise(app: &App, level: Level) {
    let act = Act { by: UserId::new(7).into(), at: now() };
    app.flags.make(&Move::Raise(level, act, "a drill".parse().unwrap())).await.unwrap();
}

async fn published(app: &App) -> Option<StatusDocument> {
    app.status.bucket.get().await.unwrap()
}

#[tokio::test]
async fn what_is_published_is_what_the_tables_say() {
    let aws = Aws::start().await;
    let (app, log) = app(&aws);
    publish(&app, &app.logbook.of("r", now()).await, now()).await.unwrap();
    assert_eq!(published(&app).await, Some(StatusDocument::quiet(now())));
    begin(&app, &incident(Alert::VoiceFailures, 5, true)).await;
    begin(&app, &incident(Alert::StoreFailures, 90, false)).await;
    publish(&app, &app.logbook.of("r", now()).await, now()).await.unwrap();
    let told = published(&app).await.unwrap();
    assert_eq!((told.overall, told.outages.len(), told.history.len()), (Overall::Disturbed, 1, 1));
    raise(&app, Level::L3).await;
    publish(&app, &app.logbook.of("r", now()).await, now()).await.unwrap();
    let told = published(&app).await.unwrap();
    assert_eq!(told.overall, Overall::LockedDown);
    assert!(told.components.iter().all(|part| part.state == State::Paused));
    assert!(!log.text().contains("fault"), "{}", log.text());
}

/// An incident that goes on for longer than the latest hundred are young.
#[tokio::test]
async fn what_goes_on_is_told_however_old_it_is() {
    let aws = Aws::start().await;
    let (app, _) = app(&aws);
    begin(&app, &incident(Alert::VoiceFailures, 60 * 24 * 30, true)).await;
    let latest: Vec<_> = (0..i64::try_from(LATEST).unwrap()).collect();
    for minutes in latest {
        let label = format!("n-{minutes}").parse().unwrap();
        begin(&app, &Incident { label: Some(label), ..incident(Alert::StoreFailures, minutes, false) }).await;
    }
    publish(&app, &app.logbook.of("r", now()).await, now()).await.unwrap();
    assert_eq!(published(&app).await.unwrap().outages.len(), 1);
}

/// Each publishes after its own change; whichever writes last has seen them all.
#[tokio::test]
async fn the_last_to_write_has_said_the_last_word() {
    let aws = Aws::start().await;
    let (app, _) = app(&aws);
    let alerts = Alert::ALL.into_iter().filter(|alert| alert.rule().component.is_some());
    let changes = alerts.zip(1_i64..).map(|(alert, at)| incident(alert, at * 30, at % 2 == 0));
    join_all(changes.map(async |incident| {
        begin(&app, &incident).await;
        publish(&app, &app.logbook.of("r", now()).await, now()).await.unwrap();
    }))
    .await;
    let expected = read(&app, now()).await.unwrap();
    assert_eq!(published(&app).await, Some(expected));
}

#[tokio::test]
async fn what_fails_is_told_and_mended_by_the_next_one() {
    let aws = Aws::start().await;
    let (app, log) = app(&aws);
    begin(&app, &incident(Alert::VoiceFailures, 5, true)).await;
    for (operation, fault) in [
        ("Query", Fault::Status500),
        ("GetItem", Fault::Throttle),
        ("PutObject", Fault::Status500),
        ("PutObject", Fault::AnswerLost),
    ] {
        aws.fault_next(operation, fault, 1);
        let log = app.logbook.of("r", now()).await;
        publish(&app, &log, now()).await.unwrap_err();
        publish(&app, &log, now()).await.unwrap();
        assert_eq!(published(&app).await.unwrap().overall, Overall::Disturbed, "{operation}");
    }
    let faults = log.lines().iter().filter(|line| line["level"] == "ERROR").count();
    assert_eq!(faults, 4);
}

#[tokio::test]
async fn what_does_not_change_is_written_once() {
    let aws = Aws::start().await;
    let (app, _) = app(&aws);
    let log = app.logbook.of("r", now()).await;
    aws.record_calls();
    publish(&app, &log, now()).await.unwrap();
    let calls = aws.take_calls();
    let count = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    assert_eq!((count("PutObject"), count("Query"), calls.len()), (1, 4, 7));
}
