//! Rule: an interaction id is accepted once (SPEC W20).
//! Threat: somebody who recorded a signed request sends it again while its timestamp is still fresh.
//! Refusal: 401 with an empty body, like a bad signature; a table that cannot answer refuses too.
//!
//! The id comes from the signed body, so it cannot be changed. It is remembered for longer than the body's timestamp
//! can be fresh; forgetting earlier would open a second chance between the two. `store::replay` is the one
//! conditional write.

use jiff::{SignedDuration, Timestamp};

/// How old a request's timestamp may be.
pub const PAST: SignedDuration = SignedDuration::from_secs(300);
/// How far a request's timestamp may lie ahead.
pub const FUTURE: SignedDuration = SignedDuration::from_secs(60);
/// How far the clocks of two of our instances may lie apart.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// How long an id is remembered: 15 minutes.
pub const MEMORY: SignedDuration = SignedDuration::from_mins(15);

const _: () = assert!(
    MEMORY.as_secs() > PAST.as_secs() + FUTURE.as_secs() + 2 * LEEWAY.as_secs(),
    "an id must be remembered until no instance takes its timestamp for fresh",
);

/// Whether an id is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstSight {
    /// Never seen, or forgotten long after it could be fresh.
    Fresh,
    /// Seen before; whoever sends it now is repeating.
    SeenBefore,
}

/// Until when an id that is seen at `now` is remembered, in epoch seconds, rounded up.
pub fn remembered_until(now: Timestamp) -> i64 {
    now.saturating_add(MEMORY).unwrap_or(Timestamp::MAX).as_second().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_outlives_every_instant_at_which_the_request_is_fresh() {
        let stamped: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let first_seen = stamped - FUTURE - LEEWAY;
        let last_fresh = stamped + PAST + LEEWAY;
        assert!(remembered_until(first_seen) > last_fresh.as_second());
    }

    #[test]
    fn fractions_of_a_second_do_not_shorten_it() {
        let now: Timestamp = "2026-01-02T12:00:00.999Z".parse().unwrap();
        assert!(Timestamp::from_second(remembered_until(now)).unwrap().duration_since(now) >= MEMORY);
    }
}
