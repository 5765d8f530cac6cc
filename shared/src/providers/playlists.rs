//! Reading a playlist to its end, or as far as one of ours goes.

use super::client::{NotShown, Providers};
use super::library::{self, Malformed};
use crate::domain::playlist::PLAYLIST_TRACKS_MAX;
use crate::domain::playlist_address::PlaylistAddress;
use crate::domain::track::Track;
use crate::security::secret::Secret;

/// Pages that are asked for; more hold nothing that could be played.
const PAGES_MAX: usize = 40;

/// A playlist at another service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignPlaylist {
    /// What it is called there. Untrusted.
    pub title: String,
    /// What is on it, at most [`PLAYLIST_TRACKS_MAX`].
    pub tracks: Vec<Track>,
    /// Whether there was more.
    pub more: bool,
}

impl From<Malformed> for NotShown {
    fn from(_: Malformed) -> Self {
        Self::Later { code: "malformed" }
    }
}

impl Providers {
    /// What is on a playlist that the user with this access token may see. A call for each 50 entries, and one for its
    /// name.
    pub async fn playlist(
        &self,
        address: &PlaylistAddress,
        access: &Secret,
    ) -> Result<ForeignPlaylist, NotShown> {
        let (provider, base) = (address.provider(), self.bases().of(address.provider()));
        let endpoint = |_| NotShown::Later { code: "endpoint" };
        let named = self.show(library::name_url(address, base).map_err(endpoint)?, access).await?;
        let title = library::read_name(provider, &named)?.ok_or(NotShown::NotFound)?;
        let (mut tracks, mut at) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let url = library::tracks_url(address, at.as_ref(), base).map_err(endpoint)?;
            let page = library::read_tracks(provider, &self.show(url, access).await?)?;
            tracks.extend(page.tracks);
            if tracks.len() > PLAYLIST_TRACKS_MAX {
                tracks.truncate(PLAYLIST_TRACKS_MAX);
                return Ok(ForeignPlaylist { title, tracks, more: true });
            }
            at = page.next;
            if at.is_none() {
                return Ok(ForeignPlaylist { title, tracks, more: false });
            }
        }
        Ok(ForeignPlaylist { title, tracks, more: true })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake_http::{Answer, FakeHttp};
    use crate::providers::client::{Bases, Patience};

    fn ok(body: &Value) -> Answer {
        Answer::json(StatusCode::OK, body)
    }

    fn page(offset: usize, count: usize, next: bool) -> Answer {
        let entry = |n| json!({ "item": { "name": format!("Song {n}"), "artists": [{ "name": "A" }] } });
        let items: Vec<Value> = (offset..offset + count).map(entry).collect();
        let next = next.then_some("https://api.spotify.com/next");
        ok(&json!({ "next": next, "offset": offset, "items": items }))
    }

    async fn read(answers: Vec<Answer>) -> (Result<ForeignPlaylist, NotShown>, FakeHttp) {
        let server = FakeHttp::start(answers).await;
        let bases = Bases::below(&server.url().parse().unwrap()).unwrap();
        let providers = Providers::new(bases, Patience::STANDARD).unwrap();
        let address = "spotify:3cEYpjA9oz9GiPac4AsH4n".parse().unwrap();
        (providers.playlist(&address, &Secret::new("access")).await, server)
    }

    #[tokio::test]
    async fn pages_follow_each_other_until_there_is_none() {
        let (read, server) =
            read(vec![ok(&json!({ "name": "Mix" })), page(0, 50, true), page(50, 7, false)]).await;
        let list = read.unwrap();
        assert_eq!((list.title.as_str(), list.tracks.len(), list.more), ("Mix", 57, false));
        assert_eq!(list.tracks[56].title().as_str(), "Song 56");
        let asked = server.requests();
        assert!(asked[2].line.contains("offset=50"), "{}", asked[2].line);
        assert!(asked.iter().all(|asked| asked.headers["authorization"] == "Bearer access"));
        assert_eq!(asked.len(), 3);
    }

    #[tokio::test]
    async fn it_is_read_as_far_as_a_playlist_of_ours_goes() {
        let mut answers = vec![ok(&json!({ "name": "Everything" }))];
        answers.extend((0..20).map(|n| page(n * 50, 50, true)));
        let (read, server) = read(answers).await;
        let list = read.unwrap();
        assert_eq!((list.tracks.len(), list.more), (PLAYLIST_TRACKS_MAX, true));
        assert_eq!(server.requests().len(), 1 + 11, "whether there is more is seen on the page after");
        let forever: Vec<Answer> = vec![ok(&json!({ "name": "Empty" })), page(0, 0, true)];
        let (read, server) = self::read(forever).await;
        assert!(read.unwrap().more);
        assert_eq!(server.requests().len(), 1 + PAGES_MAX, "an endless list ends");
    }

    #[tokio::test]
    async fn what_a_service_says_instead_is_told_apart() {
        let status = |status| vec![Answer::json(status, &json!({ "error": { "status": 0 } }))];
        for (answers, expected) in [
            (status(StatusCode::UNAUTHORIZED), NotShown::Unauthorized),
            (status(StatusCode::NOT_FOUND), NotShown::NotFound),
            (status(StatusCode::FORBIDDEN), NotShown::NotFound),
            (status(StatusCode::TOO_MANY_REQUESTS), NotShown::Later { code: "rate_limited" }),
            (status(StatusCode::BAD_GATEWAY), NotShown::Later { code: "status_5xx" }),
            (status(StatusCode::FOUND), NotShown::Later { code: "status_other" }),
            (vec![ok(&json!("odd"))], NotShown::Later { code: "malformed" }),
            (vec![ok(&json!({ "name": "x".repeat(70_000) }))], NotShown::Later { code: "too_large" }),
        ] {
            assert_eq!(read(answers).await.0, Err(expected));
        }
    }
}
