//! How much of somebody is in a field.

use serde::Serialize;

/// The class of a field. SPEC T28 knows three: *public* is ours, *sensitive* is any of the other three here, and what is
/// *not collected* has no field ([`super::NOT_COLLECTED`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It could stand on a notice board.
    Public,
    /// It says something about somebody whom only the holder of a key can name.
    Pseudonymous,
    /// It belongs to somebody, or says something about them. A Discord id does.
    Personal,
    /// Whoever has it can act.
    Secret,
}

const SECRET: &str = "whoever has it can act";

impl Class {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Public, Self::Pseudonymous, Self::Personal, Self::Secret];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Pseudonymous => "pseudonymous",
            Self::Personal => "personal",
            Self::Secret => "secret",
        }
    }

    /// What it means, for the page.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Public => "could stand on a notice board",
            Self::Pseudonymous => "says something about somebody whom only the holder of a key can name",
            Self::Personal => "belongs to somebody, or says something about them (a Discord id does)",
            Self::Secret => SECRET,
        }
    }

    /// Whether it says something about a person.
    pub const fn is_about_people(self) -> bool {
        matches!(self, Self::Pseudonymous | Self::Personal)
    }
}
