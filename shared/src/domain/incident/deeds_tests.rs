use jiff::ToSpan as _;

use super::super::grouping::{Known, Outcome, decide};
use super::super::{Response, Signal};
use super::*;
use crate::clock::Rng;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn id() -> IncidentId {
    IncidentId::new(now(), Rng::fixed(7)).unwrap()
}

fn begun(alert: Alert) -> Incident {
    let signal = Signal::new(alert, Change::Fires, now());
    match decide(now(), id(), Known::default(), &signal, &Policy::DEFAULT).outcome {
        Outcome::Begin(incident) => *incident,
        other => panic!("{other:?}"),
    }
}

fn ann(at: Timestamp) -> Deed {
    Deed { by: By::Person("admin_ann".to_owned()), at }
}

fn last(incident: &Incident) -> (Happening, By) {
    let entry = incident.timeline.last().unwrap();
    (entry.what.clone(), entry.by.clone())
}

#[test]
fn who_takes_it_stops_the_clock_and_stands_in_the_timeline() {
    let open = begun(Alert::UnauthorizedAccess);
    assert!(open.due_at.is_some());
    let taken = open.acknowledge(ann(now()), now()).unwrap();
    assert_eq!((taken.status, taken.due_at), (Status::Acknowledged, None));
    assert_eq!(last(&taken), (Happening::Acknowledged, By::Person("admin_ann".to_owned())));
    let notice = taken.owed_notice().unwrap();
    assert_eq!((notice.kind, notice.number), (Kind::Acknowledged, 1));
    assert_eq!(taken.acknowledge(ann(now()), now()), None, "an order that comes twice");
}

#[test]
fn orders_from_before_it_began_are_about_something_else() {
    let open = begun(Alert::UnauthorizedAccess);
    let before = now() - 1.second();
    assert_eq!(open.acknowledge(ann(before), now()), None);
    assert_eq!(open.resolve(ann(before), now()), None);
    assert_eq!(open.silence(ann(before), SignedDuration::from_hours(1), now()), None);
}

#[test]
fn who_closes_it_has_closed_it() {
    let open = begun(Alert::UnauthorizedAccess);
    let closed = open.resolve(ann(now()), now() + 1.minute()).unwrap();
    assert_eq!((closed.status, closed.resolved_at), (Status::Resolved, Some(now() + 1.minute())));
    assert_eq!((closed.due_at, closed.tell_at), (None, None));
    assert_eq!(closed.owed_notice().unwrap().kind, Kind::Resolved);
    assert!(!closed.is_settled(), "the others have still to hear of it");
    assert!(closed.told(1, 0, now()).unwrap().is_settled());
    assert_eq!(closed.resolve(ann(now()), now()), None);
    assert_eq!(closed.acknowledge(ann(now()), now()), None);
    assert_eq!(closed.silence(ann(now()), SignedDuration::from_hours(1), now()), None);
}

/// SPEC T34: the date of the review stands on what is over, and somebody marks it done once.
#[test]
fn what_is_over_is_reviewed_by_a_date() {
    for (alert, within) in [
        (Alert::UnderAttack, Some(Response::POST_MORTEM_WITHIN)),
        (Alert::UnauthorizedAccess, Some(Response::POST_MORTEM_WITHIN)),
        (Alert::DeadLetters, Some(Response::REVIEW_WITHIN)),
        (Alert::VoiceLate, None),
    ] {
        let open = begun(alert);
        assert_eq!((open.review_by, open.reviewed(ann(now()), now())), (None, None), "it goes on");
        let closed = open.resolve(ann(now()), now()).unwrap();
        assert_eq!(closed.review_by, within.map(|time| now() + time), "{alert}");
        let Some(by) = closed.review_by else {
            assert_eq!((last(&closed).0, closed.reviewed(ann(now()), now())), (Happening::Resolved, None));
            continue;
        };
        assert_eq!(last(&closed), (Happening::ReviewBy(by), By::Itself));
        assert!(!closed.is_review_overdue(by - 1.second()) && closed.is_review_overdue(by));
        assert_eq!(closed.reviewed(ann(now() - 1.second()), now()), None, "it went on then");
        let reviewed = closed.reviewed(ann(now() + 1.hour()), now() + 1.hour()).unwrap();
        assert_eq!(last(&reviewed), (Happening::Reviewed, By::Person("admin_ann".to_owned())));
        assert_eq!((reviewed.review_by, reviewed.is_review_overdue(by)), (None, false));
        assert_eq!(reviewed.owed, closed.owed, "nobody is told");
        assert_eq!(reviewed.reviewed(ann(now() + 1.hour()), now() + 1.hour()), None, "once");
    }
}

/// Nothing ticks for two weeks because somebody has to review something.
#[test]
fn what_waits_for_its_review_is_settled() {
    let closed = begun(Alert::DeadLetters).resolve(ann(now()), now()).unwrap();
    let told = closed.told(closed.notices, 1, now()).unwrap();
    assert!(told.is_settled() && told.review_by.is_some());
}

