use super::*;
use crate::domain::access::Ban;

fn every() -> impl Iterator<Item = (Alert, Severity, Response)> {
    let of = |alert| Severity::ALL.map(|severity| (alert, severity, Response::of(alert, severity)));
    Alert::ALL.into_iter().flat_map(of)
}

/// SPEC T32 to T34, as they are written.
#[test]
fn each_severity_has_its_response() {
    let (mins, hours) = (SignedDuration::from_mins, SignedDuration::from_hours);
    let table = [
        (Severity::P0, mins(5), Tells::AtOnce, Some(hours(7 * 24)), true),
        (Severity::P1, hours(2), Tells::AfterWait, Some(hours(7 * 24)), true),
        (Severity::P2, hours(24), Tells::AfterWait, Some(hours(14 * 24)), true),
        (Severity::P3, hours(7 * 24), Tells::AfterWait, None, false),
    ];
    for (severity, answer, tells, review, shows) in table {
        for alert in Alert::ALL {
            let is = Response::of(alert, severity);
            let seen = (is.answer_within, is.tells, is.review_within, is.shows_members);
            assert_eq!(seen, (answer, tells, review, shows), "{alert} {severity}");
        }
    }
}

#[test]
fn the_more_urgent_the_sooner() {
    for alert in Alert::ALL {
        for [more, less] in Severity::ALL.array_windows() {
            let [more, less] = [more, less].map(|severity| Response::of(alert, *severity));
            assert!(more.answer_within < less.answer_within, "{alert}");
            assert!(more.contains >= less.contains, "{alert}");
            let within = |response: Response| response.review_within.unwrap_or(SignedDuration::MAX);
            assert!(within(more) <= within(less), "{alert}");
        }
    }
}

/// What has become urgent because nobody answered pauses nothing: only what is P0 from the start does.
#[test]
fn only_what_begins_as_p0_contains() {
    for (alert, severity, response) in every() {
        let begins = alert.rule().severity == Severity::P0;
        let contains = response.contains > Level::L0;
        assert_eq!(contains, begins && severity == Severity::P0, "{alert} {severity}");
        assert!(response.contains <= Level::L1, "{alert} {severity}");
    }
}

#[test]
fn a_record_does_nothing_by_itself_and_needs_no_review() {
    for (alert, _, response) in every().filter(|(_, severity, _)| *severity == Severity::P3) {
        assert_eq!(response.counter_measure, CounterMeasure::None, "{alert}");
        assert_eq!((response.contains, response.review_within), (Level::L0, None), "{alert}");
    }
}

/// The words say what the ban is, and name a command that there is.
#[test]
fn the_words_of_a_counter_measure_are_true() {
    let of = |alert: Alert| Response::of(alert, alert.rule().severity).counter_measure;
    for alert in
        [Alert::UnauthorizedAccess, Alert::GuildBanned, Alert::SuspiciousActivity, Alert::UnderAttack]
    {
        let words = of(alert).words().unwrap();
        assert!(words.contains("`/admin deny`") && words.contains("for an hour"), "{words}");
    }
    assert_eq!(Ban::LENGTH, SignedDuration::from_hours(1));
    for alert in [Alert::AuthFailures, Alert::Finding, Alert::Budget] {
        assert_eq!(of(alert).words(), None, "{alert}");
    }
}
