//! Incidents (SPEC T32 to T34): who may read them, page by page, and one with what happened in it.

use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use shared::clock::{Clock, Rng};
use shared::domain::containment::{Act, Level};
use shared::domain::incident::{
    Alert, By, Detail, Entry, Happening, Incident, IncidentId, Notice, Severity, Status,
};
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;
use shared::store::flags::{FlagStore, Move};
use shared::store::incidents::IncidentStore;
use testkit::Fault;

use super::world::{ADA, As, GUILD, OLGA, World};

fn incident(alert: Alert, opened_at: Timestamp, open: bool) -> Incident {
    let id = IncidentId::new(opened_at, Rng::system()).unwrap();
    let (status, resolved_at) = if open { (Status::Open, None) } else { (Status::Resolved, Some(opened_at)) };
    Incident {
        alert,
        severity: alert.rule().severity,
        status,
        resolved_at,
        count: 3,
        detail: Some(Detail::from("1 datapoint was greater than the threshold")),
        timeline: vec![
            Entry { at: opened_at, what: Happening::Opened, by: By::Itself },
            Entry { at: opened_at, what: Happening::Fired(3), by: By::Itself },
            Entry {
                at: opened_at,
                what: Happening::Acknowledged,
                by: By::Person("admin_k1_00ff".to_owned()),
            },
        ],
        ..Notice::test(id, opened_at).incident
    }
}

/// `count` incidents, a minute apart, every second of which goes on; the latest first.
async fn some(world: &World, count: usize) -> Vec<Incident> {
    let store = IncidentStore::new(world.db());
    let now = Clock::system().now();
    let mut all = Vec::new();
    for (at, alert) in Alert::ALL.into_iter().enumerate().take(count) {
        let ago = i64::try_from(at).unwrap().minutes();
        let incident = incident(alert, now - ago, at % 2 == 0);
        let cause = store.of_cause(incident.fingerprint(), now).await.unwrap();
        store.begin(&incident, &cause).await.unwrap().unwrap();
        all.push(incident);
    }
    all
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["incidents"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn expected<'a>(all: impl Iterator<Item = &'a Incident>) -> Vec<String> {
    all.map(|incident| incident.id.to_string()).collect()
}

#[tokio::test]
async fn those_that_go_on_are_listed_unless_all_are_asked_for() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    let get = async |query: &str| {
        world.get(&format!("/api/v1/incidents{query}"), &As::Token(&token), None).await.is(200).json()
    };
    assert_eq!(ids(&get("").await), [""; 0]);
    let all = some(&world, 5).await;
    assert_eq!(ids(&get("").await), expected(all.iter().step_by(2)));
    assert_eq!(get("?status=open").await, get("").await);
    let listed = get("?status=all").await;
    assert_eq!(ids(&listed), expected(all.iter()));
    assert!(listed.get("next").is_none());
    let first = &listed["incidents"][0];
    assert_eq!(
        (&first["alert"], &first["severity"], &first["status"], &first["count"]),
        (&"under-attack".into(), &"P0".into(), &"open".into(), &3.into())
    );
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    let all = some(&world, 7).await;
    for (status, expected) in [("all", expected(all.iter())), ("open", expected(all.iter().step_by(2)))] {
        for limit in [1, 2, 3, 100] {
            let (mut seen, mut before) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/v1/incidents?status={status}&limit={limit}{before}");
                let page = world.get(&path, &As::Token(&token), None).await.is(200).json();
                seen.extend(ids(&page).into_iter().map(str::to_owned));
                let Some(next) = page["next"].as_str() else { break };
                before = format!("&before={next}");
                assert!(seen.len() <= 7);
            }
            assert_eq!(seen, expected, "{status} by {limit}");
        }
    }
}

#[tokio::test]
async fn one_is_shown_with_its_timeline() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    let incident = &some(&world, 1).await[0];
    let path = format!("/api/v1/incidents/{}", incident.id);
    let said = world.get(&path, &As::Token(&token), None).await.is(200).json();
    assert_eq!(said["incident"]["short"], incident.id.short());
    assert_eq!(said["advice"], Alert::UnderAttack.rule().advice);
    let timeline = said["timeline"].as_array().unwrap();
    let lines: Vec<_> = timeline.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(lines, ["opened", "fired", "acknowledged"]);
    assert_eq!((&timeline[1]["value"], &timeline[2]["by"]), (&3.into(), &"admin_k1_00ff".into()));
    for nothing in
        [IncidentId::new(Clock::system().now(), Rng::system()).unwrap().to_string(), "x".to_owned()]
    {
        let path = format!("/api/v1/incidents/{nothing}");
        assert_eq!(world.get(&path, &As::Token(&token), None).await.is(404).code(), "not_found");
    }
}

