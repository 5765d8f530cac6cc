use jiff::{SignedDuration, Timestamp};

/// A guild that is shut out for a while, because it kept trying without being allowed (SPEC T16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ban {
    until: Timestamp,
}

impl Ban {
    /// How long a ban lasts: one hour.
    pub const LENGTH: SignedDuration = SignedDuration::from_hours(1);

    /// A ban that starts at `at`.
    pub fn starting(at: Timestamp) -> Self {
        Self { until: at.saturating_add(Self::LENGTH).unwrap_or(Timestamp::MAX) }
    }

    /// A ban that ends at `until`, as read from its row.
    pub const fn ending(until: Timestamp) -> Self {
        Self { until }
    }

    /// The first instant at which the ban is over.
    pub const fn until(self) -> Timestamp {
        self.until
    }

    /// Whether it holds at `now`. The row may outlive its ban by days, so every reader asks.
    pub fn holds(self, now: Timestamp) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_for_exactly_an_hour() {
        let start: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let ban = Ban::starting(start);
        assert!(ban.holds(start));
        assert!(ban.holds("2026-01-02T12:59:59.999Z".parse().unwrap()));
        assert!(!ban.holds("2026-01-02T13:00:00Z".parse().unwrap()));
        assert_eq!(Ban::ending(ban.until()), ban);
    }
}
