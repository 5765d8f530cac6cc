//! How often the bot may still identify (SPEC P12). Past 1000 times a day Discord resets the bot's token
//! (<https://discord.com/developers/docs/events/gateway#session-start-limit-object>).

use jiff::{SignedDuration, Timestamp};

/// Discord's limit for a bot that it has not told another one.
pub const DEFAULT_SESSION_STARTS: u32 = 1000;
/// The window of the limit.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// What `GET /gateway/bot` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStartLimit {
    /// Identifies a day.
    pub total: u32,
    /// Those that are left.
    pub remaining: u32,
    /// How long until all are back.
    pub reset_after: SignedDuration,
}

/// The window that runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentifyBudget {
    /// How often the bot has identified in it, as far as anybody knows.
    pub used: u32,
    /// Discord's limit.
    pub total: u32,
    /// When the next window begins.
    pub resets_at: Timestamp,
}

impl IdentifyBudget {
    /// The most that we use of a limit: 80 %, so that something is left when everything else is fixed.
    pub const fn most(total: u32) -> u32 {
        total / 5 * 4 + total % 5 * 4 / 5
    }

    /// Whether it runs; after that nothing is used of the next one.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.resets_at
    }

    /// Whether another identify would be one too many.
    pub fn is_spent(&self, now: Timestamp) -> bool {
        self.is_live(now) && self.used >= Self::most(self.total)
    }
}

impl SessionStartLimit {
    /// How many were used.
    pub const fn used(self) -> u32 {
        self.total.saturating_sub(self.remaining)
    }

    /// When the next window begins, at most a day from `now`.
    pub fn resets_at(self, now: Timestamp) -> Timestamp {
        let after = self.reset_after.clamp(SignedDuration::ZERO, WINDOW);
        now.saturating_add(after).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn eight_hundred_of_a_thousand_are_used_and_no_more() {
        let budget = |used| IdentifyBudget { used, total: 1000, resets_at: now() + 1.hour() };
        assert!(!budget(799).is_spent(now()));
        assert!(budget(800).is_spent(now()));
        assert!(!budget(1000).is_spent(now() + 1.hour()), "a new window");
    }

    #[test]
    fn what_discord_says_is_taken_within_reason() {
        let says = |remaining, hours| SessionStartLimit {
            total: 1000,
            remaining,
            reset_after: SignedDuration::from_hours(hours),
        };
        assert_eq!((says(999, 1).used(), says(1001, 1).used()), (1, 0));
        assert_eq!(says(0, 48).resets_at(now()), now() + 24.hours());
        assert_eq!(says(0, -1).resets_at(now()), now());
    }

    proptest! {
        #[test]
        fn the_share_is_four_fifths_rounded_down(total in any::<u32>()) {
            prop_assert_eq!(u64::from(IdentifyBudget::most(total)), u64::from(total) * 4 / 5);
        }
    }
}
