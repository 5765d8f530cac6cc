//! A saved list of tracks of a guild.

use core::fmt;

use crate::ids::UserId;
use crate::security::input::{PlaylistName, fold};

use super::track::Track;

/// The most tracks in one playlist: ten rows of [`PLAYLIST_PAGE_TRACKS`], saved in one transaction.
pub const PLAYLIST_TRACKS_MAX: usize = 500;
/// Tracks in one row; at most 320 KB of the 400 KB that a row may have.
pub const PLAYLIST_PAGE_TRACKS: usize = 50;
/// The most playlists of one guild.
pub const PLAYLISTS_MAX: u32 = 100;

/// Why tracks do not make a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    /// There is nothing to save.
    #[error("a playlist has at least one track")]
    Empty,
    /// More than [`PLAYLIST_TRACKS_MAX`].
    #[error("a playlist has at most {max} tracks")]
    TooManyTracks {
        /// The limit.
        max: usize,
    },
}

/// The form of a name in which two names are the same playlist: NFC, lower case, single spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaylistKey(String);

impl PlaylistKey {
    /// The key of a name.
    pub fn of(name: &PlaylistName) -> Self {
        Self(fold(name.as_str()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlaylistKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A playlist with its tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playlist {
    name: PlaylistName,
    owner: UserId,
    tracks: Vec<Track>,
}

impl Playlist {
    /// 1 to [`PLAYLIST_TRACKS_MAX`] tracks under a name. Pictures are left out: they are found again on playing.
    pub fn new(name: PlaylistName, owner: UserId, tracks: Vec<Track>) -> Result<Self, PlaylistError> {
        match tracks.len() {
            0 => Err(PlaylistError::Empty),
            1..=PLAYLIST_TRACKS_MAX => {
                Ok(Self { name, owner, tracks: tracks.into_iter().map(Track::without_thumbnail).collect() })
            }
            _ => Err(PlaylistError::TooManyTracks { max: PLAYLIST_TRACKS_MAX }),
        }
    }

    /// The name as it was typed.
    pub fn name(&self) -> &PlaylistName {
        &self.name
    }

    /// Who saved it.
    pub fn owner(&self) -> UserId {
        self.owner
    }

    /// Its tracks in order.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Its tracks, taken out.
    pub fn into_tracks(self) -> Vec<Track> {
        self.tracks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::track::TRACK_BYTES_MAX;
    use crate::security::track_url::{Query, UrlPolicy};

    const OWNER: UserId = UserId::new(7);

    fn tracks(count: usize) -> Vec<Track> {
        let query = Query::parse("song", UrlPolicy::HTTPS_ONLY).unwrap();
        let track = Track::from_query(query).with_thumbnail("https://i.example.org/a.jpg");
        vec![track; count]
    }

    fn name(text: &str) -> PlaylistName {
        text.parse().unwrap()
    }

    #[test]
    fn it_has_one_to_five_hundred_tracks() {
        assert_eq!(Playlist::new(name("x"), OWNER, tracks(0)), Err(PlaylistError::Empty));
        let full = Playlist::new(name("x"), OWNER, tracks(PLAYLIST_TRACKS_MAX)).unwrap();
        assert!(full.tracks().iter().all(|track| track.thumbnail().is_none()));
        let refusal = PlaylistError::TooManyTracks { max: 500 };
        assert_eq!(Playlist::new(name("x"), OWNER, tracks(501)), Err(refusal));
    }

    #[test]
    fn names_that_look_alike_are_one_playlist() {
        let key = |text| PlaylistKey::of(&name(text));
        assert_eq!(key("Road  Trip"), key(" ROAD trip "));
        assert_eq!(key("Cafe\u{301}"), key("CAFÉ"));
        assert_ne!(key("Road Trip"), key("Roadtrip"));
    }

    #[test]
    fn rows_and_the_transaction_keep_within_the_services_limits() {
        const { assert!(PLAYLIST_PAGE_TRACKS * TRACK_BYTES_MAX < 400 * 1024) };
        const { assert!(PLAYLIST_TRACKS_MAX * TRACK_BYTES_MAX < 4 * 1024 * 1024) };
    }
}
