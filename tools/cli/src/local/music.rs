//! A folder of music that the local stack serves to its own worker, and the first song in it, made by our own code.

use std::f32::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use hound::{SampleFormat, WavSpec, WavWriter};

/// The name under which the folder is reached: addresses of this machine are refused by the bot (SPEC T18), so the
/// operator of this stack allows one name.
pub(crate) const HOST: &str = "music.example.org";
/// The first song.
pub(crate) const HELLO: &str = "hello.wav";

const RATE: u32 = 48_000;
/// How long a note sounds.
const NOTE_S: f32 = 0.25;
/// Times that the tune is played: half a minute.
const ROUNDS: usize = 4;
/// The tune, in hertz: broken chords of C, A minor, F and G.
const TUNE: [[f32; 8]; 4] = [
    [261.63, 329.63, 392.00, 523.25, 392.00, 329.63, 523.25, 392.00],
    [220.00, 261.63, 329.63, 440.00, 329.63, 261.63, 440.00, 329.63],
    [174.61, 220.00, 261.63, 349.23, 261.63, 220.00, 349.23, 261.63],
    [196.00, 246.94, 293.66, 392.00, 293.66, 246.94, 392.00, 293.66],
];

/// The folder below the data folder, with the first song in it.
pub(crate) fn folder(data: &Path) -> Result<PathBuf> {
    let folder = data.join("music");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let hello = folder.join(HELLO);
    if !hello.exists() {
        write_hello(&hello).with_context(|| format!("writing {}", hello.display()))?;
    }
    Ok(folder)
}

/// Serves the folder's files, whole; nothing outside it.
pub(crate) fn router(folder: PathBuf) -> Router {
    Router::new().route("/{file}", get(serve)).with_state(Arc::new(folder))
}

async fn serve(State(folder): State<Arc<PathBuf>>, UrlPath(file): UrlPath<String>) -> Response {
    if file.contains(['/', '\\']) || file.starts_with('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(folder.join(file)).await {
        Ok(bytes) => bytes.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn write_hello(path: &Path) -> hound::Result<()> {
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    // A song that is half written must not be found by the next start.
    let part = path.with_extension("part");
    let mut wav = WavWriter::create(&part, spec)?;
    for hz in (0..ROUNDS).flat_map(|_| TUNE.as_flattened()) {
        for sample in note(*hz) {
            wav.write_sample(sample)?;
        }
    }
    wav.finalize()?;
    Ok(fs::rename(part, path)?)
}

/// A plucked string: three harmonics that fade.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sound"
)]
fn note(hz: f32) -> impl Iterator<Item = i16> {
    let rate = RATE as f32;
    (0..(NOTE_S * rate) as u32).map(move |n| {
        let t = n as f32 / rate;
        let harmonic = |k: f32| (TAU * hz * k * t).sin() / (k * k) * (-3.0 * k * t).exp();
        let attack = (t / 0.005).min(1.0);
        let release = ((NOTE_S - t) / 0.01).min(1.0);
        ((harmonic(1.0) + harmonic(2.0) + harmonic(3.0)) * attack * release * 12_000.0) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_song_is_made_once_and_can_be_read() {
        let data = tempfile::tempdir().unwrap();
        let hello = folder(data.path()).unwrap().join(HELLO);
        let song = hound::WavReader::open(&hello).unwrap();
        assert_eq!((song.duration() / RATE, song.spec().channels), (32, 1));
        assert!(song.into_samples::<i16>().any(|sample| sample.unwrap().unsigned_abs() > 8_000));
        fs::write(&hello, "mine").unwrap();
        folder(data.path()).unwrap();
        assert_eq!(fs::read(&hello).unwrap(), b"mine", "what the operator put there stays");
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("secret"), "x").unwrap();
        let folder = Arc::new(folder(data.path()).unwrap());
        for (name, status) in [(HELLO, 200), ("../secret", 404), (".hidden", 404), ("none.mp3", 404)] {
            let answer = serve(State(Arc::clone(&folder)), UrlPath(name.to_owned())).await;
            assert_eq!(answer.status().as_u16(), status, "{name}");
        }
    }
}
