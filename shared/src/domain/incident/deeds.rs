//! What people and the function itself do to an incident. Each answers `None` if it changes nothing, so that an order that
//! comes twice is done once; an order from before the incident came back is about what was before.

use jiff::{SignedDuration, Timestamp};

use super::grouping::Policy;
use super::{Alert, By, Change, Happening, Incident, IncidentId, Kind, Label, Notice, Severity, Status};
use crate::domain::containment::Level;

/// Somebody's order about an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Who.
    pub by: By,
    /// When they said so.
    pub at: Timestamp,
}

impl Incident {
    /// The longest silence.
    pub const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(24);

    /// Somebody takes it: it escalates no more, and the others are told at once.
    #[must_use]
    pub fn acknowledge(&self, deed: Deed, now: Timestamp) -> Option<Self> {
        if self.status != Status::Open || deed.at < self.since {
            return None;
        }
        let mut next = Self { status: Status::Acknowledged, due_at: None, ..self.clone() };
        next.note(now, Happening::Acknowledged, deed.by);
        next.owe(now, Kind::Acknowledged);
        next.tell_at = Some(now.saturating_add(Policy::DEFAULT.repeat).unwrap_or(Timestamp::MAX));
        Some(next)
    }

    /// Somebody closes it, and the others are told at once.
    #[must_use]
    pub fn resolve(&self, deed: Deed, now: Timestamp) -> Option<Self> {
        if !self.is_open() || deed.at < self.since {
            return None;
        }
        let mut next = self.clone();
        next.end(now, Happening::Resolved, deed.by, &Policy::DEFAULT);
        next.owe(now, Kind::Resolved);
        next.tell_at = None;
        Some(next)
    }

    /// Somebody has reviewed it after its end. Nobody is told: who wants to know finds it in the timeline.
    #[must_use]
    pub fn reviewed(&self, deed: Deed, now: Timestamp) -> Option<Self> {
        self.review_by?;
        if self.resolved_at.is_none_or(|end| deed.at < end) {
            return None;
        }
        let mut next = Self { review_by: None, ..self.clone() };
        next.note(now, Happening::Reviewed, deed.by);
        Some(next)
    }

    /// Somebody does not want to hear of it for so long from when they said so, a day at most. That it ended, and what
    /// people do, is told all the same.
    #[must_use]
    pub fn silence(&self, deed: Deed, time: SignedDuration, now: Timestamp) -> Option<Self> {
        let until = deed.at.saturating_add(time.min(Self::LONGEST_SILENCE)).unwrap_or(Timestamp::MAX);
        let said = self.silenced_until == Some(until);
        if !self.is_open() || deed.at < self.since || until <= now || said {
            return None;
        }
        let mut next = Self { silenced_until: Some(until), ..self.clone() };
        next.note(now, Happening::Silenced(until), deed.by);
        next.tell_at = next.tell_at.map(|at| at.max(until));
        Some(next)
    }

    /// The bot was contained to this level because of it. What is owed says so; if nothing is, the others are told.
    #[must_use]
    pub fn contain(&self, level: Level, by: By, now: Timestamp) -> Option<Self> {
        if self.contained >= level {
            return None;
        }
        let mut next = Self { contained: level, ..self.clone() };
        next.note(now, Happening::Contained(level.number()), by);
        if next.owed.is_none() {
            next.owe(now, Kind::Contained);
            // That it ended is told later, if it was to be told.
            let end = next.tell_at.map(|_| next.next_notice(now, &Policy::DEFAULT));
            let repeat = now.saturating_add(Policy::DEFAULT.repeat).unwrap_or(Timestamp::MAX);
            next.tell_at = if next.is_open() { Some(repeat) } else { end };
        }
        Some(next)
    }

    /// Evidence was put aside for it.
    #[must_use]
    pub fn evidence(&self, name: &str, now: Timestamp) -> Option<Self> {
        let what = Happening::Evidence(name.to_owned());
        if self.timeline.iter().any(|entry| entry.what == what) {
            return None;
        }
        let mut next = self.clone();
        next.note(now, what, By::Itself);
        Some(next)
    }

    /// The bot runs again.
    #[must_use]
    pub fn restore(&self, by: By, now: Timestamp) -> Option<Self> {
        let contained = self.was_contained()?;
        if self.was_restored().is_some_and(|restored| restored > contained) {
            return None;
        }
        let mut next = self.clone();
        next.note(now, Happening::Restored, by);
        Some(next)
    }

    /// Whether the bot is contained because of it: it was, and has not been let run again since.
    pub fn is_containing(&self) -> bool {
        self.contained > Level::L0 && self.was_restored() <= self.was_contained()
    }

    /// The line of the timeline that says last that the bot was contained.
    fn was_contained(&self) -> Option<usize> {
        self.timeline.iter().rposition(|entry| matches!(entry.what, Happening::Contained(_)))
    }

    /// The line that says last that it runs again.
    fn was_restored(&self) -> Option<usize> {
        self.timeline.iter().rposition(|entry| entry.what == Happening::Restored)
    }

    /// This notice was told to so many channels, so it is owed no more.
    #[must_use]
    pub fn told(&self, number: u64, channels: u32, now: Timestamp) -> Option<Self> {
        self.owed.filter(|owed| owed.number == number)?;
        let mut next = Self { owed: None, ..self.clone() };
        next.note(now, Happening::Told(channels), By::Itself);
        Some(next)
    }

    /// A channel could not be told in any try.
    #[must_use]
    pub fn untold(&self, channel: &Label, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.note(now, Happening::Untold(channel.clone()), By::Itself);
        next
    }
}

impl Notice {
    /// What a channel is told so that somebody sees that it works. It is no incident and is not kept.
    pub fn test(id: IncidentId, now: Timestamp) -> Self {
        let incident = Incident {
            id,
            alert: Alert::FanOut,
            label: None,
            severity: Severity::P3,
            status: Status::Resolved,
            opened_at: now,
            since: now,
            due_at: None,
            overdue: 0,
            resolved_at: Some(now),
            review_by: None,
            state: Change::Clears,
            state_at: now,
            heard_at: now,
            count: 0,
            contained: Level::L0,
            detail: None,
            silenced_until: None,
            told_at: Some(now),
            told_as: Some(Kind::Test),
            told_count: 0,
            tell_at: None,
            owed: None,
            notices: 1,
            timeline: Vec::new(),
        };
        Self { incident, kind: Kind::Test, number: 1, at: now }
    }
}

#[cfg(test)]
#[path = "deeds_tests.rs"]
mod tests;
