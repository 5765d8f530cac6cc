//! What people are told, and what they are not.

use jiff::ToSpan as _;
use proptest::prelude::*;

use super::Component as C;
use super::*;
use crate::clock::Rng;
use crate::domain::incident::{Alert, By, Detail, Entry, Happening, IncidentId, Label, Notice, Severity};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// An incident that began and ended so many minutes ago.
fn incident(alert: Alert, began: i64, ended: Option<i64>) -> Incident {
    let opened_at = now() - began.minutes();
    let resolved_at = ended.map(|ended| now() - ended.minutes());
    let id = IncidentId::new(opened_at, Rng::fixed(7)).unwrap();
    Incident {
        alert,
        label: Some("secret-queue".parse::<Label>().unwrap()),
        severity: alert.rule().severity,
        status: if resolved_at.is_some() { Status::Resolved } else { Status::Open },
        resolved_at,
        detail: Some(Detail::from("Threshold Crossed: secret detail")),
        timeline: vec![Entry {
            at: opened_at,
            what: Happening::Acknowledged,
            by: By::Person("admin_k1_0123456789abcdef".to_owned()),
        }],
        ..Notice::test(id, opened_at).incident
    }
}

fn acknowledged(incident: Incident) -> Incident {
    Incident { status: Status::Acknowledged, ..incident }
}

fn document(incidents: &[Incident]) -> StatusDocument {
    StatusDocument::of(incidents, Level::L0, now())
}

fn state(document: &StatusDocument, component: Component) -> State {
    document.components.iter().find(|part| part.component == component).unwrap().state
}

fn minutes(outage: &Outage) -> (i64, Option<i64>) {
    let ago = |at: Timestamp| now().duration_since(at).as_mins();
    (ago(outage.since), outage.until.map(ago))
}

#[test]
fn nothing_open_is_calm() {
    let quiet = StatusDocument::quiet(now());
    assert_eq!(quiet.overall, Overall::Operational);
    assert!(Component::ALL.into_iter().all(|component| state(&quiet, component) == State::Works));
    assert_eq!(quiet, document(&[]));
}

#[test]
fn an_open_incident_disturbs_its_part_and_no_other() {
    let told = document(&[incident(Alert::VoiceFailures, 10, None)]);
    assert_eq!(told.overall, Overall::Disturbed);
    assert_eq!(state(&told, Component::Music), State::Disturbed);
    assert_eq!(state(&told, Component::Commands), State::Works);
    assert_eq!((told.outages.len(), told.outages[0].care, told.history.len()), (1, Care::LookedInto, 0));
}

/// What is about attackers, credentials, money or ourselves disturbs nobody, and tells attackers how far they are.
#[test]
fn what_members_do_not_notice_is_not_told() {
    for alert in Alert::ALL {
        let rule = alert.rule();
        let told = document(&[incident(alert, 10, None), incident(alert, 90, Some(60))]);
        let public = rule.component.is_some() && rule.severity < Severity::P3;
        assert_eq!(told.overall == Overall::Disturbed, public, "{alert}");
        assert_eq!((told.outages.len(), told.history.len()), if public { (1, 1) } else { (0, 0) }, "{alert}");
    }
}

/// A record that nobody answers escalates for our sake, not for the members'.
#[test]
fn an_escalated_record_stays_a_record() {
    let escalated = Incident { severity: Severity::P0, ..incident(Alert::WorkerStopped, 10, None) };
    assert_eq!(document(&[escalated]).overall, Overall::Operational);
}

#[test]
fn nothing_but_fixed_words_gets_out() {
    let all: Vec<_> = Alert::ALL
        .into_iter()
        .flat_map(|alert| [incident(alert, 10, None), incident(alert, 500, Some(400))])
        .collect();
    let json = serde_json::to_string(&document(&all)).unwrap();
    for secret in ["secret", "admin_", "Threshold", "P0", "P1", "attack", &all[0].id.to_string()] {
        assert!(!json.contains(secret), "{secret} in {json}");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&document(&all)).unwrap());
}

#[test]
fn several_incidents_of_a_part_are_one_disturbance() {
    let told = document(&[
        incident(Alert::FunctionErrors, 20, None),
        acknowledged(incident(Alert::StoreFailures, 30, None)),
        incident(Alert::RepliesRefused, 40, Some(32)),
    ]);
    assert_eq!(told.outages.iter().map(minutes).collect::<Vec<_>>(), [(40, None)]);
    assert_eq!(told.outages[0].care, Care::WorkedOn, "somebody is at one of them");
    let apart = document(&[
        incident(Alert::FunctionErrors, 90, Some(80)),
        incident(Alert::StoreFailures, 74, Some(70)),
        incident(Alert::StoreFailures, 65, Some(60)),
    ]);
    let seen: Vec<_> = apart.history.iter().map(minutes).collect();
    assert_eq!(seen, [(74, Some(60)), (90, Some(80))], "the latest first; five minutes are a breath");
}

