//! Any rate becomes 48 kHz.

use rubato::{FftFixedIn, Resampler};

use super::RATE;
use crate::failure::PlayError;

/// Samples that are converted at once.
const CHUNK: usize = 1024;

/// Two channels on their way to 48 kHz.
pub(crate) struct To48k {
    inner: Option<Box<FftFixedIn<f32>>>,
    waiting: [Vec<f32>; 2],
    scratch: Vec<Vec<f32>>,
    /// Samples of the filter's own delay that are still to be dropped, so that sound and picture of a clock agree.
    delay: usize,
    consumed: u64,
    produced: u64,
    rate: u32,
}

impl To48k {
    /// From this rate; a rate that nobody records in is refused, since tables grow with it.
    pub(crate) fn from_rate(rate: u32) -> Result<Self, PlayError> {
        let inner = match rate {
            RATE => None,
            8_000..=192_000 => Some(resampler(rate)?),
            _ => return Err(PlayError::Unsupported),
        };
        let delay = inner.as_ref().map_or(0, |inner| inner.output_delay());
        let scratch = inner.as_ref().map(|inner| inner.output_buffer_allocate(true)).unwrap_or_default();
        Ok(Self { inner, waiting: [Vec::new(), Vec::new()], scratch, delay, consumed: 0, produced: 0, rate })
    }

    /// Where the next samples go: left and right.
    pub(crate) fn input(&mut self) -> (&mut Vec<f32>, &mut Vec<f32>) {
        let [left, right] = &mut self.waiting;
        (left, right)
    }

    /// Converts what waits; appends interleaved stereo to `out`.
    pub(crate) fn drain(&mut self, out: &mut Vec<f32>) -> Result<(), PlayError> {
        let Some(inner) = &mut self.inner else {
            interleave(&self.waiting[0], &self.waiting[1], out);
            self.waiting.iter_mut().for_each(Vec::clear);
            return Ok(());
        };
        let mut done = 0;
        while self.waiting[0].len() - done >= inner.input_frames_next() {
            let window = [&self.waiting[0][done..], &self.waiting[1][done..]];
            let (read, written) = inner
                .process_into_buffer(&window, &mut self.scratch, None)
                .map_err(|_| PlayError::Internal)?;
            let skip = self.delay.min(written);
            self.delay -= skip;
            interleave(&self.scratch[0][skip..written], &self.scratch[1][skip..written], out);
            self.consumed += read as u64;
            self.produced += (written - skip) as u64;
            done += read;
        }
        self.waiting.iter_mut().for_each(|side| drop(side.drain(..done)));
        Ok(())
    }

    /// The last samples, which a filter holds back until it is pushed; the length comes out as the rates demand.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), PlayError> {
        self.drain(out)?;
        if self.inner.is_none() {
            return Ok(());
        }
        let total = self.consumed + self.waiting[0].len() as u64;
        let wanted = total * u64::from(RATE) / u64::from(self.rate);
        while self.produced < wanted {
            self.waiting.iter_mut().for_each(|side| side.resize(side.len() + CHUNK, 0.0));
            self.drain(out)?;
        }
        let surplus = usize::try_from(self.produced - wanted).unwrap_or(0);
        out.truncate(out.len().saturating_sub(2 * surplus));
        Ok(())
    }
}

fn resampler(rate: u32) -> Result<Box<FftFixedIn<f32>>, PlayError> {
    let (from, to) = (rate as usize, RATE as usize);
    FftFixedIn::new(from, to, CHUNK, 2, 2).map(Box::new).map_err(|_| PlayError::Unsupported)
}

fn interleave(left: &[f32], right: &[f32], out: &mut Vec<f32>) {
    out.extend(left.iter().zip(right).flat_map(|(l, r)| [*l, *r]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tone;

    fn converted(rate: u32, seconds: f32) -> Vec<f32> {
        let mut to = To48k::from_rate(rate).unwrap();
        let mut out = Vec::new();
        for chunk in tone::mono(440.0, rate, seconds).chunks(777) {
            let (left, right) = to.input();
            left.extend_from_slice(chunk);
            right.extend_from_slice(chunk);
            to.drain(&mut out).unwrap();
        }
        to.finish(&mut out).unwrap();
        out
    }

    #[test]
    fn length_and_tone_are_kept_at_every_rate() {
        for rate in [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let out = converted(rate, 1.0);
            assert!((out.len() / 2).abs_diff(RATE as usize) <= 1, "{rate}: {}", out.len() / 2);
            let heard = tone::dominant(&out);
            assert!((heard - 440.0).abs() < 2.0, "{rate}: {heard}");
        }
    }

    #[test]
    fn odd_rates_are_refused() {
        for rate in [0, 1, 7_999, 192_001, u32::MAX] {
            assert!(To48k::from_rate(rate).is_err(), "{rate}");
        }
    }
}
