//! What is played: an Ogg Opus file as an encoder would write it (RFC 7845), with a tone that can be told from another.

use anyhow::{Result, ensure};
use opus2::{Application, Bitrate, Channels, Encoder};

/// Samples of one channel in a packet of 20 ms.
const FRAME: u32 = 960;
/// Packets of a second, which share a page.
const PER_PAGE: usize = 50;
/// As our own encoder does.
const BITS_PER_SECOND: i32 = 128_000;
/// Samples that a decoder leaves out at the start.
const PRE_SKIP: u16 = 312;
/// The tone's peak: about -14 LUFS, which is what players aim at, so that nobody has to change it.
const PEAK: f32 = 0.2;
/// Noise under it. Without any the packets are much smaller than those of music.
const NOISE: f32 = 0.004;

/// A file of so many seconds of `hz`.
pub(super) fn file(hz: u16, seconds: usize) -> Result<Vec<u8>> {
    ensure!(hz.is_multiple_of(50), "the period of {hz} Hz does not fit a frame");
    let mut encoder = Encoder::new(48_000, Channels::Stereo, Application::Audio)?;
    encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND))?;
    let frame = tone(hz);
    let mut noise = Noise(1);
    let mut pages = Pages::begin();
    for second in 1..=seconds {
        let mut packets = Vec::with_capacity(PER_PAGE);
        for _ in 0..PER_PAGE {
            let samples: Vec<f32> = frame.iter().map(|sample| sample + NOISE * noise.next()).collect();
            packets.push(encoder.encode_vec_float(&samples, 1275)?);
        }
        let granule = u64::try_from(second * PER_PAGE)? * u64::from(FRAME);
        let flags = if second == seconds { LAST } else { 0 };
        pages.add(flags, granule, &packets)?;
    }
    Ok(pages.bytes)
}

/// One frame of it, both channels. Its period fits the frame, so that one follows the other without a seam.
fn tone(hz: u16) -> Vec<f32> {
    let step = std::f64::consts::TAU * f64::from(hz) / 48_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "a sample needs no more")]
    let sample = |n: u32| (step * f64::from(n)).sin() as f32 * PEAK;
    (0..FRAME).flat_map(|n| [sample(n); 2]).collect()
}

/// The same each time (xorshift, Marsaglia 2003).
struct Noise(u32);

impl Noise {
    /// From -1 to 1.
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        let [low, high, ..] = self.0.to_le_bytes();
        f32::from(i16::from_le_bytes([low, high])) / 32_768.0
    }
}

const FIRST: u8 = 2;
const LAST: u8 = 4;

/// Ogg (RFC 3533).
struct Pages {
    bytes: Vec<u8>,
    sequence: u32,
}

impl Pages {
    /// With the two headers of Opus.
    fn begin() -> Self {
        let head =
            [b"OpusHead\x01\x02".as_slice(), &PRE_SKIP.to_le_bytes(), &48_000_u32.to_le_bytes(), &[0, 0, 0]];
        let tags = [b"OpusTags".as_slice(), &5_u32.to_le_bytes(), b"bench", &0_u32.to_le_bytes()];
        let mut pages = Self { bytes: Vec::new(), sequence: 0 };
        // Both fit their page: they are a few bytes long.
        let _ = pages.add(FIRST, 0, &[head.concat()]);
        let _ = pages.add(0, 0, &[tags.concat()]);
        pages
    }

    fn add(&mut self, flags: u8, granule: u64, packets: &[Vec<u8>]) -> Result<()> {
        let mut lacing = Vec::new();
        for packet in packets {
            lacing.resize(lacing.len() + packet.len() / 255, 255);
            lacing.push(u8::try_from(packet.len() % 255)?);
        }
        let start = self.bytes.len();
        self.bytes.extend(b"OggS\0");
        self.bytes.push(flags);
        self.bytes.extend(granule.to_le_bytes());
        self.bytes.extend(7_u32.to_le_bytes());
        self.bytes.extend(self.sequence.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.push(u8::try_from(lacing.len())?);
        self.bytes.extend(lacing);
        self.bytes.extend(packets.concat());
        let sum = crc(&self.bytes[start..]);
        self.bytes[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
        self.sequence += 1;
        Ok(())
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let shift = |sum: u32| sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 };
    bytes.iter().fold(0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| shift(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_headers_a_page_a_second_and_an_end() {
        let file = file(500, 3).unwrap();
        let starts: Vec<usize> =
            (0..file.len() - 4).filter(|at| file[*at..].starts_with(b"OggS\0")).collect();
        assert_eq!(starts.len(), 5);
        assert!(file[28..].starts_with(b"OpusHead\x01\x02"));
        let last = &file[starts[4]..];
        assert_eq!((last[5], u64::from_le_bytes(last[6..14].try_into().unwrap())), (LAST, 3 * 48_000));
    }

    #[test]
    fn its_packets_are_as_large_as_those_of_music() {
        let bytes = file(500, 10).unwrap().len();
        assert!((100_000..200_000).contains(&bytes), "128 kbit/s are 160,000 bytes in ten seconds: {bytes}");
    }

    #[test]
    fn the_sum_is_that_of_the_format() {
        // A page that ffmpeg wrote would do; the polynomial's own check value needs no file.
        assert_eq!(crc(b"123456789"), 0x89a1_897f);
    }

    #[test]
    fn a_tone_that_does_not_fit_is_refused() {
        assert!(file(440, 1).is_err());
    }
}
