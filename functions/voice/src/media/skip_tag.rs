//! A large ID3 tag (a cover picture) is stepped over: its parser would hold it in memory whole, up to 256 MiB of it.

use std::io::{self, Read};

/// Tags up to this are read for their title.
const TAG_MAX: u64 = 512 * 1024;
/// An `ID3v2` header (id3.org, 2.4.0 §3.1).
const HEADER: usize = 10;

/// How many bytes to step over before the sound, by the first ones of a file.
pub(crate) fn bytes_to_skip(head: &[u8]) -> u64 {
    let Some(&[b'I', b'D', b'3', _, _, flags, a, b, c, d]) = head.first_chunk::<HEADER>() else { return 0 };
    let footer = if flags & 0x10 == 0 { 0 } else { HEADER as u64 };
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let whole = HEADER as u64 + size + footer;
    if whole > TAG_MAX { whole } else { 0 }
}

/// Reads `count` bytes and forgets them; fewer are there only if the source ends.
pub(crate) fn skip(reader: &mut impl Read, count: u64) -> io::Result<()> {
    io::copy(&mut reader.take(count), &mut io::sink()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_tags_are_skipped() {
        assert_eq!(bytes_to_skip(b"ID3\x04\0\0\0\0\x01\0"), 0);
        assert_eq!(bytes_to_skip(b"ID3\x04\0\0\0\x7f\x7f\x7f"), 10 + (1 << 21) - 1);
        assert_eq!(bytes_to_skip(b"ID3\x04\0\x10\x7f\x7f\x7f\x7f"), 20 + (1 << 28) - 1);
        assert_eq!(bytes_to_skip(b"ID3\x04\0\0\x7f"), 0);
        assert_eq!(bytes_to_skip(b"\xff\xfb\x90\x64\0\0\0\0\0\0"), 0);
    }

    #[test]
    fn skipping_past_the_end_is_no_error() {
        let mut bytes = &b"abcdef"[..];
        skip(&mut bytes, 4).unwrap();
        assert_eq!(bytes, b"ef");
        skip(&mut bytes, 99).unwrap();
        assert!(bytes.is_empty());
    }
}
