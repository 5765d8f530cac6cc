//! Applies a gain, and gives way where it would clip: a gain that was chosen before the loudest part was known.

use crate::loudness::{PEAK_MAX_DB, factor};

/// Samples over which a gain changes, 2 ms of each channel: no click.
const RAMP: usize = 96;

/// A gain that only ever comes down by itself.
#[derive(Debug)]
pub(crate) struct Leveler {
    gain: f32,
    ceiling: f32,
    gave_way: bool,
}

impl Leveler {
    pub(crate) fn new(gain_db: f64) -> Self {
        Self { gain: factor(gain_db), ceiling: factor(PEAK_MAX_DB), gave_way: false }
    }

    /// Sets the gain; reached by a ramp within the next frame.
    pub(crate) fn set(&mut self, gain_db: f64, frame: &mut [f32]) {
        self.ramp_to(factor(gain_db).min(self.highest(frame)), frame);
    }

    /// Applies it to a frame of interleaved stereo.
    pub(crate) fn apply(&mut self, frame: &mut [f32]) {
        let target = self.gain.min(self.highest(frame));
        self.gave_way |= target < self.gain;
        self.ramp_to(target, frame);
    }

    /// Whether a peak has made it give way.
    pub(crate) const fn gave_way(&self) -> bool {
        self.gave_way
    }

    fn highest(&self, frame: &[f32]) -> f32 {
        let peak = frame.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        if peak > 0.0 { self.ceiling / peak } else { f32::INFINITY }
    }

    fn ramp_to(&mut self, target: f32, frame: &mut [f32]) {
        let from = self.gain;
        self.gain = target;
        let (ramp, rest) = frame.split_at_mut(RAMP.min(frame.len()));
        for (at, pair) in ramp.chunks_mut(2).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "below a hundred")]
            let share = (at + 1) as f32 * 2.0 / RAMP as f32;
            let gain = from + (target - from) * share;
            self.scale(pair, gain);
        }
        self.scale(rest, target);
    }

    fn scale(&self, samples: &mut [f32], gain: f32) {
        for sample in samples {
            *sample = (*sample * gain).clamp(-self.ceiling, self.ceiling);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_gain_that_fits_is_applied_exactly() {
        let mut leveler = Leveler::new(6.0);
        let mut frame = vec![0.25; 1_920];
        leveler.apply(&mut frame);
        assert!(frame.iter().all(|sample| (sample - 0.25 * factor(6.0)).abs() < 1e-6));
        assert!(!leveler.gave_way());
    }

    #[test]
    fn a_peak_makes_it_give_way_for_good() {
        let mut leveler = Leveler::new(12.0);
        leveler.apply(&mut vec![0.9; 1_920]);
        assert!(leveler.gave_way());
        let mut quiet = vec![0.1; 1_920];
        leveler.apply(&mut quiet);
        let expected = 0.1 * factor(PEAK_MAX_DB) / 0.9;
        assert!((quiet[1_000] - expected).abs() < 1e-5, "no pumping: the gain stays down");
    }

    proptest! {
        #[test]
        fn nothing_ever_exceeds_the_ceiling(gain in -40.0..20.0_f64, samples in prop::collection::vec(-2.0..2.0_f32, 2..400)) {
            let mut leveler = Leveler::new(gain);
            let mut frame = samples;
            leveler.apply(&mut frame);
            prop_assert!(frame.iter().all(|sample| sample.abs() <= factor(PEAK_MAX_DB) + 1e-6));
        }
    }
}
