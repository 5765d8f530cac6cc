//! How loud something is (EBU R 128, ITU-R BS.1770-4) and what has to be done so that tracks follow each other evenly.

use ebur128::{EbuR128, Mode};

use crate::failure::PlayError;
use crate::media::RATE;

/// The loudness of everything that we keep, in LUFS: what the large music services play at.
pub const TARGET_LUFS: f64 = -14.0;
/// No peak between samples may go above this, in dBTP, or lossy coding clips it.
pub const PEAK_MAX_DB: f64 = -1.0;
/// What is this close to the target is left as it is, in LU: nobody hears it, and a re-encoding costs quality.
pub const TOLERANCE_LU: f64 = 1.0;
/// The most that is added: above it a recording's noise becomes the music, in dB.
const BOOST_MAX_DB: f64 = 20.0;
/// The most that is taken away, in dB.
const CUT_MAX_DB: f64 = -40.0;

/// What was measured. Silence has no loudness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness, LUFS.
    pub lufs: Option<f64>,
    /// True peak, dBTP.
    pub peak_db: f64,
}

impl Loudness {
    /// The gain that brings it to the target without a peak above the limit, in dB.
    pub fn gain_db(self) -> f64 {
        let wanted = self.lufs.map_or(0.0, |lufs| TARGET_LUFS - lufs);
        wanted.min(PEAK_MAX_DB - self.peak_db).clamp(CUT_MAX_DB, BOOST_MAX_DB)
    }

    /// Whether it may stay as it is.
    pub fn is_near_target(self) -> bool {
        self.lufs.is_none_or(|lufs| (TARGET_LUFS - lufs).abs() <= TOLERANCE_LU)
    }

    /// What it becomes by this gain.
    #[must_use]
    pub fn after(self, gain_db: f64) -> Self {
        Self { lufs: self.lufs.map(|lufs| lufs + gain_db), peak_db: self.peak_db + gain_db }
    }
}

/// Measures 48 kHz stereo while it passes.
pub struct Meter(EbuR128);

/// How long the measured sound is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// A track: 80 bytes a second are kept, for an exact result.
    Track,
    /// A stream without end: a histogram of fixed size.
    Endless,
}

impl Meter {
    /// A new one.
    pub fn new(span: Span) -> Result<Self, PlayError> {
        let mode = match span {
            Span::Track => Mode::I | Mode::TRUE_PEAK,
            Span::Endless => Mode::I | Mode::TRUE_PEAK | Mode::HISTOGRAM,
        };
        EbuR128::new(2, RATE, mode).map(Self).map_err(|_| PlayError::Internal)
    }

    /// Takes interleaved samples.
    pub fn add(&mut self, samples: &[f32]) -> Result<(), PlayError> {
        self.0.add_frames_f32(samples).map_err(|_| PlayError::Internal)
    }

    /// What was measured so far.
    pub fn read(&self) -> Loudness {
        let lufs = self.0.loudness_global().ok().filter(|lufs| lufs.is_finite());
        let side = |channel| self.0.true_peak(channel).unwrap_or(0.0);
        Loudness { lufs, peak_db: to_db(side(0).max(side(1))) }
    }
}

/// An amplitude's level; silence is -120 dB.
fn to_db(amplitude: f64) -> f64 {
    20.0 * amplitude.max(1e-6).log10()
}

/// The factor of a gain in dB.
#[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
pub fn factor(gain_db: f64) -> f32 {
    10_f64.powf(gain_db / 20.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tone;

    fn measured(hz: f32, peak: f32, seconds: f32) -> Loudness {
        let mut meter = Meter::new(Span::Track).unwrap();
        meter.add(&tone::stereo(&tone::level(hz, RATE, seconds, peak))).unwrap();
        meter.read()
    }

    /// EBU Tech 3341, cases 1 and 2: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS, at -33 dBFS -33 LUFS.
    #[test]
    fn the_standards_signals_measure_as_the_standard_says() {
        for level in [-23.0, -33.0, -14.0] {
            let loudness = measured(1_000.0, factor(level), 20.0);
            let lufs = loudness.lufs.unwrap();
            assert!((lufs - level).abs() < 0.1, "{level} {lufs}");
            assert!((loudness.peak_db - level).abs() < 0.1, "{level} {}", loudness.peak_db);
        }
    }

    /// Case 3: the gate ignores what is 10 LU below, so quiet ends do not make a track "quieter".
    #[test]
    fn quiet_parts_are_gated() {
        let mut meter = Meter::new(Span::Track).unwrap();
        for (level, seconds) in [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)] {
            meter.add(&tone::stereo(&tone::level(1_000.0, RATE, seconds, factor(level)))).unwrap();
        }
        assert!((meter.read().lufs.unwrap() + 23.0).abs() < 0.1);
    }

    #[test]
    fn an_endless_meter_agrees_with_an_exact_one() {
        let mut meter = Meter::new(Span::Endless).unwrap();
        meter.add(&tone::stereo(&tone::level(1_000.0, RATE, 20.0, factor(-20.0)))).unwrap();
        assert!((meter.read().lufs.unwrap() + 20.0).abs() < 0.1);
    }

    #[test]
    fn the_gain_reaches_the_target_or_the_peak_limit() {
        let loudness = |lufs, peak_db| Loudness { lufs: Some(lufs), peak_db };
        assert!((loudness(-20.0, -10.0).gain_db() - 6.0).abs() < 1e-9);
        assert!((loudness(-8.0, 0.5).gain_db() + 6.0).abs() < 1e-9);
        assert!((loudness(-20.0, -3.0).gain_db() - 2.0).abs() < 1e-9, "peaks stop it");
        assert!((loudness(-70.0, -60.0).gain_db() - BOOST_MAX_DB).abs() < 1e-9);
        assert!((Loudness { lufs: None, peak_db: -120.0 }.gain_db()).abs() < 1e-9, "silence stays silence");
        assert!(loudness(-14.9, 0.0).is_near_target() && !loudness(-15.1, 0.0).is_near_target());
    }

    #[test]
    fn silence_has_no_loudness() {
        let loudness = measured(440.0, 0.0, 5.0);
        assert_eq!(loudness.lufs, None);
        assert!(loudness.is_near_target());
    }
}
