//! What the tests of all limiters measure by: the definition of a sliding window.

use core::num::NonZeroU32;

use jiff::Timestamp;

use super::Limit;

/// So many milliseconds after some noon.
pub(crate) fn ms(at: i64) -> Timestamp {
    Timestamp::from_millisecond(1_767_355_200_000 + at).unwrap()
}

pub(crate) fn limit(max: u32, window_s: u32) -> Limit {
    Limit::new(NonZeroU32::new(max).unwrap(), NonZeroU32::new(window_s).unwrap())
}

/// How many of all that were ever admitted still count.
pub(crate) fn counted(admitted: &[i64], limit: Limit, now: i64) -> usize {
    admitted.iter().filter(|at| **at > now - window(limit) && **at <= now).count()
}

/// No half-open window, wherever it starts, holds more than the limit.
pub(crate) fn never_too_many(admitted: &[i64], limit: Limit) -> bool {
    let mut sorted = admitted.to_vec();
    sorted.sort_unstable();
    let max = limit.max() as usize;
    sorted.iter().zip(sorted.iter().skip(max)).all(|(first, over)| over - first >= window(limit))
}

fn window(limit: Limit) -> i64 {
    i64::try_from(limit.window().as_millis()).unwrap()
}
