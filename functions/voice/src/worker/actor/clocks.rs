//! When an actor does things by itself.

use core::time::Duration;

use tokio::time::Instant;

use crate::player::Position;

/// A checkpoint of the position is written this often (SPEC P6).
const CHECKPOINT: Duration = Duration::from_secs(5);
/// The card's progress is drawn this often.
const PROGRESS: Duration = Duration::from_secs(10);

/// What has been so since when.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    empty_since: Option<Instant>,
    stopped_since: Option<Instant>,
    time_to_leave: bool,
    checkpoint_at: Option<Instant>,
    drawn_at: Option<Instant>,
    reread_at: Option<Instant>,
}

/// A player that should move and does not for so long has lost its connection without knowing.
const STUCK: Duration = Duration::from_secs(20);

/// Whether what plays moves.
#[derive(Debug, Default)]
pub(super) struct Progress {
    last: Option<(Option<Position>, Instant)>,
}

impl Progress {
    /// Where the player is now, if it should move. True, once each time, after it has stood still for too long.
    pub(super) fn is_stuck(&mut self, should_move: bool, at: Option<Position>, now: Instant) -> bool {
        if !should_move {
            self.last = None;
            return false;
        }
        let (last, since) = *self.last.get_or_insert((at, now));
        if last != at {
            self.last = Some((at, now));
        }
        let stuck = last == at && now.duration_since(since) >= STUCK;
        if stuck {
            self.last = None;
        }
        stuck
    }
}

/// How long to stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) empty: Duration,
    pub(super) stopped: Duration,
    pub(super) reread: Duration,
}

impl Clocks {
    /// What is so now. True: the room has been empty for too long, somebody should know.
    pub(super) fn note(&mut self, empty: bool, stopped: bool, patience: Patience, now: Instant) -> bool {
        since(&mut self.empty_since, empty, now);
        since(&mut self.stopped_since, stopped, now);
        let over =
            |start: Option<Instant>, most| start.is_some_and(|start| now.duration_since(start) >= most);
        let deserted = over(self.empty_since, patience.empty);
        self.time_to_leave = deserted || over(self.stopped_since, patience.stopped);
        deserted
    }

    pub(super) const fn is_time_to_leave(&self) -> bool {
        self.time_to_leave
    }

    pub(super) fn is_time_to_reread(&mut self, patience: Patience, now: Instant) -> bool {
        due(&mut self.reread_at, patience.reread, now)
    }

    pub(super) fn is_time_to_checkpoint(&mut self, now: Instant) -> bool {
        due(&mut self.checkpoint_at, CHECKPOINT, now)
    }

    pub(super) fn is_time_to_draw(&mut self, now: Instant) -> bool {
        due(&mut self.drawn_at, PROGRESS, now)
    }
}

fn since(start: &mut Option<Instant>, is_so: bool, now: Instant) {
    *start = is_so.then(|| start.unwrap_or(now));
}

/// True once in each `every`, the first time one `every` after it was first asked.
fn due(last: &mut Option<Instant>, every: Duration, now: Instant) -> bool {
    let start = *last.get_or_insert(now);
    let is_due = now.duration_since(start) >= every;
    if is_due {
        *last = Some(now);
    }
    is_due
}

#[cfg(test)]
mod tests {
    use shared::domain::queue::EntryId;

    use super::*;

    const PATIENCE: Patience = Patience {
        empty: Duration::from_mins(5),
        stopped: Duration::from_secs(10),
        reread: Duration::from_secs(15),
    };

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn who_should_move_and_does_not_is_stuck() {
        let (mut progress, start) = (Progress::default(), Instant::now());
        let at = |ms| Some(Position { entry: EntryId::new(1, 0), at: Duration::from_millis(ms) });
        assert!(!progress.is_stuck(true, at(0), start));
        assert!(!progress.is_stuck(true, at(20), after(start, 19)));
        assert!(!progress.is_stuck(true, at(20), after(start, 38)));
        assert!(progress.is_stuck(true, at(20), after(start, 39)));
        assert!(!progress.is_stuck(true, at(20), after(start, 40)), "said once");
        assert!(!progress.is_stuck(false, at(20), after(start, 90)), "paused");
        assert!(!progress.is_stuck(true, at(20), after(start, 91)));
    }

    #[test]
    fn an_empty_room_is_left_after_its_time_and_not_if_somebody_comes_back() {
        let (mut clocks, start) = (Clocks::default(), Instant::now());
        assert!(!clocks.note(true, false, PATIENCE, start));
        assert!(!clocks.note(true, false, PATIENCE, after(start, 299)));
        assert!(!clocks.note(false, false, PATIENCE, after(start, 299)));
        assert!(!clocks.note(true, false, PATIENCE, after(start, 300)));
        assert!(clocks.note(true, false, PATIENCE, after(start, 600)));
        assert!(clocks.is_time_to_leave());
        clocks.note(false, false, PATIENCE, after(start, 601));
        assert!(!clocks.is_time_to_leave());
    }

    #[test]
    fn a_stopped_bot_leaves_soon_and_that_is_nobody_s_absence() {
        let (mut clocks, start) = (Clocks::default(), Instant::now());
        clocks.note(false, true, PATIENCE, start);
        assert!(!clocks.is_time_to_leave());
        assert!(!clocks.note(false, true, PATIENCE, after(start, 10)));
        assert!(clocks.is_time_to_leave());
    }

    #[test]
    fn what_is_due_is_due_once() {
        let (mut clocks, start) = (Clocks::default(), Instant::now());
        let due: Vec<bool> =
            [0, 4, 5, 6, 9, 10].map(|s| clocks.is_time_to_checkpoint(after(start, s))).into();
        assert_eq!(due, [false, false, true, false, false, true]);
    }
}
