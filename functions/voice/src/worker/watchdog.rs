//! Ends a process that no longer does anything: its lease runs out, and the next worker goes on.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

/// The router's heart beats every second; after this long without it the process hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_secs(1);
/// `EX_SOFTWARE` of `sysexits.h`.
const HANGS: i32 = 70;

/// A heart that a thread of its own listens to. Dropped, nobody listens any more.
#[derive(Clone, Debug)]
pub(crate) struct Heart(Arc<Pulse>);

#[derive(Debug)]
struct Pulse {
    start: Instant,
    /// Milliseconds from the start to the last beat.
    last: AtomicU64,
}

impl Heart {
    /// Begins to listen. Without a thread nobody does, and ECS's health check has to.
    pub(crate) fn start() -> Self {
        let heart = Self(Arc::new(Pulse { start: Instant::now(), last: AtomicU64::new(0) }));
        let pulse = Arc::downgrade(&heart.0);
        let listen = move || {
            while let Some(pulse) = pulse.upgrade() {
                if pulse.silence() >= PATIENCE {
                    std::process::exit(HANGS);
                }
                drop(pulse);
                std::thread::sleep(LOOK);
            }
        };
        drop(std::thread::Builder::new().name("watchdog".to_owned()).spawn(listen));
        heart
    }

    /// It beats.
    pub(crate) fn beat(&self) {
        self.0.last.store(millis(self.0.start.elapsed()), Ordering::Relaxed);
    }

    /// Whether it has beaten lately.
    pub(crate) fn is_alive(&self) -> bool {
        self.0.silence() < PATIENCE / 2
    }
}

impl Pulse {
    fn silence(&self) -> Duration {
        let now = millis(self.start.elapsed());
        Duration::from_millis(now.saturating_sub(self.last.load(Ordering::Relaxed)))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent_for(time: Duration) -> Heart {
        let start = Instant::now().checked_sub(time).unwrap();
        Heart(Arc::new(Pulse { start, last: AtomicU64::new(0) }))
    }

    #[test]
    fn a_beat_is_a_sign_of_life() {
        let heart = silent_for(PATIENCE);
        assert!(!heart.is_alive() && heart.0.silence() >= PATIENCE);
        heart.beat();
        assert!(heart.is_alive());
    }

    #[test]
    fn who_has_just_begun_lives() {
        assert!(Heart::start().is_alive());
    }
}
