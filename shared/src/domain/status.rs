//! What everybody may know of how the bot does: which of its parts work, what is being looked into, and what happened in
//! the last two weeks. It is made of fixed words: no detail of an alarm, no severity and nobody's id has a way into it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::containment::{Knowledge, Level};
use super::incident::{Component, Incident, Response, Status};

/// How far back the page looks: two weeks.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Disturbances of a part with less than this between them are one to whoever looks.
const BREATH: SignedDuration = SignedDuration::from_mins(5);
/// The most past disturbances that are told, the latest first.
const PAST_MAX: usize = 50;

/// The whole in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Everything runs.
    Operational,
    /// Something does not work as it should.
    Disturbed,
    /// The bot has been paused.
    Paused,
    /// The operators have locked it down.
    LockedDown,
    /// It cannot be told just now.
    Unknown,
}

/// How a part does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It works.
    Works,
    /// It does not always work.
    Disturbed,
    /// It waits until the bot runs again.
    Paused,
    /// It cannot be told just now.
    Unknown,
}

/// How far somebody is with a disturbance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// We look into it.
    LookedInto,
    /// Somebody works on it.
    WorkedOn,
    /// It is over.
    Over,
}

/// A part and how it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentStatus {
    /// Which.
    pub component: Component,
    /// How.
    pub state: State,
}

