//! How urgent an incident is (SPEC T32). What follows from it stands in [`super::Response`].

use core::fmt;

use serde::{Deserialize, Serialize};

/// How urgent; the most urgent is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Now: evidence, containment, everybody is told.
    P0,
    /// Within 2 hours: assess, counter-measures.
    P1,
    /// Within 24 hours: investigate, plan.
    P2,
    /// Within a week: record.
    P3,
}

impl Severity {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::P0, Self::P1, Self::P2, Self::P3];

    /// The next more urgent one; P0 stays what it is.
    #[must_use]
    pub const fn escalated(self) -> Self {
        match self {
            Self::P0 | Self::P1 => Self::P0,
            Self::P2 => Self::P1,
            Self::P3 => Self::P2,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_urgent_the_smaller() {
        for [more, less] in Severity::ALL.array_windows() {
            assert!(more < less);
            assert_eq!(less.escalated(), *more);
        }
        assert_eq!(Severity::P0.escalated(), Severity::P0);
        assert_eq!(serde_json::to_value(Severity::P2).unwrap(), "P2");
    }
}
