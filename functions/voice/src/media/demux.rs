//! Containers, by symphonia: which track is sound, its packets, and what its errors mean.

use std::io;
use std::sync::OnceLock;

use symphonia::core::codecs::{CODEC_TYPE_AAC, CODEC_TYPE_NULL, CodecParameters};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Packet};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::{Hint, Probe};
use symphonia::default::formats::{
    AdtsReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
};
use symphonia_metadata::id3v2::Id3v2Reader;

use super::Tags;
use super::adts::{Aac, classify};
use crate::failure::PlayError;

/// Below this, AAC without a description (ADTS) is the lower half of HE-AAC; plain AAC is not recorded so.
const HE_AAC_CORE_RATE: u32 = 24_000;
/// Announced lengths above a day are placeholders of writers that did not know.
const LENGTH_MAX_S: u64 = 24 * 3600;

/// A container whose track of sound is known.
pub(crate) struct Demuxed {
    format: Box<dyn FormatReader>,
    track: u32,
    pub(crate) params: CodecParameters,
    pub(crate) tags: Tags,
}

/// What comes next in a container.
pub(crate) enum Next {
    Packet(Packet),
    /// A new logical stream begins (chained Ogg); its parameters are in place.
    Restarted,
    End,
}

/// Which parser may see the bytes. Each sees only what its guard has seen: a parser that looks for its own beginning
/// anywhere would find one behind a hundred bytes of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Mp4,
    Matroska,
    /// MP3, ADTS, Ogg, FLAC and WAVE, with an ID3 tag in front or without.
    Other,
}

impl Demuxed {
    /// Finds the container and its first track of sound.
    pub(crate) fn open(source: Box<dyn MediaSource>, family: Family) -> Result<Self, PlayError> {
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let options = FormatOptions { enable_gapless: true, ..FormatOptions::default() };
        let (mut format, before) = reader(stream, options, family).map_err(|error| probe_failure(&error))?;
        let inside = format.metadata().skip_to_latest().map(Tags::read).unwrap_or_default();
        let (track, params) = sound_track(&*format)?;
        Ok(Self { format, track, params, tags: inside.or(before) })
    }

    /// The announced length in samples of the track's own rate, if it can be true.
    pub(crate) fn announced(&self) -> Option<u64> {
        let rate = u64::from(self.params.sample_rate?);
        self.params.n_frames.filter(|frames| *frames > 0 && *frames <= rate * LENGTH_MAX_S)
    }

    pub(crate) fn next(&mut self) -> Result<Next, PlayError> {
        loop {
            match self.format.next_packet() {
                Ok(packet) if packet.track_id() == self.track => return Ok(Next::Packet(packet)),
                Ok(_) => {}
                Err(Error::ResetRequired) => {
                    (self.track, self.params) = sound_track(&*self.format)?;
                    return Ok(Next::Restarted);
                }
                Err(error) if is_end(&error) => return Ok(Next::End),
                Err(error) => return Err(stream_failure(&error)),
            }
        }
    }
}

type Reader = Box<dyn FormatReader>;

/// The container's reader, and what stands before the container.
fn reader(
    stream: MediaSourceStream,
    options: FormatOptions,
    family: Family,
) -> Result<(Reader, Tags), Error> {
    match family {
        Family::Mp4 => Ok((Box::new(IsoMp4Reader::try_new(stream, &options)?), Tags::default())),
        Family::Matroska => Ok((Box::new(MkvReader::try_new(stream, &options)?), Tags::default())),
        Family::Other => {
            let mut probed = others().format(&Hint::new(), stream, &options, &MetadataOptions::default())?;
            let before = probed.metadata.get().and_then(|log| log.current().map(Tags::read));
            Ok((probed.format, before.unwrap_or_default()))
        }
    }
}

fn others() -> &'static Probe {
    static OTHERS: OnceLock<Probe> = OnceLock::new();
    OTHERS.get_or_init(|| {
        let mut probe = Probe::default();
        probe.register_all::<MpaReader>();
        probe.register_all::<AdtsReader>();
        probe.register_all::<OggReader>();
        probe.register_all::<FlacReader>();
        probe.register_all::<WavReader>();
        probe.register_all::<Id3v2Reader>();
        probe
    })
}

fn sound_track(format: &dyn FormatReader) -> Result<(u32, CodecParameters), PlayError> {
    let sounds = |params: &CodecParameters| params.codec != CODEC_TYPE_NULL && params.sample_rate.is_some();
    let track =
        format.tracks().iter().find(|track| sounds(&track.codec_params)).ok_or(PlayError::NotAudio)?;
    let params = track.codec_params.clone();
    if params.codec == CODEC_TYPE_AAC && is_high_efficiency(&params) {
        return Err(PlayError::Unsupported);
    }
    Ok((track.id, params))
}

fn is_high_efficiency(params: &CodecParameters) -> bool {
    match params.extra_data.as_deref() {
        Some(config) => classify(config) != Aac::LowComplexity,
        None => params.sample_rate.is_none_or(|rate| rate <= HE_AAC_CORE_RATE),
    }
}

fn is_end(error: &Error) -> bool {
    matches!(error, Error::IoError(io) if io.kind() == io::ErrorKind::UnexpectedEof && io.get_ref().is_none_or(|inner| !inner.is::<PlayError>()))
}

/// Before a container is found, an end or nonsense means that this is no sound.
fn probe_failure(error: &Error) -> PlayError {
    match error {
        Error::IoError(io) if carried(io).is_some() => carried(io).unwrap_or(PlayError::NotAudio),
        Error::Unsupported(what) if !what.contains("probe") => PlayError::Unsupported,
        _ => PlayError::NotAudio,
    }
}

fn stream_failure(error: &Error) -> PlayError {
    match error {
        Error::IoError(io) => carried(io).unwrap_or(PlayError::CutShort),
        Error::Unsupported(_) => PlayError::Unsupported,
        _ => PlayError::CutShort,
    }
}

fn carried(error: &io::Error) -> Option<PlayError> {
    error.get_ref()?.downcast_ref::<PlayError>().copied()
}