/// SPEC T34.
#[tokio::test]
async fn what_is_over_says_by_when_it_is_to_be_reviewed() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    let now = Clock::system().now();
    let over = Incident { review_by: Some(now), ..incident(Alert::Budget, now, false) };
    let store = IncidentStore::new(world.db());
    let cause = store.of_cause(over.fingerprint(), now).await.unwrap();
    store.begin(&over, &cause).await.unwrap().unwrap();
    let path = format!("/api/v1/incidents/{}", over.id);
    let said = world.get(&path, &As::Token(&token), None).await.is(200).json();
    assert_eq!(said["incident"]["review_by"], now.to_string());
}

#[tokio::test]
async fn what_is_asked_wrongly_is_named() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    for (query, field) in [
        ("status=closed", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("before=I-00ff", "before"),
        ("before=", "before"),
        ("cursor=1", "cursor"),
        ("limit=1&limit=2", "limit"),
    ] {
        let said = world.get(&format!("/api/v1/incidents?{query}"), &As::Token(&token), None).await.is(400);
        assert!(said.json()["error"]["fields"].get(field).is_some(), "{query}: {:?}", said.0);
    }
}

/// They are the deployment's: an owner of a community has no part in them, nor has a key of one.
#[tokio::test]
async fn only_operators_and_the_deployments_keys_read_them() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let id = some(&world, 1).await[0].id;
    let token = world.sign_in(ADA).await.access;
    let own = world.key(KeyTenant::Guild(GUILD), KeyRole::Admin).await;
    let core = world.key(KeyTenant::Deployment, KeyRole::Core).await;
    let admin = world.key(KeyTenant::Deployment, KeyRole::Admin).await;
    for path in ["/api/v1/incidents".to_owned(), format!("/api/v1/incidents/{id}")] {
        world.get(&path, &As::Nobody, None).await.is(401);
        for (who, guild) in
            [(As::Token(&token), Some(GUILD)), (As::Token(&token), None), (As::Key(&own), None)]
        {
            world.get(&path, &who, guild).await.is(403);
        }
        world.get(&path, &As::Key(&core), None).await.is(403);
        world.get(&path, &As::Key(&admin), None).await.is(200);
    }
}

/// Whoever lifts a lockdown has to see why it was laid; from L4 on they sign in again.
#[tokio::test]
async fn they_are_read_in_every_level() {
    let world = World::new().await;
    some(&world, 1).await;
    let flags = FlagStore::new(world.db());
    for level in [Level::L1, Level::L3, Level::L5] {
        let act = Act { by: OLGA.into(), at: Clock::system().now() - 1.minute() };
        flags.make(&Move::Raise(level, act, "a drill".parse().unwrap())).await.unwrap();
        let token = world.sign_in(OLGA).await.access;
        let (app, who) = (world.app_after(0), As::Token(&token));
        let said = world.send_to(&app, ("GET", "/api/v1/incidents"), &who, None, None).await.is(200);
        assert_eq!(ids(&said.json()).len(), 1, "{level:?}");
    }
}

#[tokio::test]
async fn a_table_that_fails_is_said_to() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    world.get("/api/v1/incidents", &As::Token(&token), None).await.is(200);
    world.aws.fault_next("Query", Fault::Status500, 1);
    assert_eq!(world.get("/api/v1/incidents", &As::Token(&token), None).await.is(503).code(), "unavailable");
}

/// What escalated is shown as urgent as it has become.
#[tokio::test]
async fn the_urgency_is_the_incidents_own() {
    let world = World::new().await;
    let token = world.sign_in(OLGA).await.access;
    let now = Clock::system().now();
    let escalated = Incident { severity: Severity::P0, ..incident(Alert::Budget, now, true) };
    let store = IncidentStore::new(world.db());
    let cause = store.of_cause(escalated.fingerprint(), now).await.unwrap();
    store.begin(&escalated, &cause).await.unwrap().unwrap();
    let said = world.get("/api/v1/incidents", &As::Token(&token), None).await.is(200).json();
    assert_eq!(said["incidents"][0]["severity"], "P0");
}
