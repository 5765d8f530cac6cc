//! Where a playlist at another service is, from what its "Share" button gives (SPEC P1, `/playlist import`).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use super::accounts::Provider;

/// The longest id of a playlist that is taken; Spotify's have 22 characters, `YouTube`'s up to 41 so far.
pub const ID_MAX: usize = 64;

/// A playlist at Spotify or `YouTube`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaylistAddress {
    provider: Provider,
    id: String,
}

/// The text is not the address of a playlist that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a playlist at Spotify or YouTube")]
pub struct NotAPlaylist;

impl PlaylistAddress {
    /// Reads what somebody pasted: an address of the service's site, or Spotify's `spotify:playlist:…`. Whatever else
    /// the address holds, such as who shared it, is left out.
    pub fn parse(text: &str) -> Result<Self, NotAPlaylist> {
        let url = Url::parse(text.trim()).map_err(|_| NotAPlaylist)?;
        let (provider, id) = match (url.scheme(), url.host_str()) {
            ("spotify", None) => (Provider::Spotify, url.path().strip_prefix("playlist:").map(str::to_owned)),
            ("https" | "http", Some("open.spotify.com")) => (Provider::Spotify, after_playlist(&url)),
            ("https" | "http", Some(host)) if is_youtube(host) => (Provider::YouTube, list_of(&url)),
            _ => return Err(NotAPlaylist),
        };
        Self::new(provider, id.ok_or(NotAPlaylist)?)
    }

    /// Whose playlist.
    pub const fn provider(&self) -> Provider {
        self.provider
    }

    /// The service's id of it: 1 to [`ID_MAX`] of `[A-Za-z0-9_-]`, so that it cannot leave its place in an address.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn new(provider: Provider, id: String) -> Result<Self, NotAPlaylist> {
        let fits = (1..=ID_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fits { Ok(Self { provider, id }) } else { Err(NotAPlaylist) }
    }
}

fn is_youtube(host: &str) -> bool {
    matches!(host, "youtube.com" | "www.youtube.com" | "m.youtube.com" | "music.youtube.com" | "youtu.be")
}

/// `/playlist/{id}`, or `/intl-de/playlist/{id}`.
fn after_playlist(url: &Url) -> Option<String> {
    let mut parts = url.path_segments()?.skip_while(|part| *part != "playlist");
    parts.nth(1).map(str::to_owned)
}

fn list_of(url: &Url) -> Option<String> {
    url.query_pairs().find(|(name, _)| name == "list").map(|(_, id)| id.into_owned())
}

/// As we write it ourselves: `spotify:{id}`.
impl fmt::Display for PlaylistAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.id)
    }
}

impl FromStr for PlaylistAddress {
    type Err = NotAPlaylist;

    fn from_str(text: &str) -> Result<Self, NotAPlaylist> {
        let (provider, id) = text.split_once(':').ok_or(NotAPlaylist)?;
        match provider.parse() {
            Ok(provider @ (Provider::Spotify | Provider::YouTube)) => Self::new(provider, id.to_owned()),
            _ => Err(NotAPlaylist),
        }
    }
}

impl TryFrom<String> for PlaylistAddress {
    type Error = NotAPlaylist;

    fn try_from(text: String) -> Result<Self, NotAPlaylist> {
        text.parse()
    }
}

impl From<PlaylistAddress> for String {
    fn from(address: PlaylistAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_share_buttons_give_is_read() {
        for (text, expected) in [
            (
                "https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd?si=abc",
                "spotify:37i9dQZF1DX0XUsuxWHRQd",
            ),
            (
                "https://open.spotify.com/intl-de/playlist/3cEYpjA9oz9GiPac4AsH4n",
                "spotify:3cEYpjA9oz9GiPac4AsH4n",
            ),
            ("spotify:playlist:3cEYpjA9oz9GiPac4AsH4n", "spotify:3cEYpjA9oz9GiPac4AsH4n"),
            (
                "https://www.youtube.com/playlist?list=PLFs4vir_WsTwEd-nJgVJCZPNL3HALHHpF",
                "youtube:PLFs4vir_WsTwEd-nJgVJCZPNL3HALHHpF",
            ),
            ("https://music.youtube.com/playlist?list=RDCLAK5uy_k", "youtube:RDCLAK5uy_k"),
            (" https://youtu.be/dQw4w9WgXcQ?list=PL1&t=3 ", "youtube:PL1"),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=LL", "youtube:LL"),
        ] {
            assert_eq!(PlaylistAddress::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_not_a_playlist() {
        for text in [
            "",
            "my favourites",
            "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
            "https://open.spotify.com/playlist/",
            "https://open.spotify.com/playlist/a%2Fb",
            "https://open.spotify.com.evil.example/playlist/37i9dQZF1DX0XUsuxWHRQd",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube.com/playlist?list=a%26b",
            "https://evil.example/playlist?list=PL1",
            "ftp://www.youtube.com/playlist?list=PL1",
            "spotify:track:11dFghVXANMlKmJXsNCbNl",
        ] {
            assert_eq!(PlaylistAddress::parse(text), Err(NotAPlaylist), "{text}");
        }
        for text in
            ["spotify", "spotify:", "twitch:abc", "spotify:a/b", &format!("youtube:{}", "a".repeat(65))]
        {
            assert_eq!(text.parse::<PlaylistAddress>(), Err(NotAPlaylist), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_id_cannot_leave_its_place(text in "\\PC{0,80}") {
            if let Ok(address) = PlaylistAddress::parse(&text) {
                prop_assert!(!address.id().contains(['/', '?', '&', '#', '%', '.']));
                prop_assert_eq!(address.to_string().parse(), Ok(address));
            }
        }

        #[test]
        fn every_id_of_a_link_is_read_back(id in "[A-Za-z0-9_-]{1,64}") {
            let spotify = PlaylistAddress::parse(&format!("https://open.spotify.com/playlist/{id}")).unwrap();
            let youtube = PlaylistAddress::parse(&format!("https://youtube.com/playlist?list={id}")).unwrap();
            prop_assert_eq!((spotify.id(), youtube.id()), (&*id, &*id));
        }
    }
}
