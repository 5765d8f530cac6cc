//! What we have to know of Opus to pass its packets through: RFC 6716 (packets) and RFC 7845 (their header in files).

use super::{FRAME, RATE};

/// Largest packet that goes to Discord as it is. Songbird's buffer holds 1,460 bytes with header, DAVE and cipher.
pub const PACKET_MAX: usize = 1_000;

/// A frame of silence, the one that Discord's listeners expect after sound.
pub const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

/// The identification header of RFC 7845 §5.1, also Matroska's `CodecPrivate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusHead {
    /// 1 or 2.
    pub channels: u8,
    /// Samples at 48 kHz to drop at the start.
    pub pre_skip: u16,
    /// To be applied on decoding, in 1/256 dB.
    pub gain_q8: i16,
}

/// Not a header, or of a channel mapping other than mono and stereo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mono or stereo Opus header")]
pub struct BadHead;

impl OpusHead {
    /// Parses the header packet.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadHead> {
        let fields = bytes.strip_prefix(b"OpusHead").ok_or(BadHead)?;
        let &[version, channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, family, ..] = fields
        else {
            return Err(BadHead);
        };
        // Versions below 16 are compatible by the standard's promise.
        if version >= 16 || !matches!(channels, 1 | 2) || family != 0 {
            return Err(BadHead);
        }
        let pre_skip = u16::from_le_bytes([skip_low, skip_high]);
        Ok(Self { channels, pre_skip, gain_q8: i16::from_le_bytes([gain_low, gain_high]) })
    }
}

/// Whether Discord may get this packet as it is: exactly 20 ms, and small enough.
pub fn passes(packet: &[u8]) -> bool {
    (1..=PACKET_MAX).contains(&packet.len()) && samples(packet) == Some(FRAME)
}

/// Samples a channel at 48 kHz; `None` for what is no packet.
pub fn samples(packet: &[u8]) -> Option<usize> {
    opus2::packet::get_nb_samples(packet, RATE).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_header_is_read() {
        let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\xff\0";
        assert_eq!(OpusHead::parse(head), Ok(OpusHead { channels: 2, pre_skip: 312, gain_q8: -256 }));
        for bad in [
            &b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0"[..],
            b"OpusHead\x10\x02\x38\x01\x80\xbb\0\0\0\0\0",
            b"OpusHead\x01\x06\x38\x01\x80\xbb\0\0\0\0\x01",
            b"OpusTags\x01\x02\x38\x01\x80\xbb\0\0\0\0\0",
            b"",
        ] {
            assert_eq!(OpusHead::parse(bad), Err(BadHead));
        }
    }

    #[test]
    fn only_small_packets_of_20_ms_pass() {
        assert!(passes(&SILENCE));
        let ten_ms = [0xf0, 0xff, 0xfe];
        assert_eq!(samples(&ten_ms), Some(480));
        assert!(!passes(&ten_ms) && !passes(&[]));
        let mut large = vec![0xfc; PACKET_MAX];
        assert!(passes(&large));
        large.push(0);
        assert!(!passes(&large));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            passes(&bytes);
            let _ = OpusHead::parse(&bytes);
        }
    }
}
