//! What becomes of a stimulus (SPEC T27, T32): pure, so that every order in which stimuli can come is tried in tests.
//!
//! Each cause has one incident at a time. It waits 30 s before it is told of, so that what begins together is one notice
//! (P0 is told at once); then at most one notice in 5 minutes says that it grew, ended or came back, and one in 4 hours
//! that it still goes on. Only growing urgency, containment and what people do are told at once.
//!
//! Stimuli come twice, late and in any order. What decides is the clock of who tells: older news than what is known
//! changes nothing, and of firing and clearing at the same instant the clearing is right.

mod policy;
mod stimulus;
mod telling;

use jiff::Timestamp;

pub use self::policy::Policy;
pub use self::telling::due;
use super::{Alert, Incident, IncidentId, Notice, Signal};

/// What is known of a stimulus's cause.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Its last incident, open or resolved.
    pub latest: Option<&'a Incident>,
    /// When it cleared while it had no incident.
    pub cleared_at: Option<Timestamp>,
    /// Whether something that is open hides it ([`is_hidden`]).
    pub hidden: bool,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing.
    Ignore,
    /// A new incident.
    Begin(Box<Incident>),
    /// What the cause's last incident has become.
    Change(Box<Incident>),
    /// That the cause cleared then although nothing was known of it: its firing may come after it.
    Remember(Timestamp),
}

/// What is to be done. Write the outcome first, and tell only if nobody else was faster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    /// What is to be written.
    pub outcome: Outcome,
    /// What channels are to be told now; it stands in the outcome as what is owed.
    pub tell: Option<Notice>,
    /// When to ask [`due`] again, if that is soon. What is later is found by the tick.
    pub flush_at: Option<Timestamp>,
}

/// Whether one of these hides that alert: then it is recorded and not told of.
pub fn is_hidden<'a>(alert: Alert, open: impl IntoIterator<Item = &'a Incident>) -> bool {
    open.into_iter().any(|other| other.is_open() && other.alert.rule().hides.contains(&alert))
}

/// Whether anything could hide that alert; if not, nobody has to ask what is open.
pub fn can_be_hidden(alert: Alert) -> bool {
    Alert::ALL.iter().any(|other| other.rule().hides.contains(&alert))
}

/// What becomes of a stimulus; `id` is for a new incident, if it is one.
pub fn decide(
    now: Timestamp,
    id: IncidentId,
    known: Known<'_>,
    signal: &Signal,
    policy: &Policy,
) -> Decision {
    // Nobody's clock may block what comes after it.
    let at = signal.at.min(now);
    match stimulus::meet(now, id, known, &Signal { at, ..signal.clone() }, policy) {
        stimulus::Met::Cleared(at) => Decision { outcome: Outcome::Remember(at), ..Decision::IGNORE },
        stimulus::Met::Nothing => known.latest.map_or(Decision::IGNORE, |seen| {
            telling::conclude(now, seen, seen.clone(), known.hidden, policy)
        }),
        stimulus::Met::Changed(next) => known
            .latest
            .map_or(Decision::IGNORE, |seen| telling::conclude(now, seen, *next, known.hidden, policy)),
        stimulus::Met::Begun(next) => telling::begin(now, *next, known.hidden, policy),
    }
}

impl Decision {
    /// Nothing.
    pub const IGNORE: Self = Self { outcome: Outcome::Ignore, tell: None, flush_at: None };
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod world;
