//! What is on a playlist, as Spotify's Web API and `YouTube`'s Data API v3 say it
//! (<https://developer.spotify.com/documentation/web-api/reference/get-playlists-items>,
//! <https://developers.google.com/youtube/v3/docs/playlistItems/list>). Pure. Only names are read: a track of Spotify is
//! looked for elsewhere when it is played (SPEC P4), a video has an address of its own.

use serde::Deserialize;
use url::Url;

use super::authorize::{BadEndpoint, endpoint};
use crate::domain::accounts::Provider;
use crate::domain::playlist_address::PlaylistAddress;
use crate::domain::track::{Title, Track, TrackSource};
use crate::security::input::{QUERY_MAX, is_bidi_control, is_control};
use crate::security::track_url::{TrackUrl, UrlPolicy};

/// Entries of one page; the most that both services give.
pub const PAGE: u32 = 50;

/// Where the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// After so many entries (Spotify).
    Offset(u32),
    /// Where the service's own mark is (`YouTube`).
    Token(String),
}

/// A page of a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackPage {
    /// What can be looked for.
    pub tracks: Vec<Track>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// The answer is not as documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service's answer does not read as a playlist")]
pub struct Malformed;

/// What tells a playlist's name.
pub fn name_url(address: &PlaylistAddress, base: Option<&Url>) -> Result<Url, BadEndpoint> {
    let (own, query) = match address.provider() {
        Provider::YouTube => (
            format!("{GOOGLE}/playlists"),
            vec![("part", "snippet"), ("fields", "items(snippet(title))"), ("id", address.id())],
        ),
        _ => (format!("{SPOTIFY}/{}", address.id()), vec![("fields", "name")]),
    };
    url(&own, &query, base)
}

/// What tells the entries from `at` on; from the first one without it.
pub fn tracks_url(
    address: &PlaylistAddress,
    at: Option<&Cursor>,
    base: Option<&Url>,
) -> Result<Url, BadEndpoint> {
    let size = PAGE.to_string();
    match (address.provider(), at) {
        (Provider::YouTube, at) => {
            let mut query = vec![
                ("part", "snippet,contentDetails"),
                ("fields", YOUTUBE_FIELDS),
                ("maxResults", &size),
                ("playlistId", address.id()),
            ];
            if let Some(Cursor::Token(token)) = at {
                query.push(("pageToken", token));
            }
            url(&format!("{GOOGLE}/playlistItems"), &query, base)
        }
        (_, at) => {
            let offset =
                if let Some(Cursor::Offset(offset)) = at { offset.to_string() } else { "0".to_owned() };
            let query = [("fields", SPOTIFY_FIELDS), ("limit", &size), ("offset", &offset)];
            url(&format!("{SPOTIFY}/{}/items", address.id()), &query, base)
        }
    }
}

const SPOTIFY: &str = "https://api.spotify.com/v1/playlists";
const GOOGLE: &str = "https://www.googleapis.com/youtube/v3";
/// Both words for an entry: `track` is the older one (Spotify's February 2026 changes).
const SPOTIFY_FIELDS: &str = "next,offset,items(item(name,duration_ms,explicit,artists(name)),track(name,duration_ms,explicit,artists(name)))";
const YOUTUBE_FIELDS: &str =
    "nextPageToken,items(snippet(title,videoOwnerChannelTitle),contentDetails(videoId))";

fn url(own: &str, query: &[(&str, &str)], base: Option<&Url>) -> Result<Url, BadEndpoint> {
    let mut url = endpoint(own, base)?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(url)
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    items: Vec<ListedItem>,
}

