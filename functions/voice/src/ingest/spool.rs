//! The decoded samples of a track on disk, for a second encoding. 16 bits: 115 MB for ten minutes, nothing in memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use crate::media::FRAME_STEREO;

/// Half of full scale is kept in reserve for sources that decode above it.
const SCALE: f32 = 16_384.0;
/// Bytes of a frame.
const FRAME_BYTES: usize = 2 * FRAME_STEREO;

/// Samples on their way to disk.
pub(crate) struct Spool(BufWriter<File>);

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?)))
    }

    /// Appends one frame.
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what clipping is")]
    pub(crate) fn push(&mut self, frame: &[f32]) -> io::Result<()> {
        frame.iter().try_for_each(|sample| self.0.write_all(&((sample * SCALE) as i16).to_le_bytes()))
    }

    /// From the first frame on.
    pub(crate) fn replay(self) -> io::Result<Replay> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Replay(BufReader::with_capacity(64 * 1024, file)))
    }
}

/// The frames again.
pub(crate) struct Replay(BufReader<File>);

impl Replay {
    /// Reads the next frame into `frame`; false at the end.
    pub(crate) fn next(&mut self, frame: &mut Vec<f32>) -> io::Result<bool> {
        let mut bytes = [0; FRAME_BYTES];
        match self.0.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            other => other?,
        }
        frame.clear();
        frame.extend(bytes.as_chunks().0.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / SCALE));
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_16_bits() {
        let mut spool = Spool::new().unwrap();
        spool.push(&vec![0.5; FRAME_STEREO]).unwrap();
        spool.push(&vec![-1.5; FRAME_STEREO]).unwrap();
        let mut replay = spool.replay().unwrap();
        let mut frame = Vec::new();
        assert!(replay.next(&mut frame).unwrap());
        assert!(frame.len() == FRAME_STEREO && (frame[7] - 0.5).abs() < 1e-4);
        assert!(replay.next(&mut frame).unwrap());
        assert!((frame[7] + 1.5).abs() < 1e-4);
        assert!(!replay.next(&mut frame).unwrap());
    }
}
