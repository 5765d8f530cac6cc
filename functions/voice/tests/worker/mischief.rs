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
use tokio::sync::watch;

use crate::songs::wav;

const TEN_GIGABYTES: u64 = 10_000_000_000;
/// The header of a WAVE file.
const HEADER: usize = 44;
/// Two gigabytes.
const HALF_A_DAY: u32 = u32::MAX / 2;
/// What writers put there who do not know.
const UNKNOWN: u32 = u32::MAX;

/// `let_go` becomes true when whoever takes the unending song has had enough.
pub(crate) fn routes(let_go: &watch::Sender<bool>) -> Router {
    let let_go = let_go.clone();
    Router::new()
        .route("/missing.mp3", get(async || StatusCode::NOT_FOUND))
        .route("/huge.wav", get(async || audio(Some(TEN_GIGABYTES), endless(HALF_A_DAY, None))))
        .route("/endless.wav", get(async || audio(None, endless(HALF_A_DAY, None))))
        .route("/unending.wav", get(async move || audio(None, endless(UNKNOWN, Some(LetGo(let_go))))))
        .route("/broken/{seconds}/{file}", get(broken))
        .route("/circle.mp3", get(async || Redirect::temporary("/bad/circle.mp3")))
        .route("/further/{step}/on.mp3", get(further))
        .route("/metadata.mp3", get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data/")))
        .route("/private.mp3", get(async || Redirect::temporary("http://10.0.0.1/song.mp3")))
        .route("/loris.mp3", get(async || audio(None, drip())))
        .route("/silent.mp3", get(std::future::pending::<StatusCode>))
        .route("/words.mp3", get(async || audio(None, Body::from("These are words.\n".repeat(1000)))))
}

/// Called so, whatever it is, and of this length, whatever comes. Without `Accept-Ranges` an answer that says no length
/// would be a radio station's, which may go on for ever.
fn audio(length: Option<u64>, body: Body) -> Response<Body> {
    let head = Response::builder().header(header::CONTENT_TYPE, "audio/mpeg");
    let head = head.header(header::ACCEPT_RANGES, "none");
    let head = length.into_iter().fold(head, |head, length| head.header(header::CONTENT_LENGTH, length));
    head.body(body).unwrap()
}

/// Says so when the connection that it belongs to is over.
struct LetGo(watch::Sender<bool>);

impl Drop for LetGo {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

/// A tone for as long as somebody takes it. What it says of its own length is another matter.
fn endless(announced: u32, let_go: Option<LetGo>) -> Body {
    let tone = wav(|_| 440, 1);
    let mut head = tone[..HEADER].to_vec();
    head[4..8].copy_from_slice(&announced.to_le_bytes());
    head[40..44].copy_from_slice(&(announced - 255).to_le_bytes());
    let rest = stream::repeat(Bytes::from(tone).slice(HEADER..));
    Body::from_stream(stream::iter([Bytes::from(head)]).chain(rest).map(move |piece| {
        let _held = &let_go;
        Ok::<_, Infallible>(piece)
    }))
}

/// A minute of 440 Hz whose connection breaks after so many seconds.
async fn broken(Path((seconds, _)): Path<(usize, String)>) -> Response<Body> {
    let whole = Bytes::from(wav(|_| 440, 60));
    let length = whole.len();
    let part = whole.slice(..HEADER + (length - HEADER) / 60 * seconds);
    let breaks = stream::once(async {
        // What came before is sent meanwhile.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    audio(u64::try_from(length).ok(), Body::from_stream(stream::iter([Ok(part)]).chain(breaks)))
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