#[test]
fn what_comes_back_is_reviewed_after_its_next_end() {
    let closed = begun(Alert::DeadLetters).resolve(ann(now()), now()).unwrap();
    let again = now() + 1.minute();
    let known = Known { latest: Some(&closed), ..Known::default() };
    let signal = Signal::new(Alert::DeadLetters, Change::Fires, again);
    let Outcome::Change(back) = decide(again, id(), known, &signal, &Policy::DEFAULT).outcome else {
        panic!("it is the same one")
    };
    assert_eq!(back.review_by, None);
    let over = back.resolve(ann(again), again).unwrap();
    assert_eq!(over.review_by, Some(again + Response::REVIEW_WITHIN));
}

/// Rows that were written before there were reviews.
#[test]
fn a_record_without_a_review_reads() {
    let mut json = serde_json::to_value(begun(Alert::DeadLetters)).unwrap();
    assert_eq!(json.as_object_mut().unwrap().remove("review_by"), Some(serde_json::Value::Null));
    assert_eq!(serde_json::from_value::<Incident>(json).unwrap(), begun(Alert::DeadLetters));
}

#[test]
fn a_silence_ends_within_a_day_of_the_order() {
    let open = begun(Alert::UnauthorizedAccess);
    let hour = SignedDuration::from_hours(1);
    let silent = open.silence(ann(now()), hour, now() + 10.minutes()).unwrap();
    assert_eq!(silent.silenced_until, Some(now() + hour));
    assert_eq!(last(&silent).0, Happening::Silenced(now() + hour));
    assert_eq!(silent.owed, None, "nobody is told");
    assert_eq!(silent.silence(ann(now()), hour, now() + 20.minutes()), None, "an order that comes twice");
    assert_eq!(open.silence(ann(now()), hour, now() + hour), None, "it came when it was over");
    let week = open.silence(ann(now()), SignedDuration::from_hours(168), now()).unwrap();
    assert_eq!(week.silenced_until, Some(now() + Incident::LONGEST_SILENCE));
    let shorter = week.silence(ann(now()), hour, now()).unwrap();
    assert_eq!(shorter.silenced_until, Some(now() + hour), "somebody may think better of it");
}

#[test]
fn containment_is_told_with_what_is_owed_or_by_itself() {
    let open = begun(Alert::UnderAttack);
    assert_eq!(open.owed.unwrap().kind, Kind::Opened);
    let contained = open.contain(Level::L1, By::Itself, now()).unwrap();
    let notice = contained.owed_notice().unwrap();
    assert_eq!((notice.kind, notice.number, notice.incident.contained), (Kind::Opened, 1, Level::L1));
    assert_eq!(contained.contain(Level::L1, By::Itself, now()), None);
    let told = contained.told(1, 2, now()).unwrap();
    let further = told.contain(Level::L3, ann(now()).by, now()).unwrap();
    assert_eq!(further.owed_notice().unwrap().kind, Kind::Contained);
    assert_eq!(last(&further), (Happening::Contained(3), By::Person("admin_ann".to_owned())));
}

#[test]
fn what_runs_again_is_noted_once_for_each_containment() {
    let open = begun(Alert::UnderAttack);
    assert_eq!(open.restore(By::Itself, now()), None, "nothing was contained");
    let contained = open.contain(Level::L1, By::Itself, now()).unwrap();
    let restored = contained.restore(By::Itself, now()).unwrap();
    assert_eq!(restored.restore(By::Itself, now()), None);
    assert_eq!(restored.wants_containment(), None, "people have resumed");
    let again = restored.contain(Level::L2, By::Itself, now()).unwrap();
    assert!(again.restore(By::Itself, now()).is_some());
    let containing = [&open, &contained, &restored, &again].map(Incident::is_containing);
    assert_eq!(containing, [false, true, false, true]);
}

#[test]
fn evidence_is_noted_once() {
    let open = begun(Alert::UnderAttack);
    let kept = open.evidence("incidents/1.json", now()).unwrap();
    assert_eq!(last(&kept).0, Happening::Evidence("incidents/1.json".to_owned()));
    assert_eq!(kept.evidence("incidents/1.json", now()), None);
    assert!(kept.evidence("incidents/2.json", now()).is_some());
}

#[test]
fn what_was_told_is_owed_no_more_and_only_that() {
    let open = begun(Alert::UnderAttack);
    assert_eq!(open.told(2, 1, now()), None, "another notice");
    let told = open.told(1, 3, now()).unwrap();
    assert_eq!((told.owed, last(&told).0), (None, Happening::Told(3)));
    assert_eq!(told.told(1, 3, now()), None);
    let replaced = open.acknowledge(ann(now()), now()).unwrap();
    assert_eq!(replaced.told(1, 3, now()), None, "meanwhile something else is owed");
    assert!(replaced.told(2, 3, now()).is_some());
    let channel: Label = "slack-ops".parse().unwrap();
    assert_eq!(last(&told.untold(&channel, now())).0, Happening::Untold(channel));
}

#[test]
fn a_test_is_no_incident_that_anybody_has_to_answer_to() {
    let notice = Notice::test(id(), now());
    assert_eq!((notice.kind, notice.severity(), notice.number), (Kind::Test, Severity::P3, 1));
    assert!(notice.incident.is_settled() && !notice.incident.is_open());
    let json = serde_json::to_string(&notice).unwrap();
    assert_eq!(serde_json::from_str::<Notice>(&json).unwrap(), notice);
}
