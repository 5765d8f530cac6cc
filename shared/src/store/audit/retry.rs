//! How those who race for the head of a chain spread out.

use core::time::Duration;

use crate::clock::Rng;

/// In each round of a race one wins, so this carries dozens of administrators who act in the same instant.
pub(super) const TRIES: u32 = 30;

const FIRST: u64 = 4;
const LONGEST: u64 = 120;

/// Waits before the attempt of that number, from 0; the first does not wait.
pub(super) async fn pause(attempt: u32, rng: Rng) {
    let wait = delay(attempt, rng.u64().unwrap_or_default());
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

/// Full jitter: anything up to a ceiling that doubles from 4 to 120 ms.
fn delay(attempt: u32, random: u64) -> Duration {
    if attempt == 0 {
        return Duration::ZERO;
    }
    let ceiling = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    Duration::from_millis(random % (ceiling + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_attempt_is_made_at_once() {
        assert_eq!(delay(0, 7), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_ceiling(attempt in 0..TRIES * 2, random: u64) {
            prop_assert!(delay(attempt, random) <= Duration::from_millis(LONGEST));
            prop_assert!(delay(1, random) <= Duration::from_millis(2 * FIRST));
        }
    }
}
