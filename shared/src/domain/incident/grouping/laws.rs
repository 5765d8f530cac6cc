//! What holds whatever happens, in whatever order.

use proptest::prelude::*;

use super::world::{Event, World, at};
use super::{Known, Outcome, Policy, decide};
use crate::clock::Rng;
use crate::domain::incident::{Alert, Change, Happening, Incident, IncidentId, Kind, Severity, Signal};

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![3 => Just(Change::Fires), 2 => Just(Change::Clears), 1 => Just(Change::Blind)]
}

fn alert() -> impl Strategy<Value = Alert> {
    proptest::sample::select(Alert::ALL.to_vec())
}

/// Seconds to wait, what then happens, and how much older than now it says it is.
fn life() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let heard = (change(), -30..600_i64).prop_map(|(change, ago)| Event::Heard(change, ago));
    let event = prop_oneof![
        8 => heard,
        1 => any::<bool>().prop_map(Event::Hidden),
        1 => (0..900_i64).prop_map(Event::Acknowledged),
        1 => (0..900_i64).prop_map(Event::Resolved),
        1 => (60..7200_i64).prop_map(Event::Silenced),
        1 => Just(Event::Contained),
        1 => any::<bool>().prop_map(Event::Deadly),
    ];
    proptest::collection::vec((0..4000_i64, event), 1..40)
}

/// Lives it; `each` sees the world after every event.
fn live(alert: Alert, life: &[(i64, Event)], mut each: impl FnMut(&World)) -> World {
    let mut world = World::of(alert);
    for (wait, event) in life {
        world.until(world.now + wait);
        let event = match *event {
            Event::Heard(change, ago) => Event::Heard(change, world.now - ago),
            Event::Acknowledged(ago) => Event::Acknowledged(world.now - ago),
            Event::Resolved(ago) => Event::Resolved(world.now - ago),
            other => other,
        };
        world.meet(event);
        each(&world);
    }
    world.until(world.now + 20_000);
    each(&world);
    world
}

fn holds(incident: &Incident) {
    assert_eq!(incident.is_open(), incident.resolved_at.is_none());
    assert!(incident.is_open() || incident.due_at.is_none(), "what is over is not due");
    assert!(incident.severity <= incident.alert.rule().severity, "it only grows");
    let reviewed = !incident.is_open() && incident.severity < Severity::P3;
    assert_eq!(incident.review_by.is_some(), reviewed, "what is over and more than a record is reviewed");
    assert!(incident.timeline.len() <= Incident::TIMELINE);
    assert!(incident.told_count <= incident.count && incident.count > 0);
    assert!(incident.since >= incident.opened_at);
    assert!(!incident.is_open() || incident.tell_at.is_some(), "what goes on is told of again");
}

/// Whether the last that happened is that somebody closed it; the date of its review follows at once.
fn is_closed_by_somebody(incident: &Incident) -> bool {
    let mut lines = incident.timeline.iter().rev().map(|entry| &entry.what);
    lines.find(|what| !matches!(what, Happening::ReviewBy(_))) == Some(&Happening::Resolved)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_incident_is_whole(alert in alert(), life in life()) {
        live(alert, &life, |world| {
            if let Some(incident) = &world.latest {
                holds(incident);
                let json = serde_json::to_string(incident).unwrap();
                assert!(json.len() < 16_384, "{}", json.len());
                assert_eq!(&serde_json::from_str::<Incident>(&json).unwrap(), incident);
            }
        });
    }

    /// Two notices of an incident are an interval apart, but for growing urgency, containment and what people do.
    #[test]
    fn channels_are_not_flooded(alert in alert(), life in life()) {
        let world = live(alert, &life, |_| {});
        for pair in world.told.windows(2) {
            let [(then, before), (now, next)] = pair else { continue };
            let same = before.incident.id == next.incident.id;
            let grew = next.severity() < before.severity();
            let by_people = matches!(next.kind, Kind::Acknowledged | Kind::Contained)
                || is_closed_by_somebody(&next.incident);
            // One that was owed by somebody who died is late; what follows it counts from when it was due.
            let late = before.at < at(*then);
            prop_assert!(
                !same || grew || by_people || late || now - then >= 300,
                "{:?} at {then}, {:?} at {now}", before.kind, next.kind
            );
        }
    }

    /// Each number of a notice is told once, unless who told it died.
    #[test]
    fn each_notice_is_told_once(alert in alert(), life in life()) {
        let world = live(alert, &life, |_| {});
        let mut ids: Vec<_> = world.told.iter().map(|(_, notice)| notice.id()).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
    }

    /// When all is over and told, nothing is left to do.
    #[test]
    fn what_is_over_settles(alert in alert(), life in life()) {
        let mut world = live(alert, &life, |_| {});
        world.meet(Event::Deadly(false));
        world.meet(Event::Hidden(false));
        world.meet(Event::Resolved(world.now));
        world.until(world.now + 1000);
        prop_assert!(world.latest.is_none_or(|incident| incident.is_settled()));
    }

    /// A cause's alarms, each at least as long after the other as an alarm can change: whatever their order and however
    /// often they come, in the end what the last of them said is so.
    #[test]
    fn the_order_of_stimuli_does_not_matter(
        changes in proptest::collection::vec((change(), 10..90_i64), 1..7),
        seed in any::<u64>(),
        twice in any::<prop::sample::Index>(),
    ) {
        let mut said = 0;
        let mut stimuli: Vec<_> = changes.iter().map(|(change, wait)| {
            said += wait;
            (*change, said)
        }).collect();
        let last = stimuli.iter().rev().find(|(change, _)| *change != Change::Blind).copied();
        let again = stimuli[twice.index(stimuli.len())];
        stimuli.push(again);
        stimuli.sort_by_key(|(_, at)| (at.unsigned_abs() ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17));
        let mut world = World::of(Alert::UnauthorizedAccess);
        world.until(1000);
        for (change, said) in stimuli {
            world.until(world.now + 1);
            world.meet(Event::Heard(change, said));
        }
        let open = world.latest.is_some_and(|incident| incident.is_open());
        prop_assert_eq!(open, last.is_some_and(|(change, _)| change == Change::Fires));
        prop_assert!(world.begun <= 1);
    }

    /// A duplicate is no news, whenever it comes.
    #[test]
    fn a_duplicate_changes_nothing(change in change(), ago in 0..100_i64, later in 0..80_i64) {
        let mut world = World::of(Alert::DeadLetters);
        world.until(500);
        world.meet(Event::Heard(change, 500 - ago));
        let (before, writes) = (world.latest.clone(), world.writes);
        world.now += later.min(29);
        world.meet(Event::Heard(change, 500 - ago));
        prop_assert_eq!((&world.latest, world.writes), (&before, writes));
    }
}

