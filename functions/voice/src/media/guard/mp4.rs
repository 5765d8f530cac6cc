//! The MP4 family (ISO 14496-12): its index is read and checked before the parser gets the file.

use std::io::{self, Read, Seek, SeekFrom};

use crate::failure::PlayError;
use crate::source::Feed;

/// Largest index; ten minutes need a few hundred kilobytes, a day twenty megabytes.
const INDEX_MAX: u64 = 32 * 1024 * 1024;
/// Largest packet of sound.
const SAMPLE_MAX: u32 = 4 * 1024 * 1024;
/// Deepest nesting; real files have eight levels.
const DEPTH_MAX: u32 = 16;
/// Boxes before the index.
const BOXES_MAX: usize = 64;

/// Boxes that are made of boxes, and how many bytes stand before those.
const CONTAINERS: [(&[u8; 4], usize); 11] = [
    (b"trak", 0),
    (b"mdia", 0),
    (b"minf", 0),
    (b"stbl", 0),
    (b"dinf", 0),
    (b"edts", 0),
    (b"udta", 0),
    (b"mvex", 0),
    (b"ilst", 0),
    (b"meta", 4),
    (b"moov", 0),
];

/// Tables, and how many bytes an entry has.
const TABLES: [(&[u8; 4], u64); 5] = [(b"stts", 8), (b"stsc", 12), (b"stco", 4), (b"co64", 8), (b"ctts", 8)];

/// Looks at a file's index, and leaves the feed at its beginning.
pub(crate) fn check(feed: &mut Feed, seekable: bool) -> Result<(), PlayError> {
    let mut read = Vec::new();
    let mut at = 0;
    for _ in 0..BOXES_MAX {
        let mut header = [0; 8];
        take(feed, &mut header, &mut read)?;
        let (kind, size) =
            (&header[4..], u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]])));
        match (kind, size) {
            (b"moov", 8..=INDEX_MAX) => {
                let mut index = vec![0; usize::try_from(size - 8).map_err(|_| PlayError::NotAudio)?];
                take(feed, &mut index, &mut read)?;
                parse(&index)?;
                return rewind(feed, seekable, &read);
            }
            // Sound before the index, from a server that gives no parts: all of it has to be here first.
            (b"mdat", _) if !seekable => {
                feed.unread(&read);
                feed.keep().map_err(failure)?;
                return check(feed, true);
            }
            (b"mdat", _) => {
                let whole = if size == 1 { large_size(feed)? } else { size };
                at += whole.max(8);
                feed.seek(SeekFrom::Start(at)).map_err(failure)?;
                read.clear();
                continue;
            }
            (_, 8..=INDEX_MAX) => {
                let mut content = vec![0; usize::try_from(size - 8).map_err(|_| PlayError::NotAudio)?];
                take(feed, &mut content, &mut read)?;
            }
            _ => return Err(PlayError::NotAudio),
        }
        at += size;
    }
    Err(PlayError::NotAudio)
}

fn large_size(feed: &mut Feed) -> Result<u64, PlayError> {
    let mut size = [0; 8];
    feed.read_exact(&mut size).map_err(failure)?;
    // Beyond the end of any file there is nothing to step to; the seek says so.
    Ok(u64::from_be_bytes(size).min(1 << 60))
}

fn take(feed: &mut Feed, bytes: &mut [u8], read: &mut Vec<u8>) -> Result<(), PlayError> {
    feed.read_exact(bytes).map_err(failure)?;
    if read.len() as u64 + bytes.len() as u64 > 2 * INDEX_MAX {
        return Err(PlayError::NotAudio);
    }
    read.extend_from_slice(bytes);
    Ok(())
}

fn rewind(feed: &mut Feed, seekable: bool, read: &[u8]) -> Result<(), PlayError> {
    if seekable {
        return feed.seek(SeekFrom::Start(0)).map(drop).map_err(failure);
    }
    feed.unread(read);
    Ok(())
}

/// An end before the index, or a step beyond the end, is no sound; a failure of the source is its own.
#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn failure(error: io::Error) -> PlayError {
    let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<PlayError>());
    carried.copied().unwrap_or(PlayError::NotAudio)
}

/// Checks the content of an index: each box within its parent, each table within its box.
pub fn parse(index: &[u8]) -> Result<(), PlayError> {
    boxes(index, 0)
}

