//! A folder of music that the local stack serves to its own worker, and the first songs in it, made by our own code.

mod cover;
mod songs;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use simulator::Song;

/// The name under which the folder is reached: addresses of this machine are refused by the bot (SPEC T18), so the
/// operator of this stack allows one name.
pub(crate) const HOST: &str = "music.example.org";
/// The first song.
pub(crate) const HELLO: &str = "Hello.flac";

/// The folder below the data folder, with the first songs in it.
pub(crate) fn folder(data: &Path) -> Result<PathBuf> {
    let folder = data.join("music");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for song in songs::ALL {
        let file = folder.join(song.file);
        if !file.exists() {
            write::song(&song, &file).with_context(|| format!("writing {}", file.display()))?;
        }
    }
    Ok(folder)
}

/// The songs, for the page. `base` is where the folder is served.
pub(crate) fn songs(base: &str) -> Vec<Song> {
    let address = |file: &str| format!("{base}/{}", file.replace(' ', "%20"));
    let song = |song: songs::Recipe| Song {
        title: song.title.to_owned(),
        artist: write::ARTIST.to_owned(),
        url: address(song.file),
    };
    songs::ALL.map(song).into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_songs_are_made_once_and_what_the_operator_puts_there_stays() {
        let data = tempfile::tempdir().unwrap();
        let made = folder(data.path()).unwrap();
        for song in songs("http://music.example.org:1/music") {
            let name = song.url.rsplit('/').next().unwrap().replace("%20", " ");
            assert!(made.join(&name).exists() && name.starts_with(&song.title), "{name}");
        }
        fs::write(made.join(HELLO), "mine").unwrap();
        folder(data.path()).unwrap();
        assert_eq!(fs::read(made.join(HELLO)).unwrap(), b"mine");
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
