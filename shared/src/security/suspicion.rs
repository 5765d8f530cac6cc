//! How odd what happens is: a score of 0 to 100 (SPEC T24).
//!
//! **Rule.** Over the last 15 minutes, each kind of odd event gives its points up to its own most, and the sum is capped:
//!
//! | kind | points each | at most |
//! |---|---|---|
//! | a server or person that is not let in tried | 1 | 30 |
//! | a server was banned for that | 10 | 30 |
//! | somebody could not prove who they are | 1 | 40 |
//! | something signed came a second time | 5 | 25 |
//! | a permission was missing | 1/2 | 10 |
//! | a limit refused somebody | 1/5 | 15 |
//!
//! **Threat.** Somebody who stays below the threshold of each alarm and tries several doors. One kind alone, however often,
//! stays below the 80 of the alarm: it has its own alarm, and a busy evening is no attack.
//!
//! **Refusal.** None: a score refuses nobody. It is one number for everybody together, so that no server, person or address
//! is known by it.

use core::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::telemetry::{AuthFailure, Metric};

/// Over how long it is counted.
pub const WINDOW_MINUTES: i64 = 15;
/// The score from which on its alarm fires.
pub const ALARM: u8 = 80;
/// How often one process writes down what it has counted, at most: a flood costs no more than that.
pub const EVERY: SignedDuration = SignedDuration::from_secs(10);

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A server or person that is not let in tried.
    Denied,
    /// A server was banned for that.
    Banned,
    /// Somebody could not prove who they are.
    AuthFailed,
    /// Something signed came a second time.
    Replayed,
    /// A permission was missing.
    NotPermitted,
    /// A limit refused somebody.
    Limited,
}

/// How often each kind has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; Kind::ALL.len()]);

/// What one process has counted and not yet written down.
#[derive(Debug)]
pub struct Tally {
    counts: [AtomicU32; Kind::ALL.len()],
    /// Epoch milliseconds.
    taken_at: AtomicI64,
}

struct Weight {
    /// Tenths of a point for each.
    tenths: u32,
    /// Points at most.
    most: u32,
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Denied, Self::Banned, Self::AuthFailed, Self::Replayed, Self::NotPermitted, Self::Limited];

    /// What a metric counts, if that is odd. What is refused unread, and our own missing keys, are nobody's attempt.
    pub const fn of(metric: Metric) -> Option<Self> {
        match metric {
            Metric::UnauthorizedAccess => Some(Self::Denied),
            Metric::GuildBanned => Some(Self::Banned),
            Metric::AuthFailures {
                reason: AuthFailure::Method | AuthFailure::TooLarge | AuthFailure::Unavailable,
                ..
            } => None,
            Metric::AuthFailures { reason: AuthFailure::Replayed, .. } => Some(Self::Replayed),
            Metric::AuthFailures { .. } => Some(Self::AuthFailed),
            Metric::AuthorizationDenied => Some(Self::NotPermitted),
            Metric::RateLimited { .. } => Some(Self::Limited),
            _ => None,
        }
    }

    /// Its name in a row.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Banned => "banned",
            Self::AuthFailed => "auth_failed",
            Self::Replayed => "replayed",
            Self::NotPermitted => "not_permitted",
            Self::Limited => "limited",
        }
    }

    const fn weight(self) -> Weight {
        match self {
            Self::Denied => Weight { tenths: 10, most: 30 },
            Self::Banned => Weight { tenths: 100, most: 30 },
            Self::AuthFailed => Weight { tenths: 10, most: 40 },
            Self::Replayed => Weight { tenths: 50, most: 25 },
            Self::NotPermitted => Weight { tenths: 5, most: 10 },
            Self::Limited => Weight { tenths: 2, most: 15 },
        }
    }
}

/// The score of what happened within the window.
pub fn score(counts: &Counts) -> u8 {
    let points = Kind::ALL.into_iter().map(|kind| {
        let Weight { tenths, most } = kind.weight();
        (counts.of(kind).saturating_mul(tenths) / 10).min(most)
    });
    let sum = points.fold(0, u32::saturating_add).min(100);
    u8::try_from(sum).unwrap_or(100)
}

impl Counts {
    /// How often this kind has happened.
    pub const fn of(&self, kind: Kind) -> u32 {
        self.0[kind as usize]
    }

    /// One kind happened so often.
    #[must_use]
    pub const fn with(mut self, kind: Kind, count: u32) -> Self {
        self.0[kind as usize] = self.0[kind as usize].saturating_add(count);
        self
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        Kind::ALL.into_iter().fold(self, |sum, kind| sum.with(kind, other.of(kind)))
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self { counts: Default::default(), taken_at: AtomicI64::new(i64::MIN) }
    }
}

impl Tally {
    /// A metric was counted.
    pub fn add(&self, metric: Metric, count: u32) {
        if let Some(kind) = Kind::of(metric) {
            // It would take four thousand million in ten seconds to begin anew.
            self.counts[kind as usize].fetch_add(count, Ordering::Relaxed);
        }
    }

    /// What was counted since it was last taken, if there is any and that was long enough ago. Of several who ask at once
    /// one gets it.
    pub fn take(&self, now: Timestamp) -> Option<Counts> {
        if self.counts.iter().all(|count| count.load(Ordering::Relaxed) == 0) {
            return None;
        }
        let (taken_at, now) = (self.taken_at.load(Ordering::Relaxed), now.as_millisecond());
        let is_early = now < taken_at.saturating_add(EVERY.as_millis().try_into().unwrap_or(i64::MAX));
        if taken_at != i64::MIN && is_early && now >= taken_at {
            return None;
        }
        self.taken_at.compare_exchange(taken_at, now, Ordering::Relaxed, Ordering::Relaxed).ok()?;
        let counts = self.counts.each_ref().map(|count| count.swap(0, Ordering::Relaxed));
        Some(Counts(counts)).filter(|counts| !counts.is_empty())
    }
}

#[cfg(test)]
#[path = "suspicion_tests.rs"]
mod tests;
