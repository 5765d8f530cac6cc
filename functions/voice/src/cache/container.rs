//! The container of a kept track (docs/adr/0004-audio-container.md): header, tags, picture, each packet's length, the
//! packets.
//!
//! All numbers little-endian. `TIMMYOP` and version 2; u32 packets; i16 loudness in 1/100 LUFS (lowest: silence); i16
//! true peak in 1/100 dBTP; u32 bytes of tags; u32 bytes of picture; u64 bytes of packets; the tags as JSON; the
//! picture; u16 per packet; the packets.
//! Frame n is at `n × 20 ms`, so seeking is exact and needs no search. A file is whole if its size is what it says.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use crate::loudness::Loudness;
use crate::media::{Art, COVER_MAX, Cover, FRAME_LENGTH, Tags};

const MAGIC: [u8; 8] = *b"TIMMYOP\x02";
/// Bytes before the tags.
const FIXED: usize = 32;
/// Longest tags: two titles and an address with their escapes.
const TAGS_MAX: u32 = 32 * 1024;
/// Longest track, a day.
const PACKETS_MAX: u32 = 24 * 3600 * 50;
/// Longest Opus frame (RFC 6716 §3.4).
const PACKET_BYTES_MAX: u16 = 1_275;
/// No loudness: silence.
const SILENT: i16 = i16::MIN;

/// What a container says of its track.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// As the packets decode, gain included.
    pub loudness: Loudness,
    /// Title, artist and picture.
    pub tags: Tags,
}

/// A container's head.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// What it says.
    pub header: Header,
    /// Bytes of each packet.
    pub lengths: Vec<u16>,
    /// Where the first packet begins in the file.
    pub payload_at: u64,
}

impl Stored {
    /// How long it plays.
    pub fn duration(&self) -> core::time::Duration {
        FRAME_LENGTH * u32::try_from(self.lengths.len()).unwrap_or(u32::MAX)
    }
}

/// Not a whole container of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a whole container")]
pub struct BadContainer;

impl From<io::Error> for BadContainer {
    fn from(_: io::Error) -> Self {
        Self
    }
}

#[derive(Default, Serialize, Deserialize)]
struct StoredTags {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<shared::domain::track::Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<shared::domain::track::Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<shared::security::track_url::TrackUrl>,
}

