//! The deck as songbird takes it: a container of one endless Opus track.

use std::io;
use std::sync::Arc;

use songbird::input::codecs::{OpusDecoder, get_probe};
use songbird::input::{Input, LiveInput, Parsed};
use symphonia::core::codecs::{CODEC_TYPE_OPUS, CodecParameters, Decoder, DecoderOptions};
use symphonia::core::errors::{Error, SeekErrorKind, seek_error, unsupported_error};
use symphonia::core::formats::{Cue, FormatOptions, FormatReader, Packet, SeekMode, SeekTo, SeekedTo, Track};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{Metadata, MetadataLog, MetadataOptions};
use symphonia::core::probe::{Hint, ProbedMetadata};
use symphonia::core::units::TimeBase;

use super::deck::{Deck, Tick};
use crate::media::{FRAME, RATE};

/// The only track's id.
const TRACK: u32 = 0;

/// The deck's packets.
pub(crate) struct DeckReader {
    deck: Arc<Deck>,
    tracks: Vec<Track>,
    metadata: MetadataLog,
    buffer: Vec<u8>,
    samples: u64,
}

/// A songbird input that plays whatever is on the deck. Its packets pass through songbird as long as its volume is 1.
pub(crate) fn input(deck: Arc<Deck>) -> Result<Input, Error> {
    let params = params();
    let decoder = OpusDecoder::try_new(&params, &DecoderOptions::default())?;
    let reader = DeckReader {
        deck,
        tracks: vec![Track::new(TRACK, params)],
        metadata: MetadataLog::default(),
        buffer: Vec::new(),
        samples: 0,
    };
    let parsed = Parsed {
        format: Box::new(reader),
        decoder: Box::new(decoder),
        track_id: TRACK,
        meta: no_metadata()?,
        supports_backseek: false,
    };
    Ok(Input::Live(LiveInput::Parsed(parsed), None))
}

/// Symphonia has no constructor for it, only a probe makes one; songbird's smallest container is what it looks at.
fn no_metadata() -> Result<ProbedMetadata, Error> {
    const EMPTY: [u8; 16] = *b"SbirdRaw\x80\xbb\0\0\x02\0\0\0";
    let stream =
        MediaSourceStream::new(Box::new(io::Cursor::new(EMPTY)), MediaSourceStreamOptions::default());
    let probed =
        get_probe().format(&Hint::new(), stream, &FormatOptions::default(), &MetadataOptions::default());
    Ok(probed?.metadata)
}

fn params() -> CodecParameters {
    let mut params = CodecParameters::new();
    params.for_codec(CODEC_TYPE_OPUS).with_sample_rate(RATE).with_time_base(TimeBase::new(1, RATE));
    params
}

impl FormatReader for DeckReader {
    fn try_new(_: MediaSourceStream, _: &FormatOptions) -> Result<Self, Error> {
        unsupported_error("it is made from a deck")
    }

    fn cues(&self) -> &[Cue] {
        &[]
    }

    fn metadata(&mut self) -> Metadata<'_> {
        self.metadata.metadata()
    }

    fn seek(&mut self, _: SeekMode, _: SeekTo) -> Result<SeekedTo, Error> {
        seek_error(SeekErrorKind::Unseekable)
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn next_packet(&mut self) -> Result<Packet, Error> {
        match self.deck.tick(&mut self.buffer) {
            Tick::Packet => {
                let start = self.samples;
                self.samples += FRAME as u64;
                Ok(Packet::new_from_slice(TRACK, start, FRAME as u64, &self.buffer))
            }
            Tick::Over => Err(Error::IoError(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    fn into_inner(self: Box<Self>) -> MediaSourceStream {
        MediaSourceStream::new(Box::new(io::Cursor::new(Vec::new())), MediaSourceStreamOptions::default())
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use shared::domain::queue::EntryId;
    use tokio::sync::mpsc::unbounded_channel;

    use super::super::secrecy::Group;
    use super::*;
    use crate::frames::{Frames, Playable};
    use crate::media::opus::{SILENCE, passes};

    #[test]
    fn songbird_sees_one_opus_track_whose_packets_pass() {
        let (events, _told) = unbounded_channel();
        let (deck, group) = (Deck::new(events), Arc::<Group>::default());
        group.open(1);
        deck.play_to(group);
        let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
        writer.push(&SILENCE).unwrap();
        writer.finish();
        deck.play(EntryId::new(1, 0), Playable::Track(frames), Duration::ZERO);
        let mut input = input(deck).unwrap();
        assert!(input.is_playable(), "no thread is needed to get it ready");
        let parsed = input.parsed_mut().unwrap();
        assert_eq!(parsed.decoder.codec_params().codec, CODEC_TYPE_OPUS);
        let packet = parsed.format.next_packet().unwrap();
        assert!(packet.track_id() == parsed.track_id && passes(packet.buf()));
        assert!(parsed.decoder.decode(&packet).is_ok(), "at another volume songbird decodes it");
        assert!(matches!(parsed.format.next_packet(), Err(Error::IoError(_))));
    }
}
