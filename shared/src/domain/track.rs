//! A track as we know it: where it comes from and what is known about it. Nothing is stripped from its words but
//! what nobody can see (SPEC T19, T20); escaping is the business of whoever shows it.

mod title;

use serde::{Deserialize, Serialize};

use crate::security::input::{SearchQuery, URL_MAX};
use crate::security::track_url::{Query, TrackUrl, UrlPolicy};

pub use title::{TITLE_BYTES_MAX, TITLE_MAX, Title};

/// Where the sound comes from. A search is resolved by the worker; until then it is all that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackSource {
    /// Something to fetch.
    Url(TrackUrl),
    /// Something to look for.
    Search(SearchQuery),
}

/// A track and its metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    source: TrackSource,
    title: Title,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail: Option<TrackUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    explicit: Option<bool>,
}

impl Track {
    /// A track of which nothing but source and title is known.
    pub fn new(source: TrackSource, title: Title) -> Self {
        Self { source, title, artist: None, duration_s: None, thumbnail: None, explicit: None }
    }

    /// A track that nobody has resolved yet. Its title is the query, or the URL's file name, or its host.
    pub fn from_query(query: Query) -> Self {
        match query {
            Query::Url(url) => {
                let name = url.file_name().and_then(|name| Title::parse(&name));
                let title = name.or_else(|| Title::parse(url.host()));
                Self::new(TrackSource::Url(url), title.unwrap_or_else(Title::untitled))
            }
            Query::Search(words) => {
                let title = Title::parse(words.as_str());
                Self::new(TrackSource::Search(words), title.unwrap_or_else(Title::untitled))
            }
        }
    }

    /// With its artist; nothing visible means none.
    #[must_use]
    pub fn with_artist(self, artist: &str) -> Self {
        Self { artist: Title::parse(artist), ..self }
    }

    /// With its length in seconds.
    #[must_use]
    pub fn with_duration_s(self, seconds: u32) -> Self {
        Self { duration_s: Some(seconds), ..self }
    }

    /// With its picture; anything but a public https URL means none (SPEC T20).
    #[must_use]
    pub fn with_thumbnail(self, url: &str) -> Self {
        Self { thumbnail: TrackUrl::parse(url, UrlPolicy::HTTPS_ONLY).ok(), ..self }
    }

    /// With what its publisher says about its words.
    #[must_use]
    pub fn with_explicit(self, explicit: bool) -> Self {
        Self { explicit: Some(explicit), ..self }
    }

    /// Without its picture, for storage that is counted in bytes.
    #[must_use]
    pub fn without_thumbnail(self) -> Self {
        Self { thumbnail: None, ..self }
    }

    /// Where the sound comes from.
    pub fn source(&self) -> &TrackSource {
        &self.source
    }

    /// Its title, never empty.
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// Who made it, when known.
    pub fn artist(&self) -> Option<&Title> {
        self.artist.as_ref()
    }

    /// Its length in seconds; none for a live stream and for what nobody has resolved.
    pub fn duration_s(&self) -> Option<u32> {
        self.duration_s
    }

    /// Its picture, https only.
    pub fn thumbnail(&self) -> Option<&TrackUrl> {
        self.thumbnail.as_ref()
    }

    /// Whether its words are explicit, when known.
    pub fn explicit(&self) -> Option<bool> {
        self.explicit
    }
}

/// The most that one track can take in a row, in bytes, without its picture: two titles, a URL and the frame.
pub const TRACK_BYTES_MAX: usize = 2 * (TITLE_BYTES_MAX + 3) + URL_MAX + 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn from_text(text: &str) -> Track {
        Track::from_query(Query::parse(text, UrlPolicy::HTTPS_ONLY).unwrap())
    }

    #[test]
    fn an_unresolved_track_is_called_by_what_was_asked() {
        let title = |text| from_text(text).title().as_str().to_owned();
        assert_eq!(title("Drop It Like It's Hot"), "Drop It Like It's Hot");
        assert_eq!(title("https://example.org/a/Guns%20N%27%20Roses.mp3?x=1"), "Guns N' Roses.mp3");
        assert_eq!(title("https://example.org/"), "example.org");
        assert_eq!(title("https://example.org/%E2%80%8B"), "example.org");
    }

    #[test]
    fn metadata_is_kept_or_none() {
        let track = from_text("song")
            .with_artist("Simon & Garfunkel")
            .with_duration_s(185)
            .with_thumbnail("https://i.example.org/a.jpg")
            .with_explicit(false);
        assert_eq!(track.artist().map(Title::as_str), Some("Simon & Garfunkel"));
        assert_eq!((track.duration_s(), track.explicit()), (Some(185), Some(false)));
        assert_eq!(track.thumbnail().map(TrackUrl::as_str), Some("https://i.example.org/a.jpg"));
        let bare = track.with_thumbnail("http://i.example.org/a.jpg").with_artist("\u{200b} ");
        assert_eq!((bare.thumbnail(), bare.artist()), (None, None));
        assert_eq!(bare.with_thumbnail("https://127.0.0.1/a.jpg").thumbnail(), None);
    }

    #[test]
    fn the_row_form_is_stable() {
        let track =
            from_text("https://example.org/a.mp3").with_artist("A").with_duration_s(9).with_explicit(true);
        let text = serde_json::to_string(&track).unwrap();
        insta::assert_snapshot!(text, @r#"{"source":{"url":"https://example.org/a.mp3"},"title":"a.mp3","artist":"A","duration_s":9,"explicit":true}"#);
        assert_eq!(serde_json::from_str::<Track>(&text).unwrap(), track);
    }

    #[test]
    fn the_largest_track_keeps_to_its_bound() {
        let url = format!("https://example.org/{}", "a".repeat(2028));
        let long = "e\u{301}\u{301}\u{301}\u{301}\u{301}".repeat(300);
        let track = Track::new(from_text(&url).source, Title::parse(&long).unwrap()).with_artist(&long);
        assert!(serde_json::to_string(&track).unwrap().len() <= TRACK_BYTES_MAX);
    }
}