impl Header {
    /// Everything before the packets.
    pub fn encode(&self, lengths: &[u16]) -> io::Result<Vec<u8>> {
        let (thumbnail, picture) = match &self.tags.art {
            Some(Art::Linked(url)) => (Some(url.clone()), &[][..]),
            Some(Art::Embedded(cover)) => (None, cover.bytes()),
            None => (None, &[][..]),
        };
        let (title, artist) = (self.tags.title.clone(), self.tags.artist.clone());
        let tags = StoredTags { title, artist, thumbnail };
        let tags = serde_json::to_vec(&tags)?;
        let too_many = |_| io::Error::from(io::ErrorKind::InvalidInput);
        let packets = u32::try_from(lengths.len()).map_err(too_many)?;
        let tags_length = u32::try_from(tags.len()).map_err(too_many)?;
        let picture_length = u32::try_from(picture.len()).map_err(too_many)?;
        let payload: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
        let mut out = Vec::with_capacity(FIXED + tags.len() + picture.len() + 2 * lengths.len());
        out.extend(MAGIC);
        out.extend(packets.to_le_bytes());
        out.extend(self.loudness.lufs.map_or(SILENT, hundredths).to_le_bytes());
        out.extend(hundredths(self.loudness.peak_db).to_le_bytes());
        out.extend(tags_length.to_le_bytes());
        out.extend(picture_length.to_le_bytes());
        out.extend(payload.to_le_bytes());
        out.extend(tags);
        out.extend(picture);
        out.extend(lengths.iter().flat_map(|length| length.to_le_bytes()));
        Ok(out)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped")]
fn hundredths(value: f64) -> i16 {
    (value * 100.0).round().clamp(f64::from(SILENT + 1), f64::from(i16::MAX)) as i16
}

/// Parses a whole container's bytes; for the tests and the fuzzer.
pub fn parse(bytes: &[u8]) -> Result<Stored, BadContainer> {
    read(&mut &*bytes, bytes.len() as u64)
}

/// Reads the head of a container of `size` bytes. Nothing is allocated before it is known to be there.
pub fn read(input: &mut impl Read, size: u64) -> Result<Stored, BadContainer> {
    let mut fixed = [0; FIXED];
    input.read_exact(&mut fixed)?;
    let mut fields = Fields(&fixed);
    if fields.take()? != MAGIC {
        return Err(BadContainer);
    }
    let packets = u32::from_le_bytes(fields.take()?);
    let lufs = i16::from_le_bytes(fields.take()?);
    let peak = i16::from_le_bytes(fields.take()?);
    let tags_length = u32::from_le_bytes(fields.take()?);
    let picture_length = u32::from_le_bytes(fields.take()?);
    let payload = u64::from_le_bytes(fields.take()?);
    let head = FIXED as u64 + u64::from(tags_length) + u64::from(picture_length);
    let payload_at = head + 2 * u64::from(packets);
    let fits = packets <= PACKETS_MAX && tags_length <= TAGS_MAX && picture_length as usize <= COVER_MAX;
    if !fits || payload_at.checked_add(payload) != Some(size) {
        return Err(BadContainer);
    }
    let tags = read_tags(input, tags_length, picture_length)?;
    let lengths = read_lengths(input, packets)?;
    if lengths.iter().map(|length| u64::from(*length)).sum::<u64>() != payload {
        return Err(BadContainer);
    }
    let lufs = (lufs != SILENT).then(|| f64::from(lufs) / 100.0);
    let loudness = Loudness { lufs, peak_db: f64::from(peak) / 100.0 };
    Ok(Stored { header: Header { loudness, tags }, lengths, payload_at })
}

fn read_tags(input: &mut impl Read, length: u32, picture: u32) -> Result<Tags, BadContainer> {
    let mut json = vec![0; length as usize];
    input.read_exact(&mut json)?;
    let tags: StoredTags = serde_json::from_slice(&json).map_err(|_| BadContainer)?;
    let mut bytes = vec![0; picture as usize];
    input.read_exact(&mut bytes)?;
    let art = if bytes.is_empty() {
        tags.thumbnail.map(Art::Linked)
    } else {
        Some(Art::Embedded(Cover::parse(&bytes).ok_or(BadContainer)?))
    };
    Ok(Tags { title: tags.title, artist: tags.artist, art })
}

fn read_lengths(input: &mut impl Read, packets: u32) -> Result<Vec<u16>, BadContainer> {
    let mut bytes = vec![0; 2 * packets as usize];
    input.read_exact(&mut bytes)?;
    let lengths: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let possible = |length: &u16| (1..=PACKET_BYTES_MAX).contains(length);
    if lengths.iter().all(possible) { Ok(lengths) } else { Err(BadContainer) }
}

/// Takes fields of fixed length off the front.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BadContainer> {
        let (field, rest) = self.0.split_first_chunk().ok_or(BadContainer)?;
        self.0 = rest;
        Ok(*field)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::domain::track::Title;

    use super::*;

    fn container(lengths: &[u16], title: &str) -> Vec<u8> {
        let tags = Tags { title: Title::parse(title), ..Tags::default() };
        let header = Header { loudness: Loudness { lufs: Some(-14.0), peak_db: -1.5 }, tags };
        let mut bytes = header.encode(lengths).unwrap();
        bytes.extend(lengths.iter().flat_map(|length| vec![7; usize::from(*length)]));
        bytes
    }

    #[test]
    fn it_gives_back_what_was_put_in() {
        let stored = parse(&container(&[3, 1_275, 1], "Don't Stop")).unwrap();
        assert_eq!(stored.lengths, [3, 1_275, 1]);
        assert_eq!(stored.duration().as_millis(), 60);
        assert_eq!(stored.header.tags.title, Title::parse("Don't Stop"));
        assert_eq!(stored.header.loudness, Loudness { lufs: Some(-14.0), peak_db: -1.5 });
        let silent = Header { loudness: Loudness { lufs: None, peak_db: -120.0 }, tags: Tags::default() };
        assert_eq!(parse(&silent.encode(&[]).unwrap()).unwrap().header, silent);
    }

    #[test]
    fn a_cut_or_lengthened_file_is_no_container() {
        let whole = container(&[3, 5], "A");
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), Err(BadContainer), "{cut}");
        }
        assert_eq!(parse(&[&*whole, b"x"].concat()), Err(BadContainer));
    }

    #[test]
    fn numbers_that_lie_allocate_nothing() {
        let mut lying = container(&[3], "A");
        lying[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(parse(&lying), Err(BadContainer));
        let mut lying = container(&[3], "A");
        lying[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(parse(&lying), Err(BadContainer));
        let mut lying = container(&[3], "A");
        lying[24..32].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(parse(&lying), Err(BadContainer));
        let mut lying = container(&[3], "A");
        lying[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(parse(&lying), Err(BadContainer));
        assert_eq!(parse(&container(&[0], "A")), Err(BadContainer));
    }

    #[test]
    fn a_picture_and_where_one_is_come_back() {
        let png = Cover::parse(b"\x89PNG\r\n\x1a\nrest").map(Art::Embedded);
        for art in [png, Art::linked("https://i.example.org/a.jpg")] {
            let loudness = Loudness { lufs: None, peak_db: -120.0 };
            let header = Header { loudness, tags: Tags { art, ..Tags::default() } };
            let mut bytes = header.encode(&[2]).unwrap();
            bytes.extend([7, 7]);
            let stored = parse(&bytes).unwrap();
            assert!(stored.header.tags.art.is_some());
            assert_eq!((&stored.header, stored.payload_at), (&header, bytes.len() as u64 - 2));
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let png = Cover::parse(b"\x89PNG\r\n\x1a\nrest").map(Art::Embedded);
        let loudness = Loudness { lufs: None, peak_db: -120.0 };
        let mut bytes = Header { loudness, tags: Tags { art: png, ..Tags::default() } }.encode(&[]).unwrap();
        let at = bytes.windows(4).position(|four| four == b"\x89PNG").unwrap();
        bytes[at] = b'<';
        assert_eq!(parse(&bytes), Err(BadContainer));
    }

    proptest! {
        #[test]
        fn any_track_survives(lengths in prop::collection::vec(1u16..=1_275, 0..50), title in "\\PC{0,40}") {
            let stored = parse(&container(&lengths, &title)).unwrap();
            prop_assert_eq!(stored.lengths, lengths);
            prop_assert_eq!(stored.header.tags.title, Title::parse(&title));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, at in 0usize..40, value: u8) {
            let _ = parse(&bytes);
            let mut near = container(&[3, 4], "A");
            near[at] = value;
            let _ = parse(&near);
        }
    }
}
