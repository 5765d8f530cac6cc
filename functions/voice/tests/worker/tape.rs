//! What a listener hears, frame by frame, with the time at which it came.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use simulator::{Listener, PcmFrame, Tone};
use tokio::task::AbortHandle;

use crate::songs::second_of;

/// Louder is music.
const LOUD: u16 = 2_000;
/// Frames whose pitch is looked at together: 200 ms.
const WINDOW: usize = 10;

/// Music, and when it came.
type Frame = (Instant, Arc<[i16]>);

/// A running tape; it ends with this value.
pub(crate) struct Tape {
    frames: Arc<Mutex<Vec<Frame>>>,
    task: AbortHandle,
}

impl Tape {
    /// Records whatever is loud.
    pub(crate) fn start(listener: &Listener) -> Self {
        let frames: Arc<Mutex<Vec<Frame>>> = Arc::default();
        let (mut heard, user, kept) = (listener.frames(), listener.user(), frames.clone());
        let task = tokio::spawn(async move {
            while let Ok(PcmFrame { listener, pcm, .. }) = heard.recv().await {
                if listener == user && pcm.iter().any(|sample| sample.unsigned_abs() > LOUD) {
                    kept.lock().unwrap().push((Instant::now(), pcm));
                }
            }
        });
        Self { frames, task: task.abort_handle() }
    }

    /// When music came, since then.
    pub(crate) fn times(&self, since: Instant) -> Vec<Instant> {
        let frames = self.frames.lock().unwrap();
        frames.iter().map(|(at, _)| *at).filter(|at| *at >= since).collect()
    }

    /// The longest time without music since then, up to the last that there was.
    pub(crate) fn longest_gap(&self, since: Instant) -> Duration {
        let times = self.times(since);
        times.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default()
    }

    /// The most frames within a second since then. One player sends 50.
    pub(crate) fn most_in_a_second(&self, since: Instant) -> usize {
        let times = self.times(since);
        let within =
            |at: &Instant| times.iter().filter(|other| **other >= *at && **other < *at + SECOND).count();
        times.iter().map(within).max().unwrap_or_default()
    }

    /// The loudest sample of the last frames since then, once there are enough of them.
    pub(crate) async fn wait_loudness(&self, since: Instant) -> u16 {
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            while self.times(since).len() < WINDOW {
                often.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.unwrap();
        let frames = self.frames.lock().unwrap();
        let last = frames.iter().rev().take(WINDOW).flat_map(|(_, pcm)| pcm.iter());
        last.map(|sample| sample.unsigned_abs()).max().unwrap()
    }

    /// Which second of the scale is heard now, if its pitch is clear.
    pub(crate) fn second(&self) -> Option<u32> {
        let frames = self.frames.lock().unwrap();
        let last = &frames[frames.len().checked_sub(WINDOW)?..];
        let pcm: Vec<i16> = last.iter().flat_map(|(_, pcm)| pcm.iter().copied()).collect();
        second_of(Tone::of(&pcm).hz)
    }

    /// Waits until a clear second of the scale was heard after `since`.
    pub(crate) async fn wait_second(&self, since: Instant) -> u32 {
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                if self.times(since).len() >= WINDOW
                    && let Some(second) = self.second()
                {
                    return second;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.unwrap()
    }
}

const SECOND: Duration = Duration::from_secs(1);

impl Drop for Tape {
    fn drop(&mut self) {
        self.task.abort();
    }
}
