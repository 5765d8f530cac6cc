//! RTP packets (RFC 3550, 5.1) as Discord's "rtpsize" modes seal them.

use super::cipher::Cipher;

/// The part of the header that is always there.
const FIXED: usize = 12;

/// Discord's payload type for Opus.
const OPUS: u8 = 120;

/// A packet, its transport's encryption taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// A DAVE frame, or Opus in clear.
    pub(crate) payload: Vec<u8>,
}

/// A packet as it came: the header is read, nothing is believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sealed<'a> {
    pub(super) ssrc: u32,
    sequence: u16,
    timestamp: u32,
    extended: bool,
    header: &'a [u8],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// None: it is no Opus over RTP version 2 (RTCP has other payload types).
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let fixed = bytes.first_chunk::<FIXED>()?;
        if fixed[0] >> 6 != 2 || fixed[1] & 0x7F != OPUS {
            return None;
        }
        let extended = fixed[0] & 0x10 != 0;
        let sources = usize::from(fixed[0] & 0x0F) * 4;
        // The header of an extension is authenticated too, its content encrypted.
        let clear = FIXED + sources + if extended { 4 } else { 0 };
        let (header, body) = bytes.split_at_checked(clear)?;
        let word = |at: usize| u32::from_be_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let sequence = u16::from_be_bytes([fixed[2], fixed[3]]);
        Some(Self { ssrc: word(8), sequence, timestamp: word(4), extended, header, body })
    }

    /// Takes the encryption off.
    pub(super) fn open(&self, cipher: &Cipher) -> Option<Packet> {
        let mut payload = cipher.open(self.header, self.body)?;
        if self.extended {
            let words = self.header.last_chunk::<2>()?;
            let content = usize::from(u16::from_be_bytes(*words)) * 4;
            payload = payload.get(content..)?.to_vec();
        }
        Some(Packet { ssrc: self.ssrc, sequence: self.sequence, timestamp: self.timestamp, payload })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::voice::CipherMode;

    fn cipher() -> Cipher {
        Cipher::new(CipherMode::Aes256Gcm, &[7; 32])
    }

    fn header(first: u8, second: u8) -> Vec<u8> {
        [&[first, second][..], &258_u16.to_be_bytes(), &960_u32.to_be_bytes(), &77_u32.to_be_bytes()].concat()
    }

    #[test]
    fn a_packet_is_read_and_opened() {
        let header = header(0x80, OPUS);
        let bytes = [header.as_slice(), &cipher().seal(&header, b"opus", 1)].concat();
        let packet = Sealed::parse(&bytes).unwrap().open(&cipher()).unwrap();
        assert_eq!(packet, Packet { ssrc: 77, sequence: 258, timestamp: 960, payload: b"opus".to_vec() });
    }

    #[test]
    fn sources_and_extensions_are_skipped() {
        let header = [header(0x91, OPUS), vec![1; 4], vec![0xBE, 0xDE, 0, 2]].concat();
        let bytes = [header.as_slice(), &cipher().seal(&header, b"extended opus", 1)].concat();
        let packet = Sealed::parse(&bytes).unwrap().open(&cipher()).unwrap();
        assert_eq!(packet.payload, b" opus");
    }

    #[test]
    fn rtcp_other_versions_and_stumps_are_none() {
        assert_eq!(Sealed::parse(&header(0x80, 200)), None);
        assert_eq!(Sealed::parse(&header(0x40, OPUS)), None);
        assert_eq!(Sealed::parse(&header(0x8F, OPUS)), None);
        assert_eq!(Sealed::parse(&header(0x80, OPUS)[..11]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), extension in any::<[u8; 4]>()) {
            if let Some(sealed) = Sealed::parse(&bytes) {
                prop_assert!(sealed.open(&cipher()).is_none());
            }
            let header = [header(0x90, OPUS), extension.to_vec()].concat();
            let sealed = [header.as_slice(), &cipher().seal(&header, &bytes, 1)].concat();
            let _ = Sealed::parse(&sealed).unwrap().open(&cipher());
        }
    }
}
