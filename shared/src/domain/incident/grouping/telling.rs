//! When channels are told of an incident, and why.

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Outcome, Policy};
use crate::domain::incident::{By, Change, Happening, Incident, Kind, Notice, Owed, Status};

/// What has come due with an incident: it is told of, escalates, ends because nothing was heard of it for long, or a notice
/// that was owed is told again. For the tick and for a message that was sent because of [`Decision::flush_at`].
pub fn due(now: Timestamp, seen: &Incident, hidden: bool, policy: &Policy) -> Decision {
    let mut next = seen.clone();
    let fades = seen.alert.fades_after().map(|quiet| after(seen.heard_at, quiet));
    if next.is_open() && fades.is_some_and(|at| at <= now) {
        next.state = Change::Clears;
        next.end(now, Happening::Cleared, By::Itself, policy);
    }
    let mut decision = conclude(now, seen, next, hidden, policy);
    // The message came a moment early by our clock: it is sent once more.
    let early = SignedDuration::from_secs(10);
    if decision.outcome == Outcome::Ignore {
        decision.flush_at = next_look(seen, now, policy).filter(|at| *at <= after(now, early));
    }
    decision
}

/// A new incident, told at once if it has to be.
pub(super) fn begin(now: Timestamp, mut next: Incident, hidden: bool, policy: &Policy) -> Decision {
    let tell = tell(now, &mut next, hidden, policy);
    let flush_at = next_look(&next, now, policy);
    Decision { outcome: Outcome::Begin(Box::new(next)), tell, flush_at }
}

/// What an incident has become, told at once if it has to be.
pub(super) fn conclude(
    now: Timestamp,
    seen: &Incident,
    mut next: Incident,
    hidden: bool,
    policy: &Policy,
) -> Decision {
    let tell = tell(now, &mut next, hidden, policy);
    if next == *seen {
        return Decision::IGNORE;
    }
    let look = next_look(&next, now, policy);
    let flush_at = look.filter(|_| look != next_look(seen, now, policy));
    Decision { outcome: Outcome::Change(Box::new(next)), tell, flush_at }
}

/// The notice that is due now, if any; it is owed then.
fn tell(now: Timestamp, next: &mut Incident, hidden: bool, policy: &Policy) -> Option<Notice> {
    if let Some(owed) = next.owed {
        if now < after(owed.tried_at, policy.retell) {
            return None;
        }
        next.owed = Some(Owed { tried_at: now, ..owed });
        return next.owed_notice();
    }
    if hidden {
        return None;
    }
    let silenced = next.silenced_until.is_some_and(|until| now < until);
    if !silenced && next.is_overdue(now, policy) {
        next.escalate(now);
        next.owe(now, Kind::Overdue);
        next.tell_at = Some(after(now, policy.repeat));
        return next.owed_notice();
    }
    // That it is over is told in silence too: it is the last word.
    if next.tell_at.is_none_or(|at| now < at) || (silenced && next.is_open()) {
        return None;
    }
    let kind = next.kind();
    next.tell_at = next.is_open().then(|| after(now, policy.repeat));
    next.owe(now, kind?);
    next.owed_notice()
}

/// When something comes due so soon that the tick would be late.
fn next_look(incident: &Incident, now: Timestamp, policy: &Policy) -> Option<Timestamp> {
    let due_at = incident.due_at.filter(|_| incident.status == Status::Open);
    let looks = [incident.tell_at, due_at].into_iter().flatten();
    looks.filter(|at| *at > now && *at <= after(now, policy.soon)).min()
}

impl Incident {
    /// It ends. Who was told that it goes on is told that it does not, and by when somebody has to review it.
    pub(in crate::domain::incident) fn end(
        &mut self,
        now: Timestamp,
        what: Happening,
        by: By,
        policy: &Policy,
    ) {
        self.status = Status::Resolved;
        self.resolved_at = Some(now);
        self.due_at = None;
        self.note(now, what, by);
        self.review_by = self.response().review_within.map(|time| after(now, time));
        if let Some(review_by) = self.review_by {
            self.note(now, Happening::ReviewBy(review_by), By::Itself);
        }
        self.tell_at = (self.notices > 0).then(|| self.next_notice(now, policy));
    }

    /// It owes a notice from now on, in place of one that nobody has told yet.
    pub(in crate::domain::incident) fn owe(&mut self, now: Timestamp, kind: Kind) {
        self.notices = self.notices.saturating_add(1);
        self.told_at = Some(now);
        self.told_as = Some(kind);
        self.told_count = self.count;
        self.owed = Some(Owed { kind, number: self.notices, at: now, tried_at: now });
    }

    /// When the next notice may be at the soonest.
    pub(in crate::domain::incident) fn next_notice(&self, now: Timestamp, policy: &Policy) -> Timestamp {
        self.told_at.map_or(now, |told| now.max(after(told, policy.interval)))
    }

    /// Why a notice is due; `None`: what channels know is still so.
    fn kind(&self) -> Option<Kind> {
        let ended = self.told_as == Some(Kind::Resolved);
        match (self.is_open(), self.told_as) {
            (false, None) => None,
            (false, Some(_)) => (!ended).then_some(Kind::Resolved),
            (true, None) => Some(Kind::Opened),
            (true, Some(_)) if ended => Some(Kind::Reopened),
            (true, Some(_)) if self.count > self.told_count => Some(Kind::Grew),
            (true, Some(_)) => Some(Kind::Repeated),
        }
    }

    fn is_overdue(&self, now: Timestamp, policy: &Policy) -> bool {
        let grows = self.severity.escalated() < self.severity;
        self.status == Status::Open
            && self.due_at.is_some_and(|at| at <= now)
            && (grows || self.next_notice(now, policy) <= now)
    }

    fn escalate(&mut self, now: Timestamp) {
        self.severity = self.severity.escalated();
        self.overdue = self.overdue.saturating_add(1);
        let goes_on = self.overdue < Policy::ESCALATIONS;
        self.due_at = goes_on.then(|| after(now, self.response().answer_within));
        self.note(now, Happening::Escalated(self.severity), By::Itself);
    }
}

/// So long after.
pub(super) fn after(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.saturating_add(time).unwrap_or(Timestamp::MAX)
}
