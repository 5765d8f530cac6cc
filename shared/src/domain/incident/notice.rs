//! What channels are told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Incident, Severity};

/// Why channels are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It began.
    Opened,
    /// It has fired again since the last notice.
    Grew,
    /// It still goes on.
    Repeated,
    /// It came back.
    Reopened,
    /// Nobody answered in time.
    Overdue,
    /// Somebody has taken it.
    Acknowledged,
    /// The bot was contained because of it.
    Contained,
    /// It is over.
    Resolved,
    /// Somebody wants to know whether a channel works.
    Test,
}

/// A notice: an incident as it was, and why channels hear of it. The number makes each notice one thing: who delivers it
/// twice delivers the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The incident as it was then.
    pub incident: Incident,
    /// Why.
    pub kind: Kind,
    /// Which notice of the incident, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Opened,
        Self::Grew,
        Self::Repeated,
        Self::Reopened,
        Self::Overdue,
        Self::Acknowledged,
        Self::Contained,
        Self::Resolved,
        Self::Test,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Grew => "grew",
            Self::Repeated => "repeated",
            Self::Reopened => "reopened",
            Self::Overdue => "overdue",
            Self::Acknowledged => "acknowledged",
            Self::Contained => "contained",
            Self::Resolved => "resolved",
            Self::Test => "test",
        }
    }
}

impl Notice {
    /// How urgent.
    pub const fn severity(&self) -> Severity {
        self.incident.severity
    }

    /// What a receiver may recognise a repetition by: `{incident}.{number}`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.incident.id, self.number)
    }
}
