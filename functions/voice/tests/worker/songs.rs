//! A web server with songs: `/440/4.wav` is four seconds of 440 Hz, in `/scale/60.wav` each second has its own pitch,
//! `/fixtures/tone.mp3` is a file of the fixtures' folder, and what lies under `/bad` is told in [`crate::mischief`].

use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::mischief;

const RATE: u32 = 22_050;

/// The server; it ends with this value.
pub(crate) struct Songs {
    address: SocketAddr,
    let_go: watch::Sender<bool>,
    task: AbortHandle,
}

impl Songs {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let songs = Router::new().route("/{hz}/{file}", get(song)).route("/fixtures/{name}", get(fixture));
        let let_go = watch::Sender::new(false);
        let router = songs.nest("/bad", mischief::routes(&let_go));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, let_go, task: task.abort_handle() }
    }

    /// Waits until whoever took the unending song takes no more of it.
    pub(crate) async fn unending_is_let_go(&self) {
        let patience = Duration::from_mins(2);
        let mut let_go = self.let_go.subscribe();
        tokio::time::timeout(patience, let_go.wait_for(|let_go| *let_go)).await.unwrap().unwrap();
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Songs {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The pitch of a second of the scale, in hertz.
fn scale(second: u32) -> u32 {
    400 + 20 * (second % 100)
}

/// The second of the scale that has this pitch.
pub(crate) fn second_of(hz: f64) -> Option<u32> {
    (0..100).find(|second| (hz - f64::from(scale(*second))).abs() < 6.0)
}

async fn song(Path((pitch, file)): Path<(String, String)>) -> impl IntoResponse {
    let hz: Option<u32> = pitch.parse().ok();
    if hz.is_none() && pitch != "scale" {
        return Err(StatusCode::NOT_FOUND);
    }
    let seconds = file.strip_suffix(".wav").and_then(|seconds| seconds.parse().ok());
    match seconds {
        Some(seconds) => {
            Ok(([(header::CONTENT_TYPE, "audio/wav")], wav(|second| hz.unwrap_or(scale(second)), seconds)))
        }
        None => Err(StatusCode::NOT_FOUND),
    }
}

/// From the byte that is asked for: the index of an M4A may stand at its end. Without a content type: what it is, its
/// bytes say.
async fn fixture(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let Ok(file) = tokio::fs::read(folder.join(name)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let start = range.and_then(|range| range.split('-').next()?.parse().ok()).unwrap_or(0);
    let Some(rest) = file.get(start..) else { return StatusCode::RANGE_NOT_SATISFIABLE.into_response() };
    let place = format!("bytes {start}-{}/{}", file.len() - 1, file.len());
    (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, place)], rest.to_vec()).into_response()
}

/// Half of full scale, 16 bit, mono (RIFF/WAVE).
pub(crate) fn wav(pitch: impl Fn(u32) -> u32, seconds: u32) -> Vec<u8> {
    let samples = RATE * seconds;
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + samples * 2).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    out.extend([RATE, RATE * 2].map(u32::to_le_bytes).concat());
    out.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    out.extend(b"data");
    out.extend((samples * 2).to_le_bytes());
    for n in 0..samples {
        let phase = TAU * f64::from(pitch(n / RATE)) * f64::from(n) / f64::from(RATE);
        #[expect(clippy::cast_possible_truncation, reason = "half of an i16's range")]
        let sample = (phase.sin() * 16_000.0) as i16;
        out.extend(sample.to_le_bytes());
    }
    out
}
