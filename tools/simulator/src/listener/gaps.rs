//! How evenly packets arrive.

use std::time::Duration;

/// Width of a bucket.
const STEP: Duration = Duration::from_micros(100);

/// Buckets: up to 2 s; whatever is longer falls into the last one and into the maximum.
const BUCKETS: usize = 20_000;

/// Counts of gaps between packets.
#[derive(Clone, Debug)]
pub(super) struct Gaps {
    counts: Vec<u32>,
    total: u64,
    longest: Duration,
}

impl Gaps {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, longest: Duration::ZERO }
    }

    pub(super) fn add(&mut self, gap: Duration) {
        let bucket = usize::try_from(gap.as_micros() / STEP.as_micros()).unwrap_or(BUCKETS);
        self.counts[bucket.min(BUCKETS - 1)] += 1;
        self.total += 1;
        self.longest = self.longest.max(gap);
    }

    pub(super) fn longest_ms(&self) -> f64 {
        self.longest.as_secs_f64() * 1000.0
    }

    /// The gap that 99 of 100 do not exceed, to 0.1 ms; 0 without any.
    pub(super) fn p99_ms(&self) -> f64 {
        let rank = self.total - self.total / 100;
        let mut seen = 0_u64;
        let bucket = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank && seen > 0
        });
        let Some(bucket) = bucket else { return 0.0 };
        let top = STEP * u32::try_from(bucket + 1).unwrap_or(u32::MAX);
        (top.as_secs_f64() * 1000.0).min(self.longest_ms())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_hundred_does_not_count_and_two_do() {
        let mut gaps = Gaps::new();
        (0..99).for_each(|_| gaps.add(Duration::from_millis(20)));
        gaps.add(Duration::from_millis(500));
        assert!((gaps.p99_ms() - 20.1).abs() < 0.01, "{}", gaps.p99_ms());
        assert!((gaps.longest_ms() - 500.0).abs() < 0.01);
        (0..2).for_each(|_| gaps.add(Duration::from_millis(500)));
        assert!(gaps.p99_ms() > 499.0);
    }

    #[test]
    fn without_gaps_there_is_zero_and_hours_do_not_overflow() {
        let mut gaps = Gaps::new();
        assert!(gaps.p99_ms().abs() < f64::EPSILON);
        gaps.add(Duration::from_hours(2));
        assert!((gaps.longest_ms() - 7_200_000.0).abs() < 0.01);
    }
}
