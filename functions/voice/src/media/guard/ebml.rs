//! Matroska and `WebM` (RFC 8794): element headers are read along while the bytes pass.

use std::io::{self, Read};

use crate::failure::PlayError;

/// Largest element that is not made of elements; a block of music is a few kilobytes, a picture a few megabytes.
const LEAF_MAX: u64 = 16 * 1024 * 1024;

/// Elements that are made of elements, as symphonia knows them. They are entered, so their own size says nothing.
const MASTERS: [u32; 30] = [
    0x1a45_dfa3,
    0x1853_8067,
    0x114d_9b74,
    0x4dbb,
    0x1549_a966,
    0x1f43_b675,
    0xa0,
    0x75a1,
    0xa6,
    0x1654_ae6b,
    0xae,
    0xe0,
    0xe1,
    0x6d80,
    0x6240,
    0x5035,
    0x47e7,
    0x55b0,
    0x55d0,
    0x1c53_bb6b,
    0xbb,
    0xb7,
    0x1043_a770,
    0x45b9,
    0xb6,
    0x80,
    0x1254_c367,
    0x7373,
    0x63c0,
    0x67c8,
];

/// The first bytes of every such file.
pub(crate) const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// Where in the structure the next byte stands.
#[derive(Clone, Copy, Debug)]
enum At {
    /// In an id of which so many bytes are missing.
    Id { value: u32, missing: u32, started: bool },
    /// In a size of which so many bytes are missing.
    Size { id: u32, value: u64, missing: u32, started: bool },
    /// In the content of an element.
    Leaf(u64),
}

const NEXT: At = At::Id { value: 0, missing: 0, started: false };

/// Bytes of a file that are looked at while they pass.
#[derive(Debug)]
pub struct EbmlGuard<R> {
    input: R,
    walk: Walk,
}

impl<R: Read> EbmlGuard<R> {
    /// Around the bytes from the file's first one on.
    pub const fn new(input: R) -> Self {
        Self { input, walk: Walk(NEXT) }
    }
}

impl<R: Read> Read for EbmlGuard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.walk.pass(&buffer[..count])?;
        Ok(count)
    }
}

/// Walks over the elements of a whole file; for the fuzzer.
pub fn parse(bytes: &[u8]) -> Result<(), PlayError> {
    Walk(NEXT).pass(bytes)
}

#[derive(Debug)]
struct Walk(At);

impl Walk {
    fn pass(&mut self, mut bytes: &[u8]) -> Result<(), PlayError> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if let At::Leaf(left) = self.0 {
                let step = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                bytes = &bytes[step..];
                let left = left - step as u64;
                self.0 = if left == 0 { NEXT } else { At::Leaf(left) };
                continue;
            }
            self.0 = self.0.header_byte(byte)?;
            bytes = rest;
        }
        Ok(())
    }
}

impl At {
    fn header_byte(self, byte: u8) -> Result<Self, PlayError> {
        match self {
            Self::Id { started: false, .. } => {
                let missing = byte.leading_zeros();
                // No id is longer than four bytes; a parser that looks for the next one finds it as we do.
                if missing > 3 {
                    return Ok(NEXT);
                }
                Ok(Self::after_id(byte.into(), missing))
            }
            Self::Id { value, missing, .. } => Ok(Self::after_id(value << 8 | u32::from(byte), missing - 1)),
            Self::Size { id, started: false, .. } => {
                let missing = byte.leading_zeros();
                let mask = 0xff_u8.checked_shr(missing + 1).unwrap_or(0);
                Self::after_size(id, (byte & mask).into(), missing.min(7))
            }
            Self::Size { id, value, missing, .. } => {
                Self::after_size(id, value << 8 | u64::from(byte), missing - 1)
            }
            Self::Leaf(left) => Ok(Self::Leaf(left)),
        }
    }

    const fn after_id(value: u32, missing: u32) -> Self {
        if missing > 0 {
            return Self::Id { value, missing, started: true };
        }
        Self::Size { id: value, value: 0, missing: 0, started: false }
    }

    fn after_size(id: u32, value: u64, missing: u32) -> Result<Self, PlayError> {
        if missing > 0 {
            return Ok(Self::Size { id, value, missing, started: true });
        }
        match value {
            _ if MASTERS.contains(&id) => Ok(NEXT),
            0 => Ok(NEXT),
            1..=LEAF_MAX => Ok(Self::Leaf(value)),
            _ => Err(PlayError::NotAudio),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WEBM: &[u8] = include_bytes!("../../../fixtures/tone.webm");
    const MKV: &[u8] = include_bytes!("../../../fixtures/tone-vorbis.mkv");

    #[test]
    fn honest_files_pass_untouched() {
        for file in [WEBM, MKV] {
            let mut out = Vec::new();
            EbmlGuard::new(file).read_to_end(&mut out).unwrap();
            assert_eq!(out, file);
        }
    }

    #[test]
    fn an_element_of_a_terabyte_is_refused_wherever_it_stands() {
        // CodecPrivate (binary) of 2^40 bytes, then a block of as many.
        for id in [&[0x63, 0xa2][..], &[0xa3]] {
            let huge = [id, &[0x01, 0x00, 0x01, 0, 0, 0, 0, 0]].concat();
            assert_eq!(parse(&[&MAGIC[..], &[0x80], &huge].concat()), Err(PlayError::NotAudio));
            let cluster = WEBM.windows(4).position(|word| word == [0x1f, 0x43, 0xb6, 0x75]).unwrap();
            assert_eq!(parse(&[&WEBM[..cluster], &huge].concat()), Err(PlayError::NotAudio));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_cuts_do_not_matter(bytes: Vec<u8>, cut in 0usize..64) {
            let whole = parse(&bytes);
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            let mut walk = Walk(NEXT);
            prop_assert_eq!(walk.pass(a).and_then(|()| walk.pass(b)), whole);
        }
    }
}
