//! The next second of a track, read in one go: a call of the system for each packet costs more than the packet.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// About a second of music.
const BYTES: u64 = 16 * 1024;

/// What whoever reads a track has at hand of its file. Bytes that were written once never change.
#[derive(Debug, Default)]
pub struct Ahead {
    start: u64,
    bytes: Vec<u8>,
}

impl Ahead {
    /// The bytes from `start` to `end` of a file whose bytes up to `written` are there.
    pub(super) fn bytes(&mut self, file: &File, (start, end): (u64, u64), written: u64) -> io::Result<&[u8]> {
        if !self.holds(start, end) {
            self.fill(file, start, end.max(written.min(start + BYTES)))?;
        }
        // Both are within what was read: `holds`, or `fill` up to `end` at least.
        let offset = |place: u64| usize::try_from(place - self.start).unwrap_or(usize::MAX);
        self.bytes.get(offset(start)..offset(end)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn holds(&self, start: u64, end: u64) -> bool {
        start >= self.start && end <= self.start + self.bytes.len() as u64
    }

    fn fill(&mut self, file: &File, start: u64, end: u64) -> io::Result<()> {
        // Nothing is held while the file is read, should that fail.
        let mut bytes = core::mem::take(&mut self.bytes);
        bytes.resize(usize::try_from(end - start).unwrap_or(usize::MAX), 0);
        file.read_exact_at(&mut bytes, start)?;
        (self.start, self.bytes) = (start, bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn file(length: usize) -> (File, Vec<u8>) {
        let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        (file, bytes)
    }

    #[test]
    fn what_is_at_hand_is_not_read_again() {
        let (file, bytes) = file(40_000);
        let mut ahead = Ahead::default();
        assert_eq!(ahead.bytes(&file, (100, 200), 40_000).unwrap(), &bytes[100..200]);
        file.set_len(0).unwrap();
        assert_eq!(ahead.bytes(&file, (200, 300), 40_000).unwrap(), &bytes[200..300]);
        assert!(ahead.bytes(&file, (20_000, 20_100), 40_000).is_err());
        assert!(ahead.bytes(&file, (200, 300), 40_000).is_err(), "a failure leaves nothing at hand");
    }

    #[test]
    fn only_what_is_written_is_read() {
        let (file, bytes) = file(300);
        let mut ahead = Ahead::default();
        assert_eq!(ahead.bytes(&file, (0, 100), 300).unwrap(), &bytes[..100]);
        assert!(ahead.bytes(&file, (250, 350), 350).is_err());
    }

    proptest! {
        #[test]
        fn every_range_is_what_the_file_has(ranges in prop::collection::vec((0_usize..50_000, 0_usize..2_000), 1..20)) {
            let (file, bytes) = file(52_000);
            let mut ahead = Ahead::default();
            for (start, length) in ranges {
                let wanted = (start as u64, (start + length) as u64);
                prop_assert_eq!(ahead.bytes(&file, wanted, 52_000).unwrap(), &bytes[start..start + length]);
            }
        }
    }
}
