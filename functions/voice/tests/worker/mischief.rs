//! What web servers do to those who ask them for songs.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Response, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use futures_util::{StreamExt as _, stream};

use crate::songs::wav;

const TEN_GIGABYTES: u64 = 10_000_000_000;
/// The header of a WAVE file.
const HEADER: usize = 44;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/missing.mp3", get(async || StatusCode::NOT_FOUND))
        .route("/huge.wav", get(async || audio(Some(TEN_GIGABYTES), endless())))
        .route("/endless.wav", get(async || audio(None, endless())))
        .route("/broken/{seconds}/{file}", get(broken))
        .route("/circle.mp3", get(async || Redirect::temporary("/bad/circle.mp3")))
        .route("/further/{step}/on.mp3", get(further))
        .route("/metadata.mp3", get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data/")))
        .route("/private.mp3", get(async || Redirect::temporary("http://10.0.0.1/song.mp3")))
        .route("/loris.mp3", get(async || audio(None, drip())))
        .route("/silent.mp3", get(std::future::pending::<StatusCode>))
        .route("/words.mp3", get(async || audio(None, Body::from("These are words.\n".repeat(1000)))))
}

/// Called so, whatever it is, and of this length, whatever comes.
fn audio(length: Option<u64>, body: Body) -> Response<Body> {
    let head = Response::builder().header(header::CONTENT_TYPE, "audio/mpeg");
    let head = length.into_iter().fold(head, |head, length| head.header(header::CONTENT_LENGTH, length));
    head.body(body).unwrap()
}

/// A tone for as long as somebody takes it; its header says four gigabytes, the most that it can say.
fn endless() -> Body {
    let tone = wav(|_| 440, 1);
    let mut head = tone[..HEADER].to_vec();
    head[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    head[40..44].copy_from_slice(&(u32::MAX - 255).to_le_bytes());
    let rest = stream::repeat(Bytes::from(tone).slice(HEADER..));
    Body::from_stream(stream::iter([Bytes::from(head)]).chain(rest).map(Ok::<_, Infallible>))
}

/// A minute of 440 Hz whose connection breaks after so many seconds.
async fn broken(Path((seconds, _)): Path<(usize, String)>) -> Response<Body> {
    let whole = Bytes::from(wav(|_| 440, 60));
    let length = whole.len();
    let part = whole.slice(..HEADER + (length - HEADER) / 60 * seconds);
    let pieces = [Ok(part), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    audio(u64::try_from(length).ok(), Body::from_stream(stream::iter(pieces)))
}

/// Each address leads to the next one.
async fn further(Path(step): Path<u64>) -> Redirect {
    Redirect::temporary(&format!("/bad/further/{}/on.mp3", step + 1))
}

/// The beginning of an MP3, then a byte now and then (slow-loris).
fn drip() -> Body {
    let bytes = stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_millis(250)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b"\0")), ()))
    });
    let start = stream::iter([Ok(Bytes::from_static(b"\xff\xfb\x90\x64"))]);
    Body::from_stream(start.chain(bytes))
}
