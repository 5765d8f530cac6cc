//! How long is long enough, and how much a run may do.

use jiff::{SignedDuration, Timestamp};

/// What is kept, and for how long (SPEC T29). Times are told from a run's beginning backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So long after its end a row is left alone: readers do not see it any more, and whoever was about to renew it has
    /// done so.
    pub grace: SignedDuration,
    /// When something was used last is forgotten after this.
    pub old_use: SignedDuration,
    /// What nobody has needed for so long is idle.
    pub idle: SignedDuration,
    /// A secret without a link is told of from this age on.
    pub orphan_told: SignedDuration,
    /// From this age on it is deleted: a night later at the least, so that somebody may see what is about to happen.
    pub orphan_deleted: SignedDuration,
    /// What one run may do.
    pub room: Room,
}

/// What a run may still do. A fault of ours ends here, and what was due is due the next night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Rows that may be deleted or changed.
    pub rows: u32,
    /// Secrets that may be deleted.
    pub secrets: u32,
    /// Log groups that may be given an end.
    pub logs: u32,
}

impl Policy {
    /// What SPEC T29 and issue 7 say.
    pub const STANDARD: Self = Self {
        grace: SignedDuration::from_hours(1),
        old_use: SignedDuration::from_hours(90 * 24),
        idle: SignedDuration::from_hours(90 * 24),
        orphan_told: SignedDuration::from_hours(7 * 24),
        orphan_deleted: SignedDuration::from_hours(8 * 24),
        room: Room { rows: 10_000, secrets: 100, logs: 100 },
    };

    /// What has ended by then is due.
    pub fn ended_by(&self, at: Timestamp) -> Timestamp {
        before(at, self.grace)
    }

    /// Whether a secret of that age may be told of or deleted, if no link leads to it.
    pub fn is_old_enough(&self, changed_at: Timestamp, at: Timestamp) -> bool {
        changed_at <= before(at, self.orphan_told)
    }
}

/// So long before.
pub(super) fn before(at: Timestamp, long: SignedDuration) -> Timestamp {
    at.saturating_sub(long).unwrap_or(Timestamp::MIN)
}
