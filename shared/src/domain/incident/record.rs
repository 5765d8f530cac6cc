//! An incident: from the first stimulus to its end, with what happened in between.

use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alert, Change, Detail, Fingerprint, Kind, Label, Notice, Response, Severity};
use crate::clock::{NoEntropy, Rng};
use crate::domain::containment::Level;

/// Which incident: the milliseconds of its beginning (6 bytes) and 10 random bytes, as 32 hex digits. They sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId([u8; 16]);

/// Not an incident's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an incident's id is 32 hex digits")]
pub struct BadIncidentId;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has answered yet.
    Open,
    /// Somebody is at it.
    Acknowledged,
    /// It is over.
    Resolved,
}

/// Who did something. People are pseudonyms here; the audit trail has the same ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// An alarm, an event, or time.
    Itself,
    /// A person, by the text of their pseudonym (`admin_…`).
    Person(String),
}

/// What happened to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It began.
    Opened,
    /// The cause came back within a few minutes of its end.
    Reopened,
    /// The cause fired again; the count was this.
    Fired(u64),
    /// The cause can no longer be told.
    Blind,
    /// The cause has gone.
    Cleared,
    /// Somebody has taken it.
    Acknowledged,
    /// Somebody has closed it.
    Resolved,
    /// It is over, and somebody has to review it until then.
    ReviewBy(Timestamp),
    /// Somebody has reviewed it.
    Reviewed,
    /// Somebody does not want to hear of it until then.
    Silenced(Timestamp),
    /// Nobody answered in time; it is this urgent now.
    Escalated(Severity),
    /// The bot was contained to this level because of it.
    Contained(u8),
    /// Evidence was put aside, under this name.
    Evidence(String),
    /// The bot runs again.
    Restored,
    /// This many channels were told.
    Told(u32),
    /// A channel could not be told in any try.
    Untold(Label),
}

/// A line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// By whom.
    pub by: By,
}

/// A notice that channels have still to hear. It is written before they are told, so that nobody's death loses it: it is
/// told again until [`Incident::told`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Why.
    pub kind: Kind,
    /// Which notice of the incident.
    pub number: u64,
    /// Since when.
    pub at: Timestamp,
    /// When somebody last began to tell it.
    pub tried_at: Timestamp,
}

/// An incident. Made and changed by [`super::grouping`] only; the store keeps it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Which.
    pub id: IncidentId,
    /// Of which alert.
    pub alert: Alert,
    /// About what, where there are several.
    pub label: Option<Label>,
    /// How urgent; it only grows.
    pub severity: Severity,
    /// How far it is.
    pub status: Status,
    /// Since when.
    pub opened_at: Timestamp,
    /// Since when without an end in between: when it began or last came back. Orders that are older are about what was
    /// before.
    pub since: Timestamp,
    /// Until when somebody has to answer; `None`: somebody has, or it has escalated as far as it may.
    pub due_at: Option<Timestamp>,
    /// How often nobody has answered in time.
    pub overdue: u32,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// Until when somebody has to review it; `None`: it goes on, somebody has, or nobody has to.
    pub review_by: Option<Timestamp>,
    /// What the cause last did.
    pub state: Change,
    /// When, by its own clock, it last fired or cleared.
    pub state_at: Timestamp,
    /// When we last counted that it fired. What comes within a minute of it counts once, so that a storm is few writes.
    pub heard_at: Timestamp,
    /// How often it has fired; what came within one minute counts once.
    pub count: u64,
    /// How far it has contained the bot; L0: not at all.
    #[serde(with = "level")]
    pub contained: Level,
    /// What the cause last said of itself.
    pub detail: Option<Detail>,
    /// Not told of until then.
    pub silenced_until: Option<Timestamp>,
    /// When channels were last told.
    pub told_at: Option<Timestamp>,
    /// Why they were last told.
    pub told_as: Option<Kind>,
    /// [`Self::count`] as it was then.
    pub told_count: u64,
    /// When they will be told next if nothing else happens: after the wait, the interval, or the repetition.
    pub tell_at: Option<Timestamp>,
    /// What they have still to hear.
    pub owed: Option<Owed>,
    /// How many notices there have been; the number of the last.
    pub notices: u64,
    /// What happened, oldest first: the first, and the last [`Incident::TIMELINE`] of the others.
    pub timeline: Vec<Entry>,
}

