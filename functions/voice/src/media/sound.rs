//! A source that is being decoded: packets in, 48 kHz stereo out.

use symphonia::core::io::MediaSource;

use super::codec::{Broken, Codec};
use super::demux::{Demuxed, Family, Next};
use super::sniff::{SNIFF_BYTES, Sniffed, sniff};
use super::{RATE, Tags, guard, skip_tag};
use crate::failure::PlayError;
use crate::source::Feed;

/// Packets in a row that may be broken: radio begins in the middle of one, damage passes.
const BROKEN_MAX: u32 = 64;
/// Samples that a writer's count and a decoder's may differ by: a tenth of a second of delay and padding.
const SLACK: u64 = RATE as u64 / 10;

/// Sound that is being decoded. It reads as much as it is asked for and holds one packet.
pub struct Sound {
    demuxed: Demuxed,
    codec: Codec,
    failure: crate::source::FailureSlot,
    broken: u32,
    decoded: u64,
}

/// What [`Sound::next`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Samples were appended.
    Decoded,
    /// An Opus packet of 20 ms that Discord may get as it is; its 960 samples were appended.
    Passable(Box<[u8]>),
    /// Nothing more will come.
    End,
}

impl Sound {
    /// Finds out what the bytes are. Blocks; never call it on a thread of the runtime.
    pub fn open(mut feed: Feed) -> Result<Self, PlayError> {
        let failure = feed.failure();
        let head = feed.peek(SNIFF_BYTES)?;
        let real = |error| failure.get().unwrap_or(error);
        let (source, family) = source(feed, &head).map_err(real)?;
        // A reader that swallows its source's error would call a slow server "no sound".
        let demuxed = Demuxed::open(source, family).map_err(real)?;
        let codec = Codec::of(&demuxed.params)?;
        Ok(Self { demuxed, codec, failure, broken: 0, decoded: 0 })
    }

    /// What the file says of itself.
    pub const fn tags(&self) -> &Tags {
        &self.demuxed.tags
    }

    /// How long the file says that it is, in samples at 48 kHz.
    pub fn announced(&self) -> Option<u64> {
        let rate = u64::from(self.demuxed.params.sample_rate?);
        Some(self.demuxed.announced()? * u64::from(RATE) / rate.max(1))
    }

    /// Reads one packet and appends its samples, interleaved stereo at 48 kHz, to `out`.
    pub fn next(&mut self, out: &mut Vec<f32>) -> Result<Step, PlayError> {
        loop {
            let before = out.len();
            let next = self.demuxed.next().map_err(|error| self.failure.get().unwrap_or(error))?;
            let step = match next {
                Next::Packet(packet) => self.codec.decode(&packet, out),
                Next::Restarted => {
                    self.codec = Codec::of(&self.demuxed.params)?;
                    continue;
                }
                Next::End => return self.end(out),
            };
            self.decoded += (out.len() - before) as u64 / 2;
            match step {
                Ok(step) => {
                    self.broken = 0;
                    return Ok(step);
                }
                Err(Broken) => self.note_broken()?,
            }
        }
    }

    fn note_broken(&mut self) -> Result<(), PlayError> {
        self.broken += 1;
        match (self.broken < BROKEN_MAX, self.decoded) {
            (true, _) => Ok(()),
            (false, 0) => Err(PlayError::NotAudio),
            (false, _) => Err(PlayError::CutShort),
        }
    }

    fn end(&mut self, out: &mut Vec<f32>) -> Result<Step, PlayError> {
        if let Some(failure) = self.failure.get() {
            return Err(failure);
        }
        let before = out.len();
        self.codec.finish(out)?;
        self.decoded += (out.len() - before) as u64 / 2;
        // A file that knows its length and holds less was cut somewhere on its way to the server.
        let half = |announced: u64| self.decoded + SLACK < announced / 10 * 9;
        match self.decoded {
            0 => Err(PlayError::NotAudio),
            _ if self.announced().is_some_and(half) => Err(PlayError::CutShort),
            _ => Ok(Step::End),
        }
    }
}

/// The bytes as symphonia takes them, freed of what would harm it.
fn source(mut feed: Feed, head: &[u8]) -> Result<(Box<dyn MediaSource>, Family), PlayError> {
    match sniff(head) {
        Sniffed::Text | Sniffed::Playlist | Sniffed::Pls => Err(PlayError::NotAudio),
        Sniffed::TransportStream => Ok((feed.into_stream(), Family::Other)),
        // Its index may stand at the end; every other container is read from front to back.
        Sniffed::Mp4 => {
            let seekable = feed.is_seekable();
            guard::mp4::check(&mut feed, seekable)?;
            let seekable = feed.is_seekable();
            Ok((feed.into_media(seekable), Family::Mp4))
        }
        Sniffed::Binary if head.starts_with(&guard::ebml::MAGIC) => {
            Ok((feed.into_matroska(), Family::Matroska))
        }
        Sniffed::Binary => {
            skip_tag::skip(&mut feed, skip_tag::bytes_to_skip(head))?;
            Ok((feed.into_media(false), Family::Other))
        }
    }
}
