//! The page itself: files of `page/`, compiled in; and pictures that came with messages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::core::Core;

/// What a browser gets; its tests and its README stay here.
#[derive(RustEmbed)]
#[folder = "page/"]
#[include = "*.html"]
#[include = "*.css"]
#[include = "*.js"]
#[exclude = "*/*"]
struct Files;

/// Nothing from anywhere else, no script but ours, in no frame. Pictures of songs come from where songs come from.
const POLICY: &str = "default-src 'self'; img-src 'self' data: https: http:; media-src 'self'; connect-src 'self'; \
                      script-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What the page shows of what was sent along.
const PICTURES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

pub(super) async fn index() -> Response {
    send("index.html")
}

pub(super) async fn file(Path(file): Path<String>) -> Response {
    send(&file)
}

/// How a file may be handed over: what it says of itself came from outside.
fn hand_over(media_type: &str) -> Option<&'static str> {
    let kind = media_type.split(';').next().unwrap_or_default();
    match kind {
        // Never drawn, so that no text is taken for a page.
        "text/plain" => Some("attachment"),
        kind if PICTURES.contains(&kind) => Some("inline"),
        _ => None,
    }
}

/// A file of a message: a picture to look at, a text to keep, and nothing else.
pub(super) async fn attachment(
    State(core): State<Arc<Core>>,
    Path((_channel, id, _name)): Path<(String, u64, String)>,
) -> Response {
    let world = core.world();
    let Some(file) = world.file(id) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(disposition) = hand_over(&file.media_type) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, file.media_type.clone()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, file.bytes.clone()).into_response()
}

fn send(name: &str) -> Response {
    let kind = match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let Some(found) = Files::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, found.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_what_it_names_are_there_and_nothing_else() {
        assert_eq!(send("index.html").status(), StatusCode::OK);
        for gone in ["README.md", "package.json", "tests/run.mjs", "dev/mock.mjs", "../Cargo.toml", "none.js"]
        {
            assert_eq!(send(gone).status(), StatusCode::NOT_FOUND, "{gone}");
        }
        let index = String::from_utf8(Files::get("index.html").unwrap().data.into_owned()).unwrap();
        let named = index.split('"').filter_map(|part| part.strip_prefix("/page/"));
        let missing: Vec<_> = named.filter(|name| Files::get(name).is_none()).collect();
        assert!(missing.is_empty() && index.contains("/page/"), "{missing:?}");
    }

    #[test]
    fn a_picture_is_looked_at_a_text_is_kept_and_nothing_else_is_handed_over() {
        for picture in PICTURES {
            assert_eq!(hand_over(picture), Some("inline"));
        }
        assert_eq!(hand_over("text/plain; charset=utf-8"), Some("attachment"));
        for other in ["text/html", "image/svg+xml", "text/plainer", "application/zip", ""] {
            assert_eq!(hand_over(other), None, "{other}");
        }
    }

    #[test]
    fn the_page_stays_small() {
        let bytes: usize =
            Files::iter().filter_map(|name| Files::get(&name)).map(|file| file.data.len()).sum();
        assert!((50_000..300_000).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn every_file_is_sent_with_its_policy() {
        for name in Files::iter() {
            let answer = send(&name);
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert!(
                answer.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'")
            );
        }
    }
}
