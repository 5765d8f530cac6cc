//! The only file that asks the machine for the time and for randomness; everything else takes them as arguments.

use jiff::Timestamp;

/// Where "now" comes from. Production reads the machine; tests say what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Source);

#[derive(Clone, Copy, Debug)]
enum Source {
    System,
    Fixed(Timestamp),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that always says `now`; for tests and for replays of recorded events.
    pub const fn fixed(now: Timestamp) -> Self {
        Self(Source::Fixed(now))
    }

    /// The current instant, UTC.
    pub fn now(self) -> Timestamp {
        match self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
            Source::System => Timestamp::now(),
            Source::Fixed(now) => now,
        }
    }
}

/// Where randomness comes from.
#[derive(Clone, Copy, Debug)]
pub struct Rng(Entropy);

#[derive(Clone, Copy, Debug)]
enum Entropy {
    System,
    Fixed(u64),
}

/// The operating system gave no random bytes; nothing that needs them may go on.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

impl Rng {
    /// The operating system's generator.
    pub const fn system() -> Self {
        Self(Entropy::System)
    }

    /// A reproducible stream for tests: the same seed gives the same bytes at every call.
    pub const fn fixed(seed: u64) -> Self {
        Self(Entropy::Fixed(seed))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(self) -> Result<[u8; N], NoEntropy> {
        let mut out = [0; N];
        match self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that reads randomness")]
            Entropy::System => getrandom::fill(&mut out).map_err(|_| NoEntropy)?,
            Entropy::Fixed(seed) => fill_from_seed(seed, &mut out),
        }
        Ok(out)
    }

    /// A random `u64`.
    pub fn u64(self) -> Result<u64, NoEntropy> {
        self.bytes().map(u64::from_le_bytes)
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): enough for tests, never used in production.
fn fill_from_seed(seed: u64, out: &mut [u8]) {
    let mut state = seed;
    for chunk in out.chunks_mut(8) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let noon: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let clock = Clock::fixed(noon);
        assert_eq!((clock.now(), clock.now()), (noon, noon));
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(Clock::system().now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn system_bytes_differ_and_fixed_bytes_do_not() {
        let random = Rng::system();
        assert_ne!(random.bytes::<32>().unwrap(), random.bytes::<32>().unwrap());
        let fixed = Rng::fixed(7);
        assert_eq!(fixed.bytes::<20>().unwrap(), fixed.bytes::<20>().unwrap());
        assert_ne!(Rng::fixed(7).u64().unwrap(), Rng::fixed(8).u64().unwrap());
    }
}