#[test]
fn what_contains_is_asked_for_until_it_is_done_and_never_again() {
    let mut world = World::of(Alert::UnderAttack);
    world.meet(Event::Heard(Change::Fires, 0));
    let level = world.latest.as_ref().unwrap().wants_containment();
    assert_eq!(level, Some(Alert::UnderAttack.rule().contains));
    world.meet(Event::Contained);
    assert_eq!(world.latest.as_ref().unwrap().wants_containment(), None);
    world.until(3600);
    world.meet(Event::Heard(Change::Fires, 3600));
    assert_eq!(world.latest.unwrap().wants_containment(), None, "people may have resumed");
}

#[test]
fn what_comes_back_contains_once_more() {
    let mut world = World::of(Alert::UnderAttack);
    world.meet(Event::Heard(Change::Fires, 0));
    world.meet(Event::Contained);
    world.until(60);
    world.meet(Event::Heard(Change::Clears, 60));
    assert_eq!(world.latest.as_ref().unwrap().wants_containment(), None, "it is over");
    world.until(120);
    world.meet(Event::Heard(Change::Fires, 120));
    assert_eq!(world.begun, 1, "within a few minutes it is the same incident");
    let level = world.latest.unwrap().wants_containment();
    assert_eq!(level, Some(Alert::UnderAttack.rule().contains));
}

#[test]
fn who_hides_whom() {
    let mut world = World::of(Alert::UnderAttack);
    world.meet(Event::Heard(Change::Fires, 0));
    let attack = world.latest.clone().unwrap();
    assert!(super::is_hidden(Alert::AuthFailures, [&attack]));
    assert!(!super::is_hidden(Alert::DeadLetters, [&attack]) && !super::is_hidden(Alert::AuthFailures, []));
    world.meet(Event::Resolved(0));
    assert!(!super::is_hidden(Alert::AuthFailures, [&world.latest.unwrap()]), "it is over");
    for alert in Alert::ALL {
        let hides = |other: &Alert| other.rule().hides.contains(&alert);
        assert_eq!(super::can_be_hidden(alert), Alert::ALL.iter().any(hides));
    }
    assert!(super::can_be_hidden(Alert::AuthFailures) && !super::can_be_hidden(Alert::Finding));
}

/// The words of an alarm are kept; those of the last one that had any.
#[test]
fn what_it_says_is_what_it_said_last() {
    let id = IncidentId::new(at(0), Rng::fixed(1)).unwrap();
    let policy = Policy::DEFAULT;
    let hear = |latest: Option<&Incident>, second: i64, signal: Signal| {
        let known = Known { latest, ..Known::default() };
        match decide(at(second), id, known, &signal, &policy).outcome {
            Outcome::Begin(next) | Outcome::Change(next) => *next,
            other => panic!("{other:?}"),
        }
    };
    let fires = |second| Signal::new(Alert::DeadLetters, Change::Fires, at(second));
    let one = hear(None, 0, fires(0).saying("one").about("webhooks".parse().unwrap()));
    assert_eq!(one.label.as_ref().unwrap().as_str(), "webhooks");
    let two = hear(Some(&one), 70, fires(70).saying("two"));
    let three = hear(Some(&two), 140, fires(140));
    assert_eq!(three.detail.unwrap().as_str(), "two");
    assert_eq!(three.severity, Severity::P2);
}