#[test]
fn what_is_over_for_two_weeks_is_forgotten() {
    let day = 24 * 60;
    let told = document(&[
        incident(Alert::VoiceFailures, 20 * day, Some(13 * day)),
        incident(Alert::StoreFailures, 20 * day, Some(15 * day)),
    ]);
    assert_eq!(told.history.iter().map(|past| past.component).collect::<Vec<_>>(), [Component::Music]);
}

#[test]
fn what_was_written_long_ago_forgets_as_well() {
    let written =
        document(&[incident(Alert::VoiceFailures, 30, Some(20)), incident(Alert::StoreFailures, 30, None)]);
    let over = now() - SignedDuration::from_mins(20) + HISTORY;
    assert_eq!(written.clone().read_at(over), written);
    let later = written.clone().read_at(over + SignedDuration::from_millis(1));
    assert_eq!((later.history, later.outages), (vec![], written.outages), "what is open stays");
}

#[test]
fn the_flag_pauses_part_after_part() {
    let paused = |level| {
        let told = document(&[]).under(Knowledge::Level(level));
        let parts = Component::ALL.into_iter().filter(|part| state(&told, *part) == State::Paused);
        (told.overall, parts.collect::<Vec<_>>())
    };
    assert_eq!(paused(Level::L0), (Overall::Operational, vec![]));
    assert_eq!(paused(Level::L1), (Overall::Paused, vec![C::Commands, C::Accounts, C::Api]));
    let all_but_music = vec![C::Commands, C::Accounts, C::Api, C::Webhooks, C::Privacy];
    assert_eq!(paused(Level::L2), (Overall::Paused, all_but_music));
    for level in [Level::L3, Level::L4, Level::L5] {
        assert_eq!(paused(level), (Overall::LockedDown, Component::ALL.to_vec()), "{level:?}");
    }
}

#[test]
fn what_is_not_known_is_not_said_to_work() {
    let open = document(&[incident(Alert::VoiceFailures, 10, None)]).under(Knowledge::Nothing);
    assert_eq!(open.overall, Overall::Unknown);
    assert_eq!(
        (state(&open, Component::Music), state(&open, Component::Api)),
        (State::Disturbed, State::Unknown)
    );
    let blind = StatusDocument::unknown(Knowledge::Nothing, now());
    assert_eq!(blind.overall, Overall::Unknown);
    assert!(blind.components.iter().all(|part| part.state == State::Unknown));
    assert_eq!(StatusDocument::unknown(Knowledge::Level(Level::L0), now()).overall, Overall::Unknown);
    let paused = StatusDocument::unknown(Knowledge::Level(Level::L1), now());
    assert_eq!((paused.overall, state(&paused, Component::Commands)), (Overall::Paused, State::Paused));
    assert_eq!(state(&paused, Component::Music), State::Unknown);
}

#[test]
fn it_is_the_same_whenever_it_was_made() {
    let (one, later) = (StatusDocument::quiet(now()), StatusDocument::quiet(now() + 1.hour()));
    assert!(one != later && one.says_the_same_as(&later));
    assert!(!one.says_the_same_as(&document(&[incident(Alert::VoiceFailures, 10, None)])));
}

fn any_incident() -> impl Strategy<Value = Incident> {
    let alert = proptest::sample::select(Alert::ALL.to_vec());
    (alert, 1_i64..20_000, proptest::option::of(0.0..1.0), any::<bool>()).prop_map(
        |(alert, began, part, taken)| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "a few thousand minutes"
            )]
            let made = incident(alert, began, part.map(|part: f64| (began as f64 * part) as i64));
            if taken && made.is_open() { acknowledged(made) } else { made }
        },
    )
}

proptest! {
    #[test]
    fn disturbances_of_a_part_never_touch_and_cover_its_incidents(
        incidents in proptest::collection::vec(any_incident(), 0..12),
    ) {
        let all = outages(&incidents);
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1).filter(|other| other.component == one.component) {
                prop_assert!(one.until.is_some_and(|until| until + 5.minutes() < other.since));
            }
        }
        for incident in &incidents {
            let rule = incident.alert.rule();
            let Some(component) = rule.component.filter(|_| rule.severity < Severity::P3) else { continue };
            let covers = all.iter().filter(|outage| outage.component == component).any(|outage| {
                let ends = match (outage.until, incident.resolved_at) {
                    (None, _) => true,
                    (Some(until), Some(at)) => at <= until,
                    (Some(_), None) => false,
                };
                outage.since <= incident.opened_at && ends
            });
            prop_assert!(covers);
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        (one, other) in proptest::collection::vec(any_incident(), 0..12)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(document(&one), document(&other));
    }

    #[test]
    fn it_reads_back(incidents in proptest::collection::vec(any_incident(), 0..12)) {
        let told = document(&incidents);
        let json = serde_json::to_string(&told).unwrap();
        prop_assert_eq!(serde_json::from_str::<StatusDocument>(&json).unwrap(), told);
    }
}
