//! A song's cover: its notes as bars, the high ones long, under a sun.

use anyhow::{Context as _, Result};
use png::{BitDepth, ColorType, Compression, Encoder};

use super::songs::Recipe;

/// Pixels of a side.
const SIDE: u16 = 320;
/// How many notes are shown.
const BARS: usize = 16;
/// From this frequency up a bar is as long as it gets, and down to this one it is as short; hertz.
const RANGE: (f32, f32) = (150.0, 700.0);

/// The cover as a PNG file.
pub(super) fn png(song: &Recipe) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, u32::from(SIDE), u32::from(SIDE));
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    let mut writer = encoder.write_header().context("the head of a cover")?;
    writer.write_image_data(&pixels(song)).context("a cover")?;
    writer.finish().context("the end of a cover")?;
    Ok(file)
}

fn pixels(song: &Recipe) -> Vec<u8> {
    let at = |y: u16| (0..SIDE).flat_map(move |x| colour(song, x, y));
    (0..SIDE).flat_map(at).collect()
}

fn colour(song: &Recipe, x: u16, y: u16) -> [u8; 3] {
    let [sky, sun, bars] = song.colours;
    let (x, y, side) = (f32::from(x), f32::from(y), f32::from(SIDE));
    let width = side / 16.0;
    let bar = song.notes.iter().cycle().take(BARS).enumerate().find(|(n, _)| {
        let left = f32::from(u16::try_from(*n).unwrap_or(SIDE)) * width;
        (left + 2.0..left + width - 2.0).contains(&x)
    });
    let height = bar.map_or(0.0, |(_, hz)| length(*hz) * side);
    let (from_x, from_y) = (x - side * 0.7, y - side * 0.3);
    if y > side - height {
        fade(bars, sky, (side - y) / side * 0.5)
    } else if from_x.hypot(from_y) < side * 0.17 {
        sun
    } else {
        fade(sky, bars, y / side * 0.4)
    }
}

/// How long a note's bar is, of 1; silence has none.
fn length(hz: f32) -> f32 {
    let (low, high) = RANGE;
    if hz <= 0.0 { 0.0 } else { 0.12 + 0.5 * ((hz.clamp(low, high) / low).ln() / (high / low).ln()) }
}

/// From one colour towards another.
fn fade(from: [u8; 3], to: [u8; 3], share: f32) -> [u8; 3] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let mix = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share) as u8;
    core::array::from_fn(|n| mix(from[n], to[n]))
}

#[cfg(test)]
mod tests {
    use super::super::songs::ALL;
    use super::*;

    #[test]
    fn each_song_has_its_own_small_cover() {
        let covers: Vec<_> = ALL.iter().map(|song| png(song).unwrap()).collect();
        for (n, cover) in covers.iter().enumerate() {
            let reader = png::Decoder::new(std::io::Cursor::new(cover)).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().height), (u32::from(SIDE), u32::from(SIDE)));
            assert!(cover.len() < 64 * 1024, "{} bytes", cover.len());
            assert!(covers[n + 1..].iter().all(|other| other != cover));
        }
    }

    #[test]
    fn high_notes_have_longer_bars_and_silence_has_none() {
        assert!(length(0.0) == 0.0 && length(440.0) > length(220.0) && length(9_000.0) < 0.7);
        let song = &ALL[0];
        assert_eq!(pixels(song).len(), usize::from(SIDE) * usize::from(SIDE) * 3);
        assert_ne!(colour(song, 5, SIDE - 1), colour(song, 5, 0));
    }
}
