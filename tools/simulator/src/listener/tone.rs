//! Which tone there is in a piece of sound, and how much of its energy.

use realfft::RealFftPlanner;

use super::{CHANNELS, SAMPLE_RATE};

/// The loudest tone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tone {
    /// Its frequency in hertz; 0 when there is silence or too little sound.
    pub hz: f64,
    /// Its part of all energy, 0 to 1.
    pub share: f64,
}

/// The longest window: 0.68 s, bins of 1.46 Hz.
const LONGEST: usize = 1 << 15;

/// The shortest: 0.17 s, bins of 5.9 Hz, between which the peak is interpolated.
const SHORTEST: usize = 1 << 13;

/// Bins on each side of the peak that belong to it: the main lobe of the Hann window, and one more for a tone that
/// wavers.
const LOBE: usize = 3;

impl Tone {
    /// Of the end of interleaved stereo sound.
    pub fn of(pcm: &[i16]) -> Self {
        let samples: Vec<f64> = pcm
            .chunks_exact(CHANNELS)
            .map(|pair| pair.iter().map(|sample| f64::from(*sample)).sum::<f64>())
            .collect();
        let Some(window) = [LONGEST, LONGEST / 2, SHORTEST].into_iter().find(|size| *size <= samples.len())
        else {
            return Self::default();
        };
        Self::of_window(&samples[samples.len() - window..])
    }

    fn of_window(samples: &[f64]) -> Self {
        let energies = spectrum(samples);
        let total: f64 = energies.iter().sum();
        let loudest = energies.iter().enumerate().skip(1).max_by(|one, other| one.1.total_cmp(other.1));
        let Some((peak, _)) = loudest.filter(|_| total > f64::from(u16::MAX)) else { return Self::default() };
        let around = peak.saturating_sub(LOBE)..(peak + LOBE + 1).min(energies.len());
        let share = energies[around].iter().sum::<f64>() / total;
        let bin = f64::from(SAMPLE_RATE) / usize_to_f64(samples.len());
        Self { hz: (usize_to_f64(peak) + offset(&energies, peak)) * bin, share }
    }

    /// Whether it is this tone, within 5 Hz and with more than 0.9 of the energy.
    pub fn is(&self, hz: f64) -> bool {
        (self.hz - hz).abs() <= 5.0 && self.share > 0.9
    }
}

/// The energy of each bin, under a Hann window.
fn spectrum(samples: &[f64]) -> Vec<f64> {
    let turn = std::f64::consts::TAU / usize_to_f64(samples.len());
    let hann = |at: usize| 0.5 - 0.5 * (turn * usize_to_f64(at)).cos();
    let mut input: Vec<f64> = samples.iter().enumerate().map(|(at, sample)| sample * hann(at)).collect();
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(input.len());
    let mut output = transform.make_output_vec();
    // It fails only on wrong lengths, and both were made for it; silence is then the honest answer.
    if transform.process(&mut input, &mut output).is_err() {
        return Vec::new();
    }
    output.iter().map(realfft::num_complex::Complex::norm_sqr).collect()
}

/// How far between its neighbours the peak lies, by a parabola through the logarithms.
fn offset(energies: &[f64], peak: usize) -> f64 {
    let at = |bin: usize| energies.get(bin).copied().unwrap_or_default().max(f64::MIN_POSITIVE).ln();
    let (left, middle, right) = (at(peak - 1), at(peak), at(peak + 1));
    let curve = left - 2.0 * middle + right;
    if curve == 0.0 { 0.0 } else { (0.5 * (left - right) / curve).clamp(-0.5, 0.5) }
}

fn usize_to_f64(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sine(hz: f64, seconds: f64, loud: f64) -> Vec<i16> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small numbers of a test"
        )]
        let count = (seconds * f64::from(SAMPLE_RATE)) as u32;
        let sample =
            |n: u32| (std::f64::consts::TAU * hz * f64::from(n) / f64::from(SAMPLE_RATE)).sin() * loud;
        #[expect(clippy::cast_possible_truncation, reason = "loudness is within the range")]
        (0..count).flat_map(|n| [sample(n) as i16; 2]).collect()
    }

    #[test]
    fn a_sine_has_all_the_energy() {
        let tone = Tone::of(&sine(440.0, 1.0, 8000.0));
        assert!((tone.hz - 440.0).abs() < 0.5, "{tone:?}");
        assert!(tone.share > 0.99, "{tone:?}");
        assert!(tone.is(444.0) && !tone.is(446.0));
    }

    #[test]
    fn of_two_equal_tones_none_is_it() {
        let two: Vec<i16> =
            sine(440.0, 1.0, 8000.0).iter().zip(sine(1000.0, 1.0, 8000.0)).map(|(a, b)| a + b).collect();
        let tone = Tone::of(&two);
        assert!(tone.share < 0.6, "{tone:?}");
    }

    #[test]
    fn silence_and_a_click_are_no_tone() {
        assert_eq!(Tone::of(&vec![0; 96_000]), Tone::default());
        assert_eq!(Tone::of(&sine(440.0, 0.1, 8000.0)), Tone::default());
    }

    #[test]
    fn only_the_end_counts() {
        let changed = [sine(440.0, 1.0, 8000.0), sine(880.0, 1.0, 8000.0)].concat();
        assert!(Tone::of(&changed).is(880.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_tone_is_found_within_two_hertz(hz in 60.0..12_000.0_f64, seconds in 0.2..1.0_f64) {
            let tone = Tone::of(&sine(hz, seconds, 10_000.0));
            prop_assert!((tone.hz - hz).abs() < 2.0, "{:?} instead of {}", tone, hz);
            prop_assert!(tone.share > 0.95);
        }
    }
}
