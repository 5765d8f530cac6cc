use core::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

/// At most `max` admissions in any window of `window_s` seconds.
///
/// Up to [`Limit::EXACT_MAX`] admissions a row remembers the instant of each ([`Ring`](super::Ring)), and the limit is exact.
/// Above, it remembers those before the latest ones in blocks ([`Tally`](super::Tally)) and may refuse up to two blocks'
/// worth too early, never too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    max: NonZeroU32,
    window_s: NonZeroU32,
}

impl Limit {
    /// The largest limit whose every admission is remembered.
    pub const EXACT_MAX: u32 = 100;

    /// A user, over all commands: 100 per 60 s (SPEC W23).
    pub const USER: Self = Self::of(100, 60);
    /// Requests of one address at a door that everybody can reach (SPEC W25).
    pub const ADDRESS: Self = Self::of(1000, 60);
    /// Codes and refresh tokens that one address redeems at the API: 30 per 60 s.
    pub const CREDENTIALS: Self = Self::of(30, 60);
    /// A user of a premium guild: 500 per 60 s (SPEC W23).
    pub const PREMIUM: Self = Self::of(500, 60);
    /// An operator: 1000 per 60 s (SPEC W23).
    pub const ADMIN: Self = Self::of(1000, 60);
    /// One command by one user: 10 per 60 s (SPEC W24).
    pub const COMMAND: Self = Self::of(10, 60);
    /// One command in one guild: 60 per 60 s (SPEC W24).
    pub const GUILD_COMMAND: Self = Self::of(60, 60);
    /// Autocomplete by one user: 60 per 60 s.
    pub const AUTOCOMPLETE: Self = Self::of(60, 60);
    /// Asking for a voice worker while somebody of a guild still types: 1 per 60 s (SPEC P7).
    pub const WAKE: Self = Self::of(1, 60);
    /// Denied attempts of a guild: 10 per 3600 s; the next one bans (SPEC T16).
    pub const DENIALS: Self = Self::of(10, 3600);
    /// Music commands of a user while the table fails, in one process: 5 per 60 s (SPEC W1).
    pub const LOCAL: Self = Self::of(5, 60);

    /// `max` admissions in `window_s` seconds.
    pub const fn new(max: NonZeroU32, window_s: NonZeroU32) -> Self {
        Self { max, window_s }
    }

    /// How many admissions.
    pub const fn max(self) -> u32 {
        self.max.get()
    }

    /// In what time.
    pub const fn window(self) -> SignedDuration {
        SignedDuration::from_secs(self.window_s.get() as i64)
    }

    /// Whether every admission is remembered by its instant.
    pub const fn is_exact(self) -> bool {
        self.max() <= Self::EXACT_MAX
    }

    /// The latest instant that no longer counts at `now`. Windows are half open: what happened exactly one window
    /// ago is out.
    pub fn cutoff(self, now: Timestamp) -> Timestamp {
        now.saturating_sub(self.window()).unwrap_or(Timestamp::MIN)
    }

    /// When an admission at `at` leaves the window.
    pub fn leaves(self, at: Timestamp) -> Timestamp {
        at.saturating_add(self.window()).unwrap_or(Timestamp::MAX)
    }

    /// For constants: a zero would become one, the strictest limit that there is.
    const fn of(max: u32, window_s: u32) -> Self {
        Self { max: at_least_one(max), window_s: at_least_one(window_s) }
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_spec() {
        let per_minute = [Limit::USER, Limit::PREMIUM, Limit::ADMIN, Limit::COMMAND];
        assert_eq!(per_minute.map(Limit::max), [100, 500, 1000, 10]);
        assert!(per_minute.iter().all(|limit| limit.window() == SignedDuration::from_secs(60)));
        assert_eq!((Limit::DENIALS.max(), Limit::DENIALS.window()), (10, SignedDuration::from_hours(1)));
    }

    #[test]
    fn members_limits_are_exact_and_those_of_machines_need_not_be() {
        assert!(
            [Limit::USER, Limit::COMMAND, Limit::GUILD_COMMAND, Limit::DENIALS]
                .iter()
                .all(|one| one.is_exact())
        );
        assert!([Limit::PREMIUM, Limit::ADMIN, Limit::ADDRESS].iter().all(|one| !one.is_exact()));
    }

    #[test]
    fn what_happened_one_window_ago_is_out() {
        let now = Timestamp::from_second(1000).unwrap();
        assert_eq!(Limit::COMMAND.cutoff(now), Timestamp::from_second(940).unwrap());
        assert_eq!(Limit::COMMAND.leaves(Limit::COMMAND.cutoff(now)), now);
        assert_eq!(Limit::COMMAND.cutoff(Timestamp::MIN), Timestamp::MIN);
        assert_eq!(Limit::COMMAND.leaves(Timestamp::MAX), Timestamp::MAX);
    }
}