#[derive(Deserialize)]
struct ListedItem {
    snippet: Titled,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Titled {
    title: String,
    video_owner_channel_title: Option<String>,
}

/// A playlist's name; `None`: the user sees no such playlist. `YouTube` says that with an empty list.
pub fn read_name(provider: Provider, body: &[u8]) -> Result<Option<String>, Malformed> {
    if provider == Provider::YouTube {
        let listed: Listed = serde_json::from_slice(body).map_err(|_| Malformed)?;
        return Ok(listed.items.into_iter().next().map(|item| item.snippet.title));
    }
    let named: Named = serde_json::from_slice(body).map_err(|_| Malformed)?;
    Ok(Some(named.name))
}

/// A page of its entries. What is gone, is somebody's own file or is not music is left out.
pub fn read_tracks(provider: Provider, body: &[u8]) -> Result<TrackPage, Malformed> {
    if provider == Provider::YouTube { youtube(body) } else { spotify(body) }
}

#[derive(Deserialize)]
struct SpotifyPage {
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    offset: u32,
    items: Vec<SpotifyEntry>,
}

#[derive(Deserialize)]
struct SpotifyEntry {
    item: Option<SpotifyTrack>,
    track: Option<SpotifyTrack>,
}

#[derive(Deserialize)]
struct SpotifyTrack {
    #[serde(default)]
    name: String,
    #[serde(default)]
    artists: Vec<SpotifyArtist>,
    duration_ms: Option<u64>,
    explicit: Option<bool>,
}

#[derive(Deserialize)]
struct SpotifyArtist {
    #[serde(default)]
    name: String,
}

fn spotify(body: &[u8]) -> Result<TrackPage, Malformed> {
    let page: SpotifyPage = serde_json::from_slice(body).map_err(|_| Malformed)?;
    // Where the next page is, is computed: an address in an answer is not followed.
    let next = page.next.map(|_| Cursor::Offset(page.offset.saturating_add(PAGE)));
    let tracks = page.items.into_iter().filter_map(|entry| entry.item.or(entry.track)?.into_track());
    Ok(TrackPage { tracks: tracks.collect(), next })
}

impl SpotifyTrack {
    fn into_track(self) -> Option<Track> {
        let title = Title::parse(&self.name)?;
        let artist = self.artists.first().map(|artist| artist.name.clone()).unwrap_or_default();
        let words = format!("{} {}", artist, self.name);
        let visible = words.chars().filter(|c| !is_control(*c) && !is_bidi_control(*c));
        let words: String = visible.take(QUERY_MAX).collect();
        let mut track = Track::new(TrackSource::Search(words.parse().ok()?), title).with_artist(&artist);
        if let Some(seconds) = self.duration_ms.and_then(|ms| u32::try_from(ms.div_ceil(1_000)).ok()) {
            track = track.with_duration_s(seconds);
        }
        Some(match self.explicit {
            Some(explicit) => track.with_explicit(explicit),
            None => track,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct YouTubePage {
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    items: Vec<YouTubeEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct YouTubeEntry {
    snippet: Titled,
    content_details: YouTubeDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct YouTubeDetails {
    video_id: String,
}

fn youtube(body: &[u8]) -> Result<TrackPage, Malformed> {
    let page: YouTubePage = serde_json::from_slice(body).map_err(|_| Malformed)?;
    let tracks = page.items.into_iter().filter_map(YouTubeEntry::into_track);
    Ok(TrackPage { tracks: tracks.collect(), next: page.next_page_token.map(Cursor::Token) })
}

impl YouTubeEntry {
    fn into_track(self) -> Option<Track> {
        // A video that was deleted or made private has no owner any more.
        let owner = self.snippet.video_owner_channel_title?;
        let mut url = Url::parse("https://www.youtube.com/watch").ok()?;
        url.query_pairs_mut().append_pair("v", &self.content_details.video_id);
        let url = TrackUrl::parse(url.as_str(), UrlPolicy::HTTPS_ONLY).ok()?;
        let title = Title::parse(&self.snippet.title)?;
        // Channels that a label makes for an artist are called so.
        Some(Track::new(TrackSource::Url(url), title).with_artist(owner.trim_end_matches(" - Topic")))
    }
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