fn boxes(mut rest: &[u8], depth: u32) -> Result<(), PlayError> {
    while let Some((header, after)) = rest.split_first_chunk::<8>() {
        let size = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        // Four bytes of zero may end a list of user data (QuickTime).
        let length = size.checked_sub(8).filter(|length| *length <= after.len() && depth < DEPTH_MAX);
        let Some(length) = length else { return Err(PlayError::NotAudio) };
        let (content, next) = after.split_at(length);
        content_of([header[4], header[5], header[6], header[7]], content, depth)?;
        rest = next;
    }
    Ok(())
}

fn content_of(kind: [u8; 4], content: &[u8], depth: u32) -> Result<(), PlayError> {
    if let Some((_, skip)) = CONTAINERS.iter().find(|(container, _)| **container == kind) {
        return boxes(content.get(*skip..).unwrap_or_default(), depth + 1);
    }
    if let Some((_, entry)) = TABLES.iter().find(|(table, _)| **table == kind) {
        return table(content.get(4..), *entry);
    }
    match &kind {
        b"stsz" => sizes(content),
        // Shorter than its fields, the parser would count below zero.
        b"hdlr" if content.len() < 24 => Err(PlayError::NotAudio),
        _ => Ok(()),
    }
}

/// A count, then as many entries.
fn table(content: Option<&[u8]>, entry: u64) -> Result<(), PlayError> {
    let (count, entries) = content.and_then(<[u8]>::split_first_chunk::<4>).ok_or(PlayError::NotAudio)?;
    let needed = u64::from(u32::from_be_bytes(*count)) * entry;
    if needed <= entries.len() as u64 { Ok(()) } else { Err(PlayError::NotAudio) }
}

/// One size for all packets, or a table of sizes, none of them absurd.
fn sizes(content: &[u8]) -> Result<(), PlayError> {
    let (fixed, rest) =
        content.get(4..).and_then(<[u8]>::split_first_chunk::<4>).ok_or(PlayError::NotAudio)?;
    let fixed = u32::from_be_bytes(*fixed);
    if fixed == 0 {
        table(Some(rest), 4)?;
    }
    let listed = rest.get(4..).unwrap_or_default().as_chunks().0.iter().map(|size| u32::from_be_bytes(*size));
    let largest = if fixed == 0 { listed.max().unwrap_or(0) } else { fixed };
    if largest <= SAMPLE_MAX { Ok(()) } else { Err(PlayError::NotAudio) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const M4A: &[u8] = include_bytes!("../../../fixtures/tone.m4a");
    const FRAGMENTED: &[u8] = include_bytes!("../../../fixtures/tone-fragmented.mp4");

    /// The content of a file's index.
    fn index(file: &[u8]) -> Vec<u8> {
        let at = file.windows(4).position(|word| word == b"moov").unwrap();
        let size = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
        file[at + 4..at - 4 + size].to_vec()
    }

    fn with_count(table: [u8; 4], offset: usize, count: u32) -> Vec<u8> {
        let mut index = index(M4A);
        let at = index.windows(4).position(|word| word == &table[..]).unwrap() + 4 + offset;
        index[at..at + 4].copy_from_slice(&count.to_be_bytes());
        index
    }

    #[test]
    fn honest_indexes_pass() {
        assert_eq!(parse(&index(M4A)), Ok(()));
        assert_eq!(parse(&index(FRAGMENTED)), Ok(()));
    }

    #[test]
    fn a_table_that_announces_more_than_its_box_holds_is_refused() {
        for (table, offset) in [(b"stts", 4), (b"stsc", 4), (b"stco", 4), (b"stsz", 8)] {
            assert_eq!(parse(&with_count(*table, offset, u32::MAX)), Err(PlayError::NotAudio), "{table:?}");
        }
        assert_eq!(parse(&with_count(*b"stsz", 12, u32::MAX)), Err(PlayError::NotAudio), "one absurd packet");
        assert_eq!(parse(&with_count(*b"stsz", 4, u32::MAX)), Err(PlayError::NotAudio), "all absurd packets");
    }

    #[test]
    fn a_box_larger_than_its_parent_is_refused() {
        let mut index = index(M4A);
        index[..4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(parse(&index), Err(PlayError::NotAudio));
        let deep = (0..40).fold(Vec::new(), |inner: Vec<u8>, _| {
            let size = u32::try_from(inner.len() + 8).unwrap().to_be_bytes();
            [&size[..], b"trak", &inner].concat()
        });
        assert_eq!(parse(&deep), Err(PlayError::NotAudio));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, at in 0usize..1_000, value: u8) {
            let _ = parse(&bytes);
            let mut near = index(M4A);
            let at = at % near.len();
            near[at] = value;
            let _ = parse(&near);
        }
    }
}
