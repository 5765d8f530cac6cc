//! Any number of channels becomes two.

use super::FRAME;

/// Share of the centre in each side, and of a surround channel in its own: -3 dB (ITU-R BS.775).
const SHARED: f32 = core::f32::consts::FRAC_1_SQRT_2;

/// Most channels that a file may have.
pub(crate) const CHANNELS_MAX: usize = 8;

/// Appends interleaved `samples` of `channels` to `left` and `right`. The order is WAVE's: left, right, centre, low
/// frequency, then surround in pairs.
pub(crate) fn to_stereo(samples: &[f32], channels: usize, left: &mut Vec<f32>, right: &mut Vec<f32>) {
    let frames = samples.len() / channels.max(1);
    left.reserve(frames.max(FRAME));
    right.reserve(frames.max(FRAME));
    for frame in samples.chunks_exact(channels.max(1)) {
        let (l, r) = pair(frame);
        left.push(l);
        right.push(r);
    }
}

fn pair(frame: &[f32]) -> (f32, f32) {
    match *frame {
        [] => (0.0, 0.0),
        [mono] => (mono, mono),
        [l, r] => (l, r),
        [l, r, centre] => (l + SHARED * centre, r + SHARED * centre),
        [l, r, back_l, back_r] => (l + SHARED * back_l, r + SHARED * back_r),
        // Low frequency is left out, as by every downmix: small speakers cannot play it.
        [l, r, centre, _low, ref surround @ ..] => {
            let side = |offset: usize| surround.iter().skip(offset).step_by(2).sum::<f32>() * SHARED;
            (l + SHARED * centre + side(0), r + SHARED * centre + side(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(samples: &[f32], channels: usize) -> (Vec<f32>, Vec<f32>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        to_stereo(samples, channels, &mut left, &mut right);
        (left, right)
    }

    #[test]
    fn each_layout_finds_its_sides() {
        assert_eq!(mixed(&[0.5, 0.25], 1), (vec![0.5, 0.25], vec![0.5, 0.25]));
        assert_eq!(mixed(&[0.5, 0.25, 1.0, 0.0], 2), (vec![0.5, 1.0], vec![0.25, 0.0]));
        let centre = mixed(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0], 6);
        assert_eq!(centre, (vec![SHARED], vec![SHARED]));
        let back_left = mixed(&[0.0, 0.0, 0.0, 0.0, 1.0, 0.0], 6);
        assert_eq!(back_left, (vec![SHARED], vec![0.0]));
    }

    #[test]
    fn a_half_frame_is_dropped() {
        assert_eq!(mixed(&[1.0, 1.0, 1.0], 2), (vec![1.0], vec![1.0]));
        assert_eq!(mixed(&[1.0], 0), (vec![1.0], vec![1.0]));
    }
}