impl Incident {
    /// The most lines of a timeline.
    pub const TIMELINE: usize = 60;

    /// Which cause.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.alert, self.label.as_ref())
    }

    /// What is done about it, as urgent as it is now.
    pub const fn response(&self) -> Response {
        Response::of(self.alert, self.severity)
    }

    /// Whether somebody should have reviewed it by now, and nobody has.
    pub fn is_review_overdue(&self, now: Timestamp) -> bool {
        self.review_by.is_some_and(|by| by <= now)
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.status != Status::Resolved
    }

    /// Whether nothing has to be done with it any more: it is over, and everybody knows. A review that is still to come is
    /// people's; nothing ticks for it.
    pub fn is_settled(&self) -> bool {
        !self.is_open() && self.tell_at.is_none() && self.owed.is_none()
    }

    /// When something happened to it last.
    pub fn touched_at(&self) -> Timestamp {
        let times = [Some(self.heard_at), self.told_at, self.resolved_at].into_iter().flatten();
        times.fold(self.opened_at, Timestamp::max)
    }

    /// How far it has to contain the bot and has not yet (SPEC T33). What it has contained once and people have resumed
    /// stays resumed while the cause goes on; a cause that was over and comes back contains once more.
    pub fn wants_containment(&self) -> Option<Level> {
        let level = self.response().contains;
        (self.is_open() && self.contained < level).then_some(level)
    }

    /// The notice that channels have still to hear, about the incident as it is now.
    pub fn owed_notice(&self) -> Option<Notice> {
        let Owed { kind, number, at, .. } = self.owed?;
        Some(Notice { incident: Self { owed: None, ..self.clone() }, kind, number, at })
    }

    /// Adds a line; of too many, the second oldest goes.
    pub(crate) fn note(&mut self, at: Timestamp, what: Happening, by: By) {
        self.timeline.push(Entry { at, what, by });
        if self.timeline.len() > Self::TIMELINE {
            self.timeline.remove(1);
        }
    }
}

impl IncidentId {
    /// A new one.
    pub fn new(now: Timestamp, rng: Rng) -> Result<Self, NoEntropy> {
        let [_, _, time @ ..] = now.as_millisecond().to_be_bytes();
        let random = rng.bytes::<10>()?;
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(time.into_iter().chain(random)) {
            *to = from;
        }
        Ok(Self(id))
    }

    /// What people see of it: the first letter of "incident" and its last 6 hex digits.
    pub fn short(self) -> String {
        let text = self.to_string();
        format!("I-{}", text.get(26..).unwrap_or_default())
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for IncidentId {
    type Err = BadIncidentId;

    fn from_str(text: &str) -> Result<Self, BadIncidentId> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| BadIncidentId)?;
        bytes.try_into().map(Self).map_err(|_| BadIncidentId)
    }
}

impl TryFrom<String> for IncidentId {
    type Error = BadIncidentId;

    fn try_from(text: String) -> Result<Self, BadIncidentId> {
        text.parse()
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> Self {
        id.to_string()
    }
}

impl Status {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// A level as its number.
mod level {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    use super::Level;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
        level.number().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        Level::try_from(u8::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).unwrap();
        let ids = [1, 2].map(|second| IncidentId::new(at(second), Rng::fixed(7)).unwrap());
        assert!(ids[0].to_string() < ids[1].to_string());
        assert_eq!(ids[0].to_string().parse(), Ok(ids[0]));
        assert!(ids[0].short().starts_with("I-") && ids[0].short().len() == 8);
        for text in ["", "abc", &"AB".repeat(16), &"ab".repeat(17)] {
            assert_eq!(text.parse::<IncidentId>(), Err(BadIncidentId), "{text}");
        }
    }
}
