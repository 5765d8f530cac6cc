//! Songs as files.

use std::f32::consts::TAU;
use std::fs::{self, File};
use std::io::{BufWriter, Cursor};
use std::path::Path;

use anyhow::{Result, anyhow};
use data_encoding::BASE64;
use flacenc::component::{BitRepr as _, MetadataBlockData};
use flacenc::error::Verify as _;
use hound::{SampleFormat, WavSpec, WavWriter};
use ogg::PacketWriteEndInfo;
use ogg::writing::PacketWriter;
use opus2::{Application, Bitrate, Channels, Encoder};

use super::cover;
use super::songs::{Format, Recipe};

const RATE: u32 = 48_000;
/// Samples of one channel in a packet of 20 ms.
const FRAME: usize = 960;
/// Samples that a decoder leaves out at the start (RFC 7845, section 4.2).
const PRE_SKIP: u16 = 312;
/// The stream's number in its file, which holds no other.
const SERIAL: u32 = 1;
/// Bytes before the samples of a wave file of [`hound`]'s: `RIFF`, `WAVE` and `fmt `.
const WAV_HEAD: usize = 36;
/// The numbers of these blocks in a FLAC file (RFC 9639, section 8.1).
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;
/// The picture of the front (RFC 9639, section 8.8).
const FRONT: u32 = 3;
/// Who made all of them.
pub(super) const ARTIST: &str = "Timmy";

/// Writes it whole or not at all: one that is half written must not be found by the next start.
pub(super) fn song(song: &Recipe, path: &Path) -> Result<()> {
    let part = path.with_extension("part");
    let samples: Vec<i16> = song.all_notes().flat_map(|hz| note(hz, song)).collect();
    match song.format {
        Format::Wav => wav(&part, &samples, song.title)?,
        Format::Opus => opus(&part, &samples, song)?,
        Format::Flac => flac(&part, &samples, song)?,
    }
    Ok(fs::rename(part, path)?)
}

fn wav(path: &Path, samples: &[i16], title: &str) -> Result<()> {
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut bytes = Cursor::new(Vec::new());
    let mut wav = WavWriter::new(&mut bytes, spec)?;
    for sample in samples {
        wav.write_sample(*sample)?;
    }
    wav.finalize()?;
    let mut bytes = bytes.into_inner();
    // Before the samples: who reads from the start knows the title before the sound.
    let info = info(title)?;
    bytes.splice(WAV_HEAD..WAV_HEAD, info);
    let size = u32::try_from(bytes.len() - 8)?.to_le_bytes();
    bytes.splice(4..8, size);
    Ok(fs::write(path, bytes)?)
}

/// A `LIST` chunk of kind `INFO` (Multimedia Programming Interface and Data Specifications 1.0, chapter 3).
fn info(title: &str) -> Result<Vec<u8>> {
    let mut list = b"INFO".to_vec();
    for (name, text) in [(*b"INAM", title), (*b"IART", ARTIST)] {
        list.extend(chunk(name, [text.as_bytes(), b"\0"].concat())?);
    }
    chunk(*b"LIST", list)
}

fn chunk(name: [u8; 4], mut data: Vec<u8>) -> Result<Vec<u8>> {
    let size = u32::try_from(data.len())?.to_le_bytes();
    data.resize(data.len().next_multiple_of(2), 0);
    Ok([name.as_slice(), &size, &data].concat())
}

/// FLAC (RFC 9639).
fn flac(path: &Path, samples: &[i16], song: &Recipe) -> Result<()> {
    let mut wide: Vec<i32> = samples.iter().map(|sample| i32::from(*sample)).collect();
    let config = flacenc::config::Encoder::default().into_verified();
    let config = config.map_err(|(_, error)| anyhow!("the encoder's settings: {error}"))?;
    // The encoder counts a shorter last block among the sizes in the header, and decoders then expect other frames.
    wide.resize(wide.len().next_multiple_of(config.block_size), 0);
    let source = flacenc::source::MemSource::from_samples(&wide, 1, 16, RATE.try_into()?);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size);
    let mut stream = stream.map_err(|error| anyhow!("encoding: {error}"))?;
    for (kind, block) in [(VORBIS_COMMENT, comments(song.title, None)?), (PICTURE, picture(song)?)] {
        let block = MetadataBlockData::new_unknown(kind, &block);
        stream.add_metadata_block(block.map_err(|error| anyhow!("its comments: {error}"))?);
    }
    let mut bytes = flacenc::bitsink::ByteSink::new();
    stream.write(&mut bytes).map_err(|error| anyhow!("its bytes: {error}"))?;
    Ok(fs::write(path, bytes.as_slice())?)
}

