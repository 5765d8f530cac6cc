//! Whether a change is anything to a worker. Pure.

use crate::domain::playback::{Playback, Status};

/// Who holds the shard, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A worker.
    Somebody,
    /// Nobody, or the lease cannot be read. Asking for a worker once too often starts nothing.
    Nobody,
}

/// What a worker would be called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// A person waits for an answer that only a worker can give.
    Reply,
    /// The desired state went from one to the other.
    Change {
        /// As it was read last; it may be older than the state that was changed.
        before: Playback,
        /// As it is now.
        after: Playback,
    },
}

impl Errand {
    /// Whether there is anything to do for the one who holds the shard, or for one who is started.
    pub fn needs(self, holder: Holder) -> bool {
        match self {
            Self::Reply => true,
            Self::Change { before, after } => needs_worker(before, after, holder),
        }
    }
}

/// A worker that is there wants to know of everything but what happens to a queue with nothing in it. One is started
/// for sound alone: what is paused or stopped costs nothing.
fn needs_worker(before: Playback, after: Playback, holder: Holder) -> bool {
    match holder {
        Holder::Nobody => after.status() == Status::Playing,
        Holder::Somebody => !(is_idle(before) && is_idle(after) && before.away() == after.away()),
    }
}

fn is_idle(playback: Playback) -> bool {
    playback.status() == Status::Stopped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stopped, stopped and away, playing, paused, paused and away.
    fn states() -> [Playback; 5] {
        let (stopped, playing) = (Playback::default(), Playback::default().started());
        let away = |playback: Playback| playback.left().unwrap();
        [stopped, away(stopped), playing, playing.paused().unwrap(), away(playing)]
    }

    /// Rows are what was, columns what is.
    #[test]
    fn the_whole_matrix_for_a_worker_that_is_there() {
        const N: bool = false;
        const Y: bool = true;
        let told = [[N, Y, Y, Y, Y], [Y, N, Y, Y, Y], [Y, Y, Y, Y, Y], [Y, Y, Y, Y, Y], [Y, Y, Y, Y, Y]];
        for (before, row) in states().into_iter().zip(told) {
            for (after, expected) in states().into_iter().zip(row) {
                let needs = needs_worker(before, after, Holder::Somebody);
                assert_eq!(needs, expected, "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn a_worker_is_started_for_sound_alone() {
        for before in states() {
            for after in states() {
                let needs = needs_worker(before, after, Holder::Nobody);
                assert_eq!(needs, after.status() == Status::Playing, "{after:?}");
                assert!(
                    !needs || needs_worker(before, after, Holder::Somebody),
                    "who is started is rung for"
                );
            }
        }
    }

    #[test]
    fn whoever_waits_for_a_worker_gets_one() {
        assert!([Holder::Somebody, Holder::Nobody].iter().all(|holder| Errand::Reply.needs(*holder)));
        let idle = Errand::Change { before: Playback::default(), after: Playback::default() };
        assert!(![Holder::Somebody, Holder::Nobody].iter().any(|holder| idle.needs(*holder)));
    }
}
