//! When something is gone.

use core::fmt;

use serde::Serialize;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// The end of a row. What comes first counts: everything about somebody also ends with their erasure, but for what says
/// otherwise in `docs/DATA-MAP.md`. In the order of their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// By time.
    After {
        /// So many seconds.
        seconds: u32,
        /// Counted from there.
        since: Since,
    },
    /// When the account is unlinked.
    Unlinked,
    /// When somebody removes it, such as a playlist.
    Removed,
    /// With the data of whom it belongs to.
    Erased,
    /// When an operator deletes it.
    Operator,
    /// Never. There is nothing of anybody in it.
    Never,
}

/// From where time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// It was written.
    Written,
    /// It was used last.
    Used,
    /// What it is about came to its end.
    Over,
}

impl End {
    /// So many minutes after it was written.
    pub const fn minutes(minutes: u32) -> Self {
        Self::After { seconds: minutes * MINUTE, since: Since::Written }
    }

    /// So many hours after it was written.
    pub const fn hours(hours: u32) -> Self {
        Self::After { seconds: hours * HOUR, since: Since::Written }
    }

    /// So many days after it was written.
    pub const fn days(days: u32) -> Self {
        Self::After { seconds: days * DAY, since: Since::Written }
    }

    /// The same, counted from elsewhere.
    #[must_use]
    pub const fn since(self, since: Since) -> Self {
        match self {
            Self::After { seconds, .. } => Self::After { seconds, since },
            other => other,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::After { seconds, since } => {
                let (count, unit) = rounded(seconds);
                write!(f, "{count} {unit} {}", since.as_str())
            }
            Self::Unlinked => f.write_str("when it is unlinked"),
            Self::Removed => f.write_str("when it is removed"),
            Self::Erased => f.write_str("with the data of whom it belongs to"),
            Self::Operator => f.write_str("when an operator deletes it"),
            Self::Never => f.write_str("never"),
        }
    }
}

impl Since {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "after it was written",
            Self::Used => "after the last use",
            Self::Over => "after its end",
        }
    }
}

/// In the largest unit that divides it; a day is 24 h where hours say it as well.
const fn rounded(seconds: u32) -> (u32, &'static str) {
    match seconds {
        s if s > DAY && s.is_multiple_of(DAY) => (s / DAY, "d"),
        s if s >= HOUR && s.is_multiple_of(HOUR) => (s / HOUR, "h"),
        s if s >= MINUTE && s.is_multiple_of(MINUTE) => (s / MINUTE, "min"),
        s => (s, "s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_unit_that_people_use() {
        for (end, words) in [
            (End::hours(24), "24 h after it was written"),
            (End::days(7).since(Since::Used), "7 d after the last use"),
            (End::minutes(70), "70 min after it was written"),
            (End::minutes(1).since(Since::Over), "1 min after its end"),
            (End::After { seconds: 90, since: Since::Written }, "90 s after it was written"),
            (End::Unlinked.since(Since::Used), "when it is unlinked"),
        ] {
            assert_eq!(end.to_string(), words);
        }
    }

    #[test]
    fn what_stays_longer_comes_later() {
        let ends = [End::minutes(1), End::hours(24), End::days(400), End::Unlinked, End::Erased, End::Never];
        assert!(ends.is_sorted());
    }
}