/// Ogg Opus (RFC 7845).
fn opus(path: &Path, samples: &[i16], song: &Recipe) -> Result<()> {
    let mut encoder = Encoder::new(RATE, Channels::Stereo, Application::Audio)?;
    encoder.set_bitrate(Bitrate::Bits(96_000))?;
    let mut pages = PacketWriter::new(BufWriter::new(File::create(path)?));
    let head = [b"OpusHead\x01\x02".as_slice(), &PRE_SKIP.to_le_bytes(), &RATE.to_le_bytes(), &[0, 0, 0]];
    pages.write_packet(head.concat(), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    let picture = BASE64.encode(&picture(song)?);
    let tags = [b"OpusTags".as_slice(), &comments(song.title, Some(&picture))?].concat();
    pages.write_packet(tags, SERIAL, PacketWriteEndInfo::EndPage, 0)?;
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

/// Whose it is and what it is called, as Vorbis, Opus (RFC 7845, section 5.2) and FLAC (RFC 9639, section 8.6) write it.
fn comments(title: &str, picture: Option<&str>) -> Result<Vec<u8>> {
    let field = |text: &str| -> Result<Vec<u8>> {
        Ok([u32::try_from(text.len())?.to_le_bytes().as_slice(), text.as_bytes()].concat())
    };
    let picture = picture.map(|block| format!("METADATA_BLOCK_PICTURE={block}"));
    let words = [format!("TITLE={title}"), format!("ARTIST={ARTIST}")];
    let comments: Vec<String> = words.into_iter().chain(picture).collect();
    let mut all = [field("timmy")?, u32::try_from(comments.len())?.to_le_bytes().to_vec()].concat();
    for comment in &comments {
        all.extend(field(comment)?);
    }
    Ok(all)
}

/// The cover as FLAC (RFC 9639, section 8.8) and the comments of Opus keep it. Size, depth and colours stand in the
/// picture itself, and may be 0 here.
fn picture(song: &Recipe) -> Result<Vec<u8>> {
    let long = |bytes: &[u8]| -> Result<Vec<u8>> {
        Ok([u32::try_from(bytes.len())?.to_be_bytes().as_slice(), bytes].concat())
    };
    let front = FRONT.to_be_bytes();
    Ok([front.as_slice(), &long(b"image/png")?, &long(b"")?, &[0; 16], &long(&cover::png(song)?)?].concat())
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
    use symphonia::core::formats::FormatOptions;
    use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
    use symphonia::core::meta::{MetadataOptions, StandardTagKey};
    use symphonia::core::probe::Hint;

    use super::super::songs::ALL;
    use super::*;

    #[test]
    fn a_wave_file_can_be_read_and_is_loud() {
        let folder = tempfile::tempdir().unwrap();
        let recipe = ALL.iter().find(|recipe| recipe.format == Format::Wav).unwrap();
        let path = folder.path().join(recipe.file);
        song(recipe, &path).unwrap();
        let read = hound::WavReader::open(&path).unwrap();
        assert_eq!((read.duration() / RATE, read.spec().channels), (28, 1));
        assert!(read.into_samples::<i16>().any(|sample| sample.unwrap().unsigned_abs() > 8_000));
    }

    /// Read from the start to the end, never back, as from the web.
    #[test]
    fn a_file_says_what_it_is_called_and_by_whom_before_it_sounds() {
        let folder = tempfile::tempdir().unwrap();
        for recipe in ALL.iter().filter(|recipe| recipe.format != Format::Opus) {
            let path = folder.path().join(recipe.file);
            song(recipe, &path).unwrap();
            let source = ReadOnlySource::new(File::open(&path).unwrap());
            let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
            let (hint, meta) = (Hint::new(), MetadataOptions::default());
            let mut probed = symphonia::default::get_probe()
                .format(&hint, stream, &FormatOptions::default(), &meta)
                .unwrap();
            let revision = probed.format.metadata().skip_to_latest().unwrap().clone();
            let said: Vec<_> = revision
                .tags()
                .iter()
                .map(|tag| (tag.std_key, tag.value.to_string().replace('\0', "")))
                .collect();
            for (key, value) in [(StandardTagKey::TrackTitle, recipe.title), (StandardTagKey::Artist, ARTIST)]
            {
                assert!(said.contains(&(Some(key), value.to_owned())), "{}: {said:?}", recipe.file);
            }
            let track = probed.format.default_track().unwrap();
            let seconds = track.codec_params.n_frames.unwrap() / u64::from(RATE);
            assert_eq!(seconds, if recipe.format == Format::Wav { 28 } else { 32 });
            let covers = revision.visuals().iter().filter(|one| *one.data == *cover::png(recipe).unwrap());
            assert_eq!(covers.count(), usize::from(recipe.format == Format::Flac), "{}", recipe.file);
        }
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
        let said = String::from_utf8_lossy(&tags.data);
        assert!(said.contains("TITLE=Night Bus"));
        let (_, picture) = said.split_once("METADATA_BLOCK_PICTURE=").unwrap();
        assert_eq!(BASE64.decode(picture.as_bytes()).unwrap(), picture_block(&recipe));
        let mut decoder = opus2::Decoder::new(RATE, Channels::Stereo).unwrap();
        let (mut samples, mut loudest, mut pcm) = (0, 0, vec![0_i16; FRAME * 2]);
        while let Some(packet) = packets.read_packet().unwrap() {
            samples += decoder.decode(&packet.data, &mut pcm, false).unwrap();
            loudest = loudest.max(pcm.iter().map(|sample| sample.unsigned_abs()).max().unwrap());
        }
        assert_eq!(samples / FRAME, recipe.notes.len() * recipe.rounds * 10);
        assert!(loudest > 8_000, "{loudest}");
    }

    fn picture_block(song: &Recipe) -> Vec<u8> {
        picture(song).unwrap()
    }

    #[test]
    fn a_silent_note_is_silent_and_nothing_half_written_is_left() {
        assert!(note(0.0, &ALL[2]).all(|sample| sample == 0));
        let folder = tempfile::tempdir().unwrap();
        assert!(song(&ALL[0], &folder.path().join("no/such/folder.wav")).is_err());
    }
}
