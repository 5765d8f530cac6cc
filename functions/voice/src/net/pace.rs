//! A server that sends a byte now and then: it never idles, and never gets anywhere (slow-loris).

use core::time::Duration;

use super::Timeouts;
use crate::failure::PlayError;

/// Counts what came against the time that we waited for it. Time that *we* took (a full buffer) does not count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    waited: Duration,
    bytes: u64,
}

impl Pace {
    /// After waiting so long for a piece of so many bytes.
    pub(crate) fn note(
        &mut self,
        waited: Duration,
        bytes: usize,
        limits: &Timeouts,
    ) -> Result<(), PlayError> {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < limits.pace_window {
            return Ok(());
        }
        let enough = self.bytes >= limits.pace_bytes;
        *self = Self::default();
        if enough { Ok(()) } else { Err(PlayError::TooSlow) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(pieces: usize, each_ms: u64, bytes: usize) -> Result<(), PlayError> {
        let mut pace = Pace::default();
        (0..pieces).try_for_each(|_| pace.note(Duration::from_millis(each_ms), bytes, &Timeouts::STANDARD))
    }

    #[test]
    fn drips_are_too_slow_and_music_is_not() {
        assert_eq!(run(100, 1_000, 1), Err(PlayError::TooSlow));
        assert_eq!(run(9, 1_000, 1), Ok(()), "the window is not over yet");
        assert_eq!(run(100, 1_000, 4_000), Ok(()), "32 kbit/s radio");
        assert_eq!(run(1_000, 0, 1), Ok(()), "no waiting, however small the pieces");
    }
}
