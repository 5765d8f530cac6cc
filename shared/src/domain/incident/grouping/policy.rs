//! How long everything takes.

use jiff::SignedDuration;

/// Times of grouping. The defaults are what issue and operators agreed on; tests and local stacks take shorter ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Before the first notice of what is not told at once.
    pub wait: SignedDuration,
    /// Between two notices of an incident.
    pub interval: SignedDuration,
    /// After which it is said again that it still goes on.
    pub repeat: SignedDuration,
    /// Within which a cause that comes back is the same incident.
    pub reopen_within: SignedDuration,
    /// Within which firing again counts once.
    pub counts_once: SignedDuration,
    /// By the cause's own clock, within which firing again is not written at all. No alarm of `CloudWatch`'s changes twice
    /// in it.
    pub same_instant: SignedDuration,
    /// After which a notice that was owed and not told is told by somebody else. Longer than the function may run.
    pub retell: SignedDuration,
    /// What is due sooner than this is worth a message of its own; it is the longest that a queue can delay one.
    pub soon: SignedDuration,
}

impl Policy {
    /// The one that is in use.
    pub const DEFAULT: Self = Self {
        wait: SignedDuration::from_secs(30),
        interval: SignedDuration::from_mins(5),
        repeat: SignedDuration::from_hours(4),
        reopen_within: SignedDuration::from_mins(5),
        counts_once: SignedDuration::from_mins(1),
        same_instant: SignedDuration::from_secs(10),
        retell: SignedDuration::from_secs(90),
        soon: SignedDuration::from_mins(15),
    };

    /// An incident that nobody answers to escalates so often; then only its repetition goes on. So what began as a
    /// record (P3) wakes nobody (P0) by lying there.
    pub const ESCALATIONS: u32 = 2;
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}