/// A time in which a part did not work as it should. One can be several incidents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Of which part.
    pub component: Component,
    /// How far we are.
    pub care: Care,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None`: it goes on.
    pub until: Option<Timestamp>,
}

/// What is put where the API finds it. It changes only when something happens, so an old one is not a stale one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDocument {
    /// When it was made.
    pub generated_at: Timestamp,
    /// The whole.
    pub overall: Overall,
    /// The parts.
    pub components: Vec<ComponentStatus>,
    /// What goes on, by part.
    pub outages: Vec<Outage>,
    /// What is over, the latest first, of the last two weeks.
    pub history: Vec<Outage>,
}

impl Component {
    /// Every part, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Commands, Self::Music, Self::Accounts, Self::Api, Self::Webhooks, Self::Privacy];

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commands => "Commands in Discord",
            Self::Music => "Music",
            Self::Accounts => "Linked accounts",
            Self::Api => "API",
            Self::Webhooks => "Events of other platforms",
            Self::Privacy => "Requests about your data",
        }
    }

    /// What people notice when it is disturbed.
    pub const fn trouble(self) -> &'static str {
        match self {
            Self::Commands => "Commands may be slow or fail",
            Self::Music => "Music may stutter or stop",
            Self::Accounts => "Linking accounts may fail",
            Self::Api => "The API may be slow or fail",
            Self::Webhooks => "Events of other platforms may come late",
            Self::Privacy => "Requests about your data may take longer",
        }
    }

    /// From which level on it waits (SPEC T33): commands and the API answer "paused", then intake stops, then workers.
    const fn pauses_at(self) -> Level {
        match self {
            Self::Commands | Self::Accounts | Self::Api => Level::L1,
            Self::Webhooks | Self::Privacy => Level::L2,
            Self::Music => Level::L3,
        }
    }
}

impl StatusDocument {
    /// What these incidents and this level mean to people.
    pub fn of(incidents: &[Incident], level: Level, now: Timestamp) -> Self {
        let (outages, mut history): (Vec<_>, Vec<_>) =
            outages(incidents).into_iter().partition(|outage| outage.until.is_none());
        forget(&mut history, now);
        history.sort_by_key(|outage| (core::cmp::Reverse(outage.since), outage.component));
        history.truncate(PAST_MAX);
        let quiet =
            Self { generated_at: now, overall: Overall::Unknown, components: Vec::new(), outages, history };
        quiet.under(Knowledge::Level(level))
    }

    /// Nothing has ever happened: what there is before the first one is written.
    pub fn quiet(now: Timestamp) -> Self {
        Self::of(&[], Level::L0, now)
    }

    /// The same, by what is known of the flag now: it is read more often than this is written.
    #[must_use]
    pub fn under(self, flag: Knowledge) -> Self {
        let disturbed = |component| self.outages.iter().any(|outage| outage.component == component);
        let components = parts(flag, |component| {
            match (disturbed(component), flag) {
                (true, _) => State::Disturbed,
                (false, Knowledge::Level(_)) => State::Works,
                // Whether it is paused is not known, so neither is whether it works.
                (false, Knowledge::Nothing) => State::Unknown,
            }
        });
        let calm = if self.outages.is_empty() { Overall::Operational } else { Overall::Disturbed };
        Self { overall: overall(flag, calm), components, ..self }
    }

    /// The same, as somebody reads it later: nothing is written while nothing happens, and what is over is forgotten.
    #[must_use]
    pub fn read_at(mut self, now: Timestamp) -> Self {
        forget(&mut self.history, now);
        self
    }

    /// What can be said when no document can be read.
    pub fn unknown(flag: Knowledge, now: Timestamp) -> Self {
        Self {
            generated_at: now,
            overall: overall(flag, Overall::Unknown),
            components: parts(flag, |_| State::Unknown),
            outages: Vec::new(),
            history: Vec::new(),
        }
    }

    /// Whether it says what another one does, whenever that was made.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        *self == Self { generated_at: self.generated_at, ..other.clone() }
    }
}

/// Leaves what ended within two weeks before.
fn forget(history: &mut Vec<Outage>, now: Timestamp) {
    let begin = now.saturating_sub(HISTORY).unwrap_or(Timestamp::MIN);
    history.retain(|outage| outage.until.is_some_and(|until| until >= begin));
}

fn overall(flag: Knowledge, calm: Overall) -> Overall {
    match flag {
        Knowledge::Level(Level::L0) => calm,
        Knowledge::Level(Level::L1 | Level::L2) => Overall::Paused,
        Knowledge::Level(Level::L3 | Level::L4 | Level::L5) => Overall::LockedDown,
        Knowledge::Nothing => Overall::Unknown,
    }
}

fn parts(flag: Knowledge, otherwise: impl Fn(Component) -> State) -> Vec<ComponentStatus> {
    let state = |component: Component| match flag {
        Knowledge::Level(level) if level >= component.pauses_at() => State::Paused,
        _ => otherwise(component),
    };
    Component::ALL.map(|component| ComponentStatus { component, state: state(component) }).to_vec()
}

/// The times in which a part was disturbed, part by part, the earliest first. What is only recorded (P3) nobody notices;
/// the alert's own urgency counts, or an incident that nobody answered would become one.
fn outages(incidents: &[Incident]) -> Vec<Outage> {
    let mut by_part: BTreeMap<Component, Vec<Outage>> = BTreeMap::new();
    for incident in incidents {
        let rule = incident.alert.rule();
        let shows = Response::of(rule.alert, rule.severity).shows_members;
        let Some(component) = rule.component.filter(|_| shows) else { continue };
        by_part.entry(component).or_default().push(Outage {
            component,
            care: match incident.status {
                Status::Open => Care::LookedInto,
                Status::Acknowledged => Care::WorkedOn,
                Status::Resolved => Care::Over,
            },
            since: incident.opened_at,
            until: incident.resolved_at.filter(|_| !incident.is_open()),
        });
    }
    by_part.into_values().flat_map(merged).collect()
}

/// Those that overlap, or nearly, as one.
fn merged(mut outages: Vec<Outage>) -> Vec<Outage> {
    outages.sort_by_key(|outage| (outage.since, outage.until, outage.care));
    let mut all: Vec<Outage> = Vec::new();
    for next in outages {
        match all.last_mut().filter(|last| last.reaches(next.since)) {
            Some(last) => last.take_in(&next),
            None => all.push(next),
        }
    }
    all
}

impl Outage {
    fn reaches(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at <= until.saturating_add(BREATH).unwrap_or(Timestamp::MAX))
    }

    /// It goes on for as long as one of them does, and is worked on when one of those that go on is.
    fn take_in(&mut self, other: &Self) {
        self.care = match (self.until, other.until) {
            (None, None) => self.care.max(other.care),
            (None | Some(_), Some(_)) => self.care,
            (Some(_), None) => other.care,
        };
        self.until = self.until.zip(other.until).map(|(one, two)| one.max(two));
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
