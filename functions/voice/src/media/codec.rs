//! Codecs: a packet in, 48 kHz stereo out.

use opus2::Channels;
use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CODEC_TYPE_OPUS, CodecParameters, Decoder, DecoderOptions};
use symphonia::core::formats::Packet;

use super::mix::{CHANNELS_MAX, to_stereo};
use super::opus::{self, OpusHead};
use super::resample::To48k;
use super::{RATE, Step};
use crate::failure::PlayError;

/// Samples a channel of the longest Opus packet, 120 ms.
const OPUS_SAMPLES_MAX: usize = 5_760;

/// A packet that cannot be decoded; the next one may.
pub(crate) struct Broken;

/// The decoder of a track.
pub(crate) enum Codec {
    /// By libopus.
    Opus(OpusCodec),
    /// By symphonia.
    Other(OtherCodec),
}

impl Codec {
    /// For a track with these parameters.
    pub(crate) fn of(params: &CodecParameters) -> Result<Self, PlayError> {
        if params.codec == CODEC_TYPE_OPUS {
            OpusCodec::of(params).map(Self::Opus)
        } else {
            OtherCodec::of(params).map(Self::Other)
        }
    }

    /// Decodes a packet and appends its samples to `out`.
    pub(crate) fn decode(&mut self, packet: &Packet, out: &mut Vec<f32>) -> Result<Step, Broken> {
        match self {
            Self::Opus(codec) => codec.decode(packet.buf(), out),
            Self::Other(codec) => codec.decode(packet, out),
        }
    }

    /// Appends what a filter still holds back.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), PlayError> {
        match self {
            Self::Other(OtherCodec { resample: Some(resample), .. }) => resample.finish(out),
            Self::Opus(_) | Self::Other(_) => Ok(()),
        }
    }
}

/// Everything that symphonia decodes, at its own rate.
pub(crate) struct OtherCodec {
    decoder: Box<dyn Decoder>,
    resample: Option<To48k>,
    samples: Option<SampleBuffer<f32>>,
}

impl OtherCodec {
    fn of(params: &CodecParameters) -> Result<Self, PlayError> {
        if params.channels.is_some_and(|channels| channels.count() > CHANNELS_MAX) {
            return Err(PlayError::Unsupported);
        }
        let decoder = symphonia::default::get_codecs().make(params, &DecoderOptions::default());
        let decoder = decoder.map_err(|_| PlayError::Unsupported)?;
        Ok(Self { decoder, resample: None, samples: None })
    }

    fn decode(&mut self, packet: &Packet, out: &mut Vec<f32>) -> Result<Step, Broken> {
        // Whatever is wrong with it, the next packet may be whole.
        let Ok(decoded) = self.decoder.decode(packet) else { return Err(Broken) };
        let (spec, capacity) = (*decoded.spec(), decoded.capacity() as u64);
        let channels = spec.channels.count();
        if decoded.frames() == 0 {
            return Ok(Step::Decoded);
        }
        let large_enough =
            |buffer: &SampleBuffer<f32>| buffer.capacity() as u64 >= capacity * channels as u64;
        let kept = self.samples.take().filter(large_enough);
        let buffer = self.samples.insert(kept.unwrap_or_else(|| SampleBuffer::new(capacity, spec)));
        buffer.copy_interleaved_ref(decoded);
        let resample = match &mut self.resample {
            Some(resample) => resample,
            none => none.insert(To48k::from_rate(spec.rate).map_err(|_| Broken)?),
        };
        let (left, right) = resample.input();
        to_stereo(buffer.samples(), channels, left, right);
        resample.drain(out).map_err(|_| Broken)?;
        Ok(Step::Decoded)
    }
}

/// Opus, whose packets may pass.
pub(crate) struct OpusCodec {
    decoder: opus2::Decoder,
    /// Whether packets say all: a gain in the header would be lost on the way.
    plain: bool,
    skip: usize,
    out: Vec<f32>,
}

impl OpusCodec {
    fn of(params: &CodecParameters) -> Result<Self, PlayError> {
        let head = params.extra_data.as_deref().map(OpusHead::parse);
        let head = head.transpose().map_err(|_| PlayError::Unsupported)?;
        let mut decoder = opus2::Decoder::new(RATE, Channels::Stereo).map_err(|_| PlayError::Internal)?;
        let gain = head.map_or(0, |head| head.gain_q8);
        decoder.set_gain(gain.into()).map_err(|_| PlayError::Internal)?;
        let skip = head.map_or(0, |head| usize::from(head.pre_skip));
        Ok(Self { decoder, plain: gain == 0, skip, out: vec![0.0; 2 * OPUS_SAMPLES_MAX] })
    }

    fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<Step, Broken> {
        let samples = self.decoder.decode_float(packet, &mut self.out, false).map_err(|_| Broken)?;
        // Passed packets keep their place in time, so nothing is dropped before them: the pre-skip is 6.5 ms.
        if self.plain && opus::passes(packet) {
            out.extend_from_slice(&self.out[..2 * samples]);
            return Ok(Step::Passable(packet.into()));
        }
        let skip = self.skip.min(samples);
        self.skip -= skip;
        out.extend_from_slice(&self.out[2 * skip..2 * samples]);
        Ok(Step::Decoded)
    }
}
