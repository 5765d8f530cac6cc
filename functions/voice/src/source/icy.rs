//! The titles that Icecast and Shoutcast put between the sound: every `icy-metaint` bytes a block of 16 × n bytes.

use bytes::{Buf, Bytes};
use shared::domain::track::Title;

/// Largest distance between two blocks that is believed; servers use 8 or 16 KiB.
const INTERVAL_MAX: usize = 1024 * 1024;

/// Parses the `icy-metaint` header.
pub fn interval(header: &str) -> Option<usize> {
    header.trim().parse().ok().filter(|bytes| (1..=INTERVAL_MAX).contains(bytes))
}

/// Parses a block: `StreamTitle='…';`, filled up with zeros. `None` where it says nothing of a title; a title of
/// nothing is an empty one. Titles hold apostrophes, so the end is `';` and not `'`.
pub fn parse(block: &[u8]) -> Option<Option<Title>> {
    let text = String::from_utf8_lossy(block);
    let text = text.trim_end_matches('\0');
    let (_, rest) = text.split_once("StreamTitle='")?;
    let title = rest.find("';").map_or(rest.trim_end_matches('\''), |end| &rest[..end]);
    Some(Title::parse(title))
}

/// Takes a stream apart.
#[derive(Debug)]
pub struct IcyDemux {
    interval: usize,
    /// Bytes of sound until the next block.
    until_block: usize,
    block: Vec<u8>,
    /// Bytes of the block that are still to come; `None` before its length byte.
    missing: Option<usize>,
}

/// A part of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum IcyPart {
    /// Sound.
    Sound(Bytes),
    /// The station says what is playing.
    Title(Option<Title>),
}

impl IcyDemux {
    /// With a block every so many bytes.
    pub const fn new(interval: usize) -> Self {
        Self { interval, until_block: interval, block: Vec::new(), missing: None }
    }

    /// Takes the next piece of the stream apart. Holds at most one block, 4,080 bytes.
    pub fn push(&mut self, mut piece: Bytes) -> Vec<IcyPart> {
        let mut parts = Vec::new();
        while !piece.is_empty() {
            if self.until_block > 0 {
                let sound = piece.split_to(piece.len().min(self.until_block));
                self.until_block -= sound.len();
                parts.push(IcyPart::Sound(sound));
            } else {
                parts.extend(self.block_bytes(&mut piece));
            }
        }
        parts
    }

    fn block_bytes(&mut self, piece: &mut Bytes) -> Option<IcyPart> {
        let missing = match self.missing {
            Some(missing) => missing,
            None => usize::from(piece.get_u8()) * 16,
        };
        let part = piece.split_to(piece.len().min(missing));
        self.block.extend_from_slice(&part);
        self.missing = Some(missing - part.len());
        if missing > part.len() {
            return None;
        }
        let title = parse(&self.block);
        self.block.clear();
        (self.missing, self.until_block) = (None, self.interval);
        title.map(IcyPart::Title)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stream of this sound with these titles between.
    pub(super) fn stream(sound: &[u8], interval: usize, titles: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut titles = titles.iter();
        for chunk in sound.chunks(interval) {
            out.extend(chunk);
            if chunk.len() == interval {
                let text = titles
                    .next()
                    .map(|title| format!("StreamTitle='{title}';StreamUrl='';"))
                    .unwrap_or_default();
                let blocks = text.len().div_ceil(16);
                out.push(u8::try_from(blocks).unwrap());
                out.extend(text.as_bytes());
                out.resize(out.len() + blocks * 16 - text.len(), 0);
            }
        }
        out
    }

    #[test]
    fn titles_are_read_as_they_are() {
        let title = |text: &str| parse(text.as_bytes()).unwrap().map(String::from);
        assert_eq!(
            title("StreamTitle='Guns N' Roses - Don't Cry';\0\0"),
            Some("Guns N' Roses - Don't Cry".into())
        );
        assert_eq!(title("StreamTitle='A; B';StreamUrl='x';"), Some("A; B".into()));
        assert_eq!(title("StreamTitle='';"), None);
        assert_eq!(title("StreamTitle='cut"), Some("cut".into()));
        assert_eq!(parse(b"StreamUrl='x';"), None);
        assert!(parse(b"StreamTitle='\xff\xfe';").is_some(), "not UTF-8, still a title");
    }

    #[test]
    fn only_sensible_intervals_are_believed() {
        assert_eq!(interval(" 16000 "), Some(16_000));
        for bad in ["0", "-1", "x", "", "1048577", "99999999999999999999"] {
            assert_eq!(interval(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn sound_and_titles_come_apart_wherever_the_network_cuts(
            sound in prop::collection::vec(any::<u8>(), 0..600),
            interval in 1usize..200,
            cut in 1usize..50,
        ) {
            let mut demux = IcyDemux::new(interval);
            let (mut heard, mut titles) = (Vec::new(), Vec::new());
            for piece in stream(&sound, interval, &["One", "It's two"]).chunks(cut) {
                for part in demux.push(Bytes::copy_from_slice(piece)) {
                    match part {
                        IcyPart::Sound(bytes) => heard.extend(bytes),
                        IcyPart::Title(title) => titles.extend(title.map(String::from)),
                    }
                }
            }
            prop_assert_eq!(&heard, &sound);
            let expected: Vec<_> = ["One", "It's two"].iter().take(sound.len() / interval).copied().collect();
            prop_assert_eq!(titles, expected);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, interval in 1usize..20) {
            parse(&bytes);
            IcyDemux::new(interval).push(bytes.into());
        }
    }
}
