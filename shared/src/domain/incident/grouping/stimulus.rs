//! What a stimulus changes of its cause's incident, before anybody is told.

use jiff::{SignedDuration, Timestamp};

use super::telling::after;
use super::{Known, Policy};
use crate::domain::containment::Level;
use crate::domain::incident::{By, Change, Happening, Incident, IncidentId, Response, Signal, Status, Tells};

/// What it did.
pub(super) enum Met {
    /// Nothing: it is no news.
    Nothing,
    /// It ended what nothing is known of.
    Cleared(Timestamp),
    /// The incident is another now.
    Changed(Box<Incident>),
    /// It is a new one.
    Begun(Box<Incident>),
}

/// What a stimulus does. Its time is not after `now`.
pub(super) fn meet(
    now: Timestamp,
    id: IncidentId,
    known: Known<'_>,
    signal: &Signal,
    policy: &Policy,
) -> Met {
    let Some(seen) = known.latest else { return first(now, id, known, signal, policy) };
    let next = match (signal.change, seen.is_open()) {
        (Change::Fires, true) => fires_again(now, seen, signal, policy),
        (Change::Fires, false) => return comes_back(now, id, seen, signal, policy),
        (Change::Clears, true) => clears(now, seen, signal, policy),
        (Change::Clears, false) => is_clear(seen, signal, policy),
        (Change::Blind, true) => goes_blind(now, seen, signal),
        (Change::Blind, false) => None,
    };
    next.map_or(Met::Nothing, |next| Met::Changed(Box::new(next)))
}

/// Of a cause without an incident.
fn first(now: Timestamp, id: IncidentId, known: Known<'_>, signal: &Signal, policy: &Policy) -> Met {
    let is_news =
        |least: SignedDuration| known.cleared_at.is_none_or(|cleared| signal.at > after(cleared, least));
    match signal.change {
        Change::Fires if is_news(SignedDuration::ZERO) => {
            Met::Begun(Box::new(Incident::begin(now, id, signal, None, policy)))
        }
        Change::Clears if is_news(policy.same_instant) => Met::Cleared(signal.at),
        Change::Fires | Change::Clears | Change::Blind => Met::Nothing,
    }
}

fn fires_again(now: Timestamp, seen: &Incident, signal: &Signal, policy: &Policy) -> Option<Incident> {
    let same_instant = after(seen.state_at, policy.same_instant);
    if signal.at <= seen.state_at || (seen.state == Change::Fires && signal.at < same_instant) {
        return None;
    }
    let mut next = with_state(seen, signal);
    if now < after(seen.heard_at, policy.counts_once) {
        return Some(next);
    }
    next.heard_at = now;
    next.count = next.count.saturating_add(1);
    next.note(now, Happening::Fired(next.count), By::Itself);
    // Who has taken it knows that it goes on; before the first notice there is nothing to add.
    if next.status == Status::Open && next.notices > 0 {
        let soonest = next.next_notice(now, policy);
        next.tell_at = Some(next.tell_at.map_or(soonest, |at| at.min(soonest)));
    }
    Some(next)
}

fn comes_back(now: Timestamp, id: IncidentId, seen: &Incident, signal: &Signal, policy: &Policy) -> Met {
    if signal.at <= seen.state_at {
        return Met::Nothing;
    }
    if seen.resolved_at.is_none_or(|at| now >= after(at, policy.reopen_within)) {
        return Met::Begun(Box::new(Incident::begin(now, id, signal, seen.silenced_until, policy)));
    }
    let mut next = with_state(seen, signal);
    next.status = Status::Open;
    next.since = now;
    next.resolved_at = None;
    next.review_by = None;
    // It was over when people resumed: what comes back contains once more.
    next.contained = Level::L0;
    next.due_at = Some(after(now, next.response().answer_within));
    next.overdue = 0;
    next.heard_at = now;
    next.count = next.count.saturating_add(1);
    next.note(now, Happening::Reopened, By::Itself);
    next.tell_at = Some(next.next_notice(now, policy).max(wait(now, next.response(), policy)));
    Met::Changed(Box::new(next))
}

fn clears(now: Timestamp, seen: &Incident, signal: &Signal, policy: &Policy) -> Option<Incident> {
    if signal.at < seen.state_at {
        return None;
    }
    let mut next = with_state(seen, signal);
    next.end(now, Happening::Cleared, By::Itself, policy);
    Some(next)
}

/// It was resolved by somebody, or has cleared once more: what fired before that and comes after it is no news.
fn is_clear(seen: &Incident, signal: &Signal, policy: &Policy) -> Option<Incident> {
    let known_until = match seen.state {
        Change::Clears => after(seen.state_at, policy.same_instant),
        Change::Fires | Change::Blind => seen.state_at,
    };
    (signal.at >= known_until).then(|| with_state(seen, signal))
}

/// When it last fired stays known, since clearing may come after this and be older.
fn goes_blind(now: Timestamp, seen: &Incident, signal: &Signal) -> Option<Incident> {
    if seen.state == Change::Blind || signal.at <= seen.state_at {
        return None;
    }
    let mut next = Incident { state: Change::Blind, ..seen.clone() };
    next.note(now, Happening::Blind, By::Itself);
    Some(next)
}

fn with_state(seen: &Incident, signal: &Signal) -> Incident {
    Incident {
        state: signal.change,
        state_at: signal.at,
        detail: signal.detail.clone().or_else(|| seen.detail.clone()),
        ..seen.clone()
    }
}

/// When the first notice may be.
fn wait(now: Timestamp, response: Response, policy: &Policy) -> Timestamp {
    match response.tells {
        Tells::AtOnce => now,
        Tells::AfterWait => after(now, policy.wait),
    }
}

impl Incident {
    /// A new one. Silence is of the cause: it goes on over the end of the incident that it was asked for.
    fn begin(
        now: Timestamp,
        id: IncidentId,
        signal: &Signal,
        silenced_until: Option<Timestamp>,
        policy: &Policy,
    ) -> Self {
        let severity = signal.alert.rule().severity;
        let response = Response::of(signal.alert, severity);
        let mut incident = Self {
            id,
            alert: signal.alert,
            label: signal.label.clone(),
            severity,
            status: Status::Open,
            opened_at: now,
            since: now,
            due_at: Some(after(now, response.answer_within)),
            overdue: 0,
            resolved_at: None,
            review_by: None,
            state: signal.change,
            state_at: signal.at,
            heard_at: now,
            count: 1,
            contained: Level::L0,
            detail: signal.detail.clone(),
            silenced_until: silenced_until.filter(|until| *until > now),
            told_at: None,
            told_as: None,
            told_count: 0,
            tell_at: Some(wait(now, response, policy)),
            owed: None,
            notices: 0,
            timeline: Vec::new(),
        };
        incident.note(now, Happening::Opened, By::Itself);
        if let Some(until) = incident.silenced_until {
            incident.tell_at = incident.tell_at.map(|at| at.max(until));
        }
        incident
    }
}
