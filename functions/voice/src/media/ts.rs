//! The sound of an MPEG transport stream (ISO 13818-1), which is what most HLS is made of. Symphonia does not read the
//! container; of it we need two tables and the payload of one stream, which is ADTS or MP3 and is handed on as it is.

use std::io::{self, Read};

use crate::failure::PlayError;

/// Bytes of a packet (§2.4.3.2).
const PACKET: usize = 188;
const SYNC: u8 = 0x47;
/// Bytes that are looked through for the next packet before it is no stream any more.
const RESYNC_MAX: usize = 64 * 1024;
/// Packets that may go by before a stream of sound is named.
const TABLES_MAX: usize = 20_000;

/// Stream types that are sound which we decode: MPEG-1 and -2 audio, AAC in ADTS (§2.4.4.9, table 2-34).
const SOUND_TYPES: [u8; 3] = [0x03, 0x04, 0x0f];

/// A transport stream's first stream of sound.
#[derive(Debug)]
pub struct TsAudio<R> {
    input: R,
    demux: Demux,
    payload: Vec<u8>,
    taken: usize,
    packets: usize,
}

impl<R: Read> TsAudio<R> {
    /// Of this stream.
    pub const fn new(input: R) -> Self {
        Self { input, demux: Demux::new(), payload: Vec::new(), taken: 0, packets: 0 }
    }

    /// Reads one packet; false at the end.
    fn packet(&mut self, packet: &mut [u8; PACKET]) -> io::Result<bool> {
        let mut filled = 0;
        let mut skipped = 0;
        while filled < PACKET {
            let count = self.input.read(&mut packet[filled..])?;
            if count == 0 {
                return Ok(false);
            }
            filled += count;
            let start = packet[..filled].iter().position(|byte| *byte == SYNC).unwrap_or(filled);
            packet.copy_within(start..filled, 0);
            filled -= start;
            skipped += start;
            if skipped > RESYNC_MAX {
                return Err(PlayError::NotAudio.into());
            }
        }
        Ok(true)
    }
}

impl<R: Read> Read for TsAudio<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.payload.len() {
            let mut packet = [0; PACKET];
            if !self.packet(&mut packet)? {
                return Ok(0);
            }
            self.payload.clear();
            self.taken = 0;
            self.demux.push(&packet, &mut self.payload);
            self.packets += 1;
            if self.demux.sound.is_none() && self.packets > TABLES_MAX {
                return Err(PlayError::Unsupported.into());
            }
        }
        let count = buffer.len().min(self.payload.len() - self.taken);
        buffer[..count].copy_from_slice(&self.payload[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// Follows the tables to the stream of sound.
#[derive(Debug)]
struct Demux {
    /// Where the programme's table is.
    table: Option<u16>,
    /// Where the sound is.
    sound: Option<u16>,
}

/// Takes a packet's sound out; for the fuzzer.
pub fn parse(bytes: &[u8]) -> Vec<u8> {
    let mut demux = Demux::new();
    let mut out = Vec::new();
    for packet in bytes.as_chunks::<PACKET>().0 {
        demux.push(packet, &mut out);
    }
    out
}

impl Demux {
    const fn new() -> Self {
        Self { table: None, sound: None }
    }

    fn push(&mut self, packet: &[u8; PACKET], out: &mut Vec<u8>) {
        let id = u16::from_be_bytes([packet[1] & 0x1f, packet[2]]);
        let starts = packet[1] & 0x40 != 0;
        let Some(payload) = payload(packet) else { return };
        if id == 0 {
            self.table = section(payload, starts).and_then(programme).or(self.table);
        } else if Some(id) == self.table {
            self.sound = section(payload, starts).and_then(sound).or(self.sound);
        } else if Some(id) == self.sound {
            out.extend_from_slice(if starts { elementary(payload).unwrap_or_default() } else { payload });
        }
    }
}

/// What stands behind the header and the adaptation field.
fn payload(packet: &[u8; PACKET]) -> Option<&[u8]> {
    let scrambled = packet[3] & 0xc0 != 0;
    let start = match packet[3] >> 4 & 3 {
        1 => 4,
        3 => 5 + usize::from(packet[4]),
        _ => return None,
    };
    packet.get(start..).filter(|_| packet[0] == SYNC && !scrambled)
}

/// A table that begins in this packet, from its id on, without its checksum (§2.4.4.1). Those that we need fit in one.
fn section(payload: &[u8], starts: bool) -> Option<&[u8]> {
    let table = payload.get(1 + usize::from(*payload.first()?)..).filter(|_| starts)?;
    let &[_, high, low, ..] = table else { return None };
    let length = usize::from(u16::from_be_bytes([high & 0x0f, low]));
    table.get(..(3 + length).checked_sub(4)?)
}

/// The first programme's table (§2.4.4.3).
fn programme(section: &[u8]) -> Option<u16> {
    let (0, entries) = (*section.first()?, section.get(8..)?) else { return None };
    let programme = |entry: &&[u8; 4]| entry[..2] != [0, 0];
    let entry = entries.as_chunks::<4>().0.iter().find(programme)?;
    Some(u16::from_be_bytes([entry[2] & 0x1f, entry[3]]))
}

/// The first stream of sound in a programme (§2.4.4.8).
fn sound(section: &[u8]) -> Option<u16> {
    let (2, info) = (*section.first()?, section.get(10..12)?) else { return None };
    let skip = usize::from(u16::from_be_bytes([info[0] & 0x0f, info[1]]));
    let mut entries = section.get(12 + skip..)?;
    while let &[kind, high, low, info_high, info_low, ref rest @ ..] = entries {
        if SOUND_TYPES.contains(&kind) {
            return Some(u16::from_be_bytes([high & 0x1f, low]));
        }
        let skip = usize::from(u16::from_be_bytes([info_high & 0x0f, info_low]));
        entries = rest.get(skip..)?;
    }
    None
}

/// What stands behind a PES header (§2.4.3.6).
fn elementary(payload: &[u8]) -> Option<&[u8]> {
    let &[0, 0, 1, _, _, _, _, _, header, ..] = payload else { return None };
    payload.get(9 + usize::from(header)..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &[u8] = include_bytes!("../../fixtures/tone.ts");

    #[test]
    fn the_sound_of_a_stream_is_adts() {
        let mut adts = Vec::new();
        TsAudio::new(STREAM).read_to_end(&mut adts).unwrap();
        assert_eq!(&adts[..2], [0xff, 0xf1]);
        assert!(adts.len() > STREAM.len() / 2);
        assert_eq!(parse(STREAM), adts);
    }

    #[test]
    fn noise_in_front_is_stepped_over_and_only_noise_is_no_stream() {
        let mut adts = Vec::new();
        TsAudio::new(&[&[0; 1_000], STREAM].concat()[..]).read_to_end(&mut adts).unwrap();
        assert_eq!(adts, parse(STREAM));
        let error = TsAudio::new(io::repeat(0)).read(&mut [0; 10]).unwrap_err();
        assert_eq!(PlayError::from(error), PlayError::NotAudio);
        let error = TsAudio::new(io::repeat(SYNC)).read(&mut [0; 10]).unwrap_err();
        assert_eq!(PlayError::from(error), PlayError::Unsupported, "packets, and never a table");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..800), at in 0usize..1_880, value: u8) {
            parse(&bytes);
            let mut near = STREAM[..1_880].to_vec();
            near[at] = value;
            parse(&near);
        }
    }
}
