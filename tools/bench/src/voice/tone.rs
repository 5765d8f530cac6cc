//! What a frame of 20 ms sounds like to somebody who waits for a change.

/// The quietest that is still a sound: a fiftieth of the tone that is played.
const QUIET: f64 = 92.0;

/// Whether most of the frame's energy is this tone (Goertzel). Frequencies whose periods fit the frame do not touch.
pub(super) fn is_tone(pcm: &[i16], hz: u16) -> bool {
    let left: Vec<f64> = pcm.iter().step_by(2).map(|sample| f64::from(*sample)).collect();
    let turn = 2.0 * (std::f64::consts::TAU * f64::from(hz) / 48_000.0).cos();
    let (a, b) = left.iter().fold((0.0, 0.0), |(a, b), sample| (sample + turn * a - b, a));
    let power = 2.0 * (a * a + b * b - turn * a * b) / count(&left);
    let energy: f64 = left.iter().map(|sample| sample * sample).sum();
    is_sound(pcm) && power > energy / 2.0
}

/// Whether there is something to hear at all.
pub(super) fn is_sound(pcm: &[i16]) -> bool {
    rms(pcm) >= QUIET
}

/// Whether silence has begun by the middle of the frame; a decoder lets the frame before it ring out.
pub(super) fn falls_silent(pcm: &[i16]) -> bool {
    rms(&pcm[pcm.len() / 2..]) < QUIET
}

fn rms(pcm: &[i16]) -> f64 {
    let squares: Vec<f64> = pcm.iter().map(|sample| f64::from(*sample).powi(2)).collect();
    (squares.iter().sum::<f64>() / count(&squares)).sqrt()
}

fn count(samples: &[f64]) -> f64 {
    u32::try_from(samples.len().max(1)).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: u16, loud: f64) -> Vec<i16> {
        let step = std::f64::consts::TAU * f64::from(hz) / 48_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within an i16's range")]
        (0..960_u16).flat_map(|n| [((step * f64::from(n)).sin() * loud) as i16; 2]).collect()
    }

    #[test]
    fn tones_are_told_apart_and_silence_is_none() {
        assert!(is_tone(&tone(500, 6500.0), 500) && !is_tone(&tone(500, 6500.0), 700));
        assert!(!is_tone(&tone(500, 20.0), 500) && !is_tone(&[0; 1920], 500));
    }

    #[test]
    fn a_mixture_is_the_louder_one() {
        let both: Vec<i16> =
            tone(500, 6000.0).iter().zip(tone(700, 2000.0)).map(|(one, other)| one + other).collect();
        assert!(is_tone(&both, 500) && !is_tone(&both, 700));
    }

    #[test]
    fn a_frame_that_rings_out_falls_silent_and_is_still_a_sound() {
        let mut ringing = tone(500, 6500.0);
        ringing[240..].fill(0);
        assert!(falls_silent(&ringing) && is_sound(&ringing));
        assert!(!falls_silent(&tone(500, 6500.0)));
    }
}
