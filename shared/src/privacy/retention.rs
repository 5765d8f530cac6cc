//! Why something goes by night (SPEC T29).

use core::fmt;

use serde::{Deserialize, Serialize};

/// Why something has to go. Summaries and metrics count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionReason {
    /// A row is still there although its end has come.
    PastItsEnd,
    /// A sign-in is over, and nothing asks for it any more.
    Spent,
    /// Nobody has needed it for a long time.
    Idle,
    /// When something was used last is too long ago to be anybody's business.
    OldUse,
    /// Tokens that no link leads to.
    Orphaned,
    /// A log that would be kept for ever.
    NoRetention,
}

impl RetentionReason {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::PastItsEnd, Self::Spent, Self::Idle, Self::OldUse, Self::Orphaned, Self::NoRetention];

    /// The reason's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PastItsEnd => "past_its_end",
            Self::Spent => "spent",
            Self::Idle => "idle",
            Self::OldUse => "old_use",
            Self::Orphaned => "orphaned",
            Self::NoRetention => "no_retention",
        }
    }
}

impl fmt::Display for RetentionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_what_is_written_down() {
        for reason in RetentionReason::ALL {
            let written = serde_json::to_value(reason).unwrap();
            assert_eq!(written, reason.to_string());
            assert_eq!(serde_json::from_value::<RetentionReason>(written).unwrap(), reason);
        }
        assert!(RetentionReason::ALL.is_sorted());
    }
}
