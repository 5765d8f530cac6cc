//! A tone as Opus, encoded once.

use opus2::{Application, Channels, Encoder};

/// Its period fits a frame, so that a loop has no seam.
pub(crate) const TONE: f64 = 500.0;

/// Samples of a frame of 20 ms, a channel.
const FRAME: u32 = 960;

/// A second of it: 50 packets of 20 ms, stereo, 48 kHz.
pub(crate) fn packets() -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(48_000, Channels::Stereo, Application::Audio).unwrap();
    (0..50).map(|frame| encoder.encode_vec_float(&sine(frame * FRAME), 1275).unwrap()).collect()
}

fn sine(start: u32) -> Vec<f32> {
    let step = std::f64::consts::TAU * TONE / 48_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "a sample needs no more")]
    let sample = |n: u32| ((step * f64::from(n)).sin() * 0.3) as f32;
    (start..start + FRAME).flat_map(|n| [sample(n); 2]).collect()
}
