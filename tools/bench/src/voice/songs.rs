//! A web server with songs: `/500/7.opus` is the tone of 500 Hz, and so is `/500/8.opus`, to the cache another song.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The name that the worker is told of; it is allowed to be on this machine.
const HOST: &str = "songs.example.org";

type Files = State<Arc<BTreeMap<u16, Bytes>>>;

/// The server; it ends with this value.
pub(super) struct Songs {
    port: u16,
    task: AbortHandle,
}

impl Songs {
    /// Serves these files, each under its frequency.
    pub(super) async fn start(files: BTreeMap<u16, Bytes>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().route("/{hz}/{name}", get(song)).with_state(Arc::new(files));
        // It serves until it is told to stop; then nobody is left to be told of an error.
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { port, task: task.abort_handle() })
    }

    /// Where the song `number` of a tone is.
    pub(super) fn url(&self, hz: u16, number: u64) -> String {
        format!("http://{HOST}:{}/{hz}/{number}.opus", self.port)
    }

    /// For `ALLOWED_PRIVATE_HOSTS`.
    pub(super) fn allowed(&self) -> String {
        format!("{HOST}:{}=127.0.0.1", self.port)
    }
}

impl Drop for Songs {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn song(files: Files, Path((hz, _)): Path<(u16, String)>) -> impl IntoResponse {
    let file = files.get(&hz).cloned().ok_or(StatusCode::NOT_FOUND)?;
    Ok::<_, StatusCode>(([(header::CONTENT_TYPE, "audio/ogg")], file))
}
