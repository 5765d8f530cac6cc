//! Samples into packets.

use opus2::{Application, Bitrate, Channels};

use crate::failure::PlayError;
use crate::media::opus::PACKET_MAX;
use crate::media::{FRAME_STEREO, RATE};

/// Transparent for stereo music; a voice channel's own limit is 64 to 384 kbit/s.
const BITS_PER_SECOND: i32 = 128_000;

/// An Opus encoder for 48 kHz stereo frames of 20 ms.
pub(crate) struct Encoder {
    inner: opus2::Encoder,
    packet: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self, PlayError> {
        let failed = |_| PlayError::Internal;
        let mut inner = opus2::Encoder::new(RATE, Channels::Stereo, Application::Audio).map_err(failed)?;
        inner.set_bitrate(Bitrate::Bits(BITS_PER_SECOND)).map_err(failed)?;
        Ok(Self { inner, packet: vec![0; PACKET_MAX] })
    }

    /// Encodes one frame of [`FRAME_STEREO`] samples.
    pub(crate) fn encode(&mut self, frame: &[f32]) -> Result<&[u8], PlayError> {
        debug_assert_eq!(frame.len(), FRAME_STEREO);
        let length = self.inner.encode_float(frame, &mut self.packet).map_err(|_| PlayError::Internal)?;
        Ok(&self.packet[..length])
    }
}
