//! What the buttons of an incident's card do.

use core::{fmt, str::FromStr};

use super::BadCustomId;

/// What the cards of incidents are signed for instead of a tenant. They come through a webhook into a channel of the
/// operators, whichever server that is in; the press is judged by who presses. No tenant has this text: guilds are
/// digits, and direct messages begin with `dm#`.
pub const INCIDENTS_TENANT: &str = "incidents";

/// What an operator does about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IncidentDeed {
    /// Take it.
    Acknowledge,
    /// Close it.
    Resolve,
    /// Do not hear of it for an hour.
    Silence,
    /// Pause the bot because of it.
    Contain,
}

impl IncidentDeed {
    /// Every one, in the order of the buttons.
    pub const ALL: [Self; 4] = [Self::Acknowledge, Self::Resolve, Self::Silence, Self::Contain];

    /// Its name in a custom id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "ack",
            Self::Resolve => "end",
            Self::Silence => "hush",
            Self::Contain => "hold",
        }
    }
}

impl fmt::Display for IncidentDeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for IncidentDeed {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == text).ok_or(BadCustomId)
    }
}
