//! Playlists of songs that do not exist, with what real ones have, too: entries without a song behind them.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use super::service::Service;

/// A playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playlist {
    /// Its id, as its service makes them.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is in it, in order.
    pub entries: Vec<PlaylistEntry>,
}

/// A place in a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaylistEntry {
    /// A song.
    Song {
        /// Its id: of a track, or of a video.
        id: String,
        /// What it is called.
        title: String,
        /// Who plays it.
        artists: Vec<String>,
        /// How long it is.
        seconds: u32,
    },
    /// A file on its owner's disk (Spotify: `is_local`); `YouTube` shows it as a private video.
    Local {
        /// What it is called.
        title: String,
        /// Who plays it.
        artist: String,
        /// How long it is.
        seconds: u32,
    },
    /// It was there once. Spotify keeps an empty place, `YouTube` a "Deleted video".
    Gone,
}

/// Title, artist, seconds.
const HITS: [(&str, &str, u32); 12] = [
    ("Paper Lanterns", "The Velvet Tides", 214),
    ("Neon in the Rain", "Marlow & the Meteors", 187),
    ("Half Past Forever", "June Arcade", 243),
    ("Slow Elevator", "Kilo Foxtrot", 201),
    ("Gasoline Hearts", "Ruby Static", 176),
    ("Saltwater Radio", "The Velvet Tides", 229),
    ("Dancing on Timpani", "Orchestra Obscura", 312),
    ("Zwölf Uhr Mitternacht", "Käthe & Kosmos", 198),
    ("Carousel (Live at the Pier)", "June Arcade", 265),
    ("雨の交差点", "Mizu no Oto", 254),
    ("Don't Wake the Robots", "Kilo Foxtrot", 163),
    ("Last Train to Lumen", "Silver Sundays", 221),
];
/// Of which a long playlist is made.
const FIRST: [&str; 12] = [
    "Amber", "Broken", "Cobalt", "Distant", "Electric", "Faded", "Golden", "Hollow", "Ivory", "Jaded",
    "Kinetic", "Lonely",
];
const SECOND: [&str; 12] = [
    "Avenue",
    "Balloon",
    "Canyon",
    "Daydream",
    "Echo",
    "Fireworks",
    "Garden",
    "Horizon",
    "Island",
    "Jukebox",
    "Kingdom",
    "Lullaby",
];
/// More than a page of either service.
const LONG: usize = 137;

/// The playlists of a service's person.
pub(super) fn of_person(service: Service, person: usize) -> Vec<Playlist> {
    if !matches!(service, Service::Spotify | Service::YouTube) {
        return Vec::new();
    }
    match person {
        0 => vec![short(service, "Friday Night", 0, 8), long(service)],
        1 => vec![short(service, "Rainy Sunday", 5, 7)],
        _ => vec![short(service, "Songs to <b>code</b> & \"compile\" to", 3, 9)],
    }
}

/// So many hits from one on; between them a file of the owner's and a place that is empty.
fn short(service: Service, name: &str, from: usize, count: usize) -> Playlist {
    let hits = HITS.iter().cycle().skip(from).take(count);
    let mut entries: Vec<_> =
        hits.map(|(title, artist, seconds)| song(service, title, artist, *seconds)).collect();
    let local = PlaylistEntry::Local {
        title: "Demo tape, side B".to_owned(),
        artist: "Us, in the garage".to_owned(),
        seconds: 149,
    };
    entries.insert(count / 2, local);
    entries.insert(count - 1, PlaylistEntry::Gone);
    Playlist { id: list_id(service, name), name: name.to_owned(), entries }
}

fn long(service: Service) -> Playlist {
    let pairs = FIRST.iter().flat_map(|first| SECOND.iter().map(move |second| (first, second)));
    let entries = (0_u32..).zip(pairs).take(LONG).map(|(n, (first, second))| {
        song(service, &format!("{first} {second}"), &format!("The {second}s"), 150 + n)
    });
    let name = "Everything, All at Once";
    Playlist { id: list_id(service, name), name: name.to_owned(), entries: entries.collect() }
}

fn song(service: Service, title: &str, artist: &str, seconds: u32) -> PlaylistEntry {
    let len = if service == Service::YouTube { 11 } else { 22 };
    PlaylistEntry::Song {
        id: made_up_id(&format!("{artist} - {title}"), len),
        title: title.to_owned(),
        artists: vec![artist.to_owned()],
        seconds,
    }
}

fn list_id(service: Service, name: &str) -> String {
    if service == Service::YouTube { format!("PL{}", made_up_id(name, 32)) } else { made_up_id(name, 22) }
}

/// The same letters and digits for the same text: at most 40.
pub(super) fn made_up_id(of: &str, len: usize) -> String {
    let text = BASE64URL_NOPAD.encode(&Sha256::digest(of.as_bytes()));
    text.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { 'x' }).take(len).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_short_playlist_has_what_cannot_be_played() {
        let list = &of_person(Service::Spotify, 0)[0];
        let count = |is: fn(&PlaylistEntry) -> bool| list.entries.iter().filter(|one| is(one)).count();
        assert_eq!(count(|one| matches!(one, PlaylistEntry::Song { .. })), 8);
        assert_eq!(count(|one| matches!(one, PlaylistEntry::Local { .. })), 1);
        assert_eq!(count(|one| matches!(one, PlaylistEntry::Gone)), 1);
    }

    #[test]
    fn a_long_one_has_no_song_twice() {
        let list = long(Service::YouTube);
        let ids: BTreeSet<_> = list
            .entries
            .iter()
            .map(|one| match one {
                PlaylistEntry::Song { id, .. } => id,
                _ => panic!("not a song"),
            })
            .collect();
        assert_eq!(ids.len(), LONG);
        assert!(ids.iter().all(|id| id.len() == 11));
    }

    #[test]
    fn ids_have_their_services_length_and_stay_the_same() {
        assert_eq!(of_person(Service::Spotify, 1)[0].id.len(), 22);
        assert_eq!(of_person(Service::YouTube, 1)[0].id.len(), 34);
        assert_eq!(made_up_id("x", 22), made_up_id("x", 22));
        assert_ne!(made_up_id("x", 22), made_up_id("y", 22));
    }

    #[test]
    fn who_has_no_music_has_no_playlists() {
        for service in [Service::Discord, Service::Slack, Service::Twitch] {
            assert_eq!(of_person(service, 0), []);
        }
    }
}
