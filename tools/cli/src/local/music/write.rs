//! Songs as files.

use std::f32::consts::TAU;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use hound::{SampleFormat, WavSpec, WavWriter};
use ogg::PacketWriteEndInfo;
use ogg::writing::PacketWriter;
use opus2::{Application, Bitrate, Channels, Encoder};

use super::songs::{Format, Recipe};

const RATE: u32 = 48_000;
/// Samples of one channel in a packet of 20 ms.
const FRAME: usize = 960;
/// Samples that a decoder leaves out at the start (RFC 7845, section 4.2).
const PRE_SKIP: u16 = 312;
/// The stream's number in its file, which holds no other.
const SERIAL: u32 = 1;

/// Writes it whole or not at all: one that is half written must not be found by the next start.
pub(super) fn song(song: &Recipe, path: &Path) -> Result<()> {
    let part = path.with_extension("part");
    let samples: Vec<i16> = song.all_notes().flat_map(|hz| note(hz, song)).collect();
    match song.format {
        Format::Wav => wav(&part, &samples)?,
        Format::Opus => opus(&part, &samples, song.title)?,
    }
    Ok(fs::rename(part, path)?)
}

fn wav(path: &Path, samples: &[i16]) -> Result<()> {
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut wav = WavWriter::create(path, spec)?;
    for sample in samples {
        wav.write_sample(*sample)?;
    }
    Ok(wav.finalize()?)
}

/// Ogg Opus (RFC 7845).
fn opus(path: &Path, samples: &[i16], title: &str) -> Result<()> {
    let mut encoder = Encoder::new(RATE, Channels::Stereo, Application::Audio)?;
    encoder.set_bitrate(Bitrate::Bits(96_000))?;
    let mut pages = PacketWriter::new(BufWriter::new(File::create(path)?));
    let head = [b"OpusHead\x01\x02".as_slice(), &PRE_SKIP.to_le_bytes(), &RATE.to_le_bytes(), &[0, 0, 0]];
    pages.write_packet(head.concat(), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    pages.write_packet(tags(title)?, SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    let frames = samples.chunks(FRAME).count();
    for (n, frame) in samples.chunks(FRAME).enumerate() {
        let mut both: Vec<i16> = frame.iter().flat_map(|sample| [*sample; 2]).collect();
        both.resize(FRAME * 2, 0);
        let packet = encoder.encode_vec(&both, 1275)?;
        let end =
            if n + 1 == frames { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::NormalPacket };
        pages.write_packet(packet, SERIAL, end, u64::try_from((n + 1) * FRAME)?)?;
    }
    Ok(())
}

/// Whose it is and what it is called (RFC 7845, section 5.2).
fn tags(title: &str) -> Result<Vec<u8>> {
    let field = |text: &str| -> Result<Vec<u8>> {
        Ok([u32::try_from(text.len())?.to_le_bytes().as_slice(), text.as_bytes()].concat())
    };
    let comments = [format!("TITLE={title}"), "ARTIST=Timmy".to_owned()];
    let mut tags = [b"OpusTags".to_vec(), field("timmy")?, 2_u32.to_le_bytes().to_vec()].concat();
    for comment in &comments {
        tags.extend(field(comment)?);
    }
    Ok(tags)
}

/// A plucked string: three harmonics that fade.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sound"
)]
fn note(hz: f32, song: &Recipe) -> impl Iterator<Item = i16> + use<> {
    let (rate, long, fades) = (RATE as f32, song.note_s, song.fades);
    (0..(long * rate) as u32).map(move |n| {
        let t = n as f32 / rate;
        let harmonic = |k: f32| (TAU * hz * k * t).sin() / (k * k) * (-fades * k * t).exp();
        let attack = (t / 0.005).min(1.0);
        let release = ((long - t) / 0.01).min(1.0);
        ((harmonic(1.0) + harmonic(2.0) + harmonic(3.0)) * attack * release * 12_000.0) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::super::songs::ALL;
    use super::*;

    #[test]
    fn a_wave_file_can_be_read_and_is_loud() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(ALL[0].file);
        song(&ALL[0], &path).unwrap();
        let read = hound::WavReader::open(&path).unwrap();
        assert_eq!((read.duration() / RATE, read.spec().channels), (32, 1));
        assert!(read.into_samples::<i16>().any(|sample| sample.unwrap().unsigned_abs() > 8_000));
    }

    #[test]
    fn an_opus_file_has_its_headers_and_decodes_to_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let recipe = ALL[2];
        let path = folder.path().join(recipe.file);
        song(&recipe, &path).unwrap();
        let mut packets = ogg::PacketReader::new(File::open(&path).unwrap());
        let head = packets.read_packet_expected().unwrap();
        assert!(head.data.starts_with(b"OpusHead"));
        let tags = packets.read_packet_expected().unwrap();
        assert!(String::from_utf8_lossy(&tags.data).contains("TITLE=Night Bus"));
        let mut decoder = opus2::Decoder::new(RATE, Channels::Stereo).unwrap();
        let (mut samples, mut loudest, mut pcm) = (0, 0, vec![0_i16; FRAME * 2]);
        while let Some(packet) = packets.read_packet().unwrap() {
            samples += decoder.decode(&packet.data, &mut pcm, false).unwrap();
            loudest = loudest.max(pcm.iter().map(|sample| sample.unsigned_abs()).max().unwrap());
        }
        assert_eq!(samples / FRAME, recipe.notes.len() * recipe.rounds * 10);
        assert!(loudest > 8_000, "{loudest}");
    }

    #[test]
    fn a_silent_note_is_silent_and_nothing_half_written_is_left() {
        assert!(note(0.0, &ALL[2]).all(|sample| sample == 0));
        let folder = tempfile::tempdir().unwrap();
        assert!(song(&ALL[0], &folder.path().join("no/such/folder.wav")).is_err());
    }
}
