//! Artists that a guild does not want to hear (SPEC P9).

use serde::{Deserialize, Serialize};

use crate::domain::track::Title;
use crate::security::input::fold;

/// The most artists on a list.
pub const BLOCKED_ARTISTS_MAX: usize = 100;

/// What stands between the names of people who sing together.
const SEPARATORS: [&str; 9] = [",", "&", ";", "/", " feat. ", " ft. ", " featuring ", " with ", " x "];

/// Why a list did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlocklistError {
    /// Nothing visible in the name.
    #[error("an artist has a name")]
    Blank,
    /// [`BLOCKED_ARTISTS_MAX`] are on it.
    #[error("at most {BLOCKED_ARTISTS_MAX} artists")]
    Full,
}

/// Up to [`BLOCKED_ARTISTS_MAX`] artists, compared without case, composition and spacing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blocklist(Vec<Title>);

impl Blocklist {
    /// The names as they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Title::as_str)
    }

    /// Adds a name; one that is there already stays as it is.
    pub fn block(&mut self, artist: &str) -> Result<(), BlocklistError> {
        let name = Title::parse(artist).ok_or(BlocklistError::Blank)?;
        if self.holds(&fold(name.as_str())) {
            return Ok(());
        }
        if self.0.len() >= BLOCKED_ARTISTS_MAX {
            return Err(BlocklistError::Full);
        }
        self.0.push(name);
        Ok(())
    }

    /// Takes a name off; says whether it was on.
    pub fn unblock(&mut self, artist: &str) -> bool {
        let before = self.0.len();
        let folded = fold(artist);
        self.0.retain(|name| fold(name.as_str()) != folded);
        self.0.len() < before
    }

    /// Whether `artist`, or one of several named in it, is on the list. "Queen" does not block "Queen Latifah".
    pub fn blocks(&self, artist: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let whole = fold(artist);
        self.holds(&whole) || parts(&whole).iter().any(|part| self.holds(part))
    }

    fn holds(&self, folded: &str) -> bool {
        self.0.iter().any(|name| fold(name.as_str()) == folded)
    }
}

fn parts(folded: &str) -> Vec<&str> {
    SEPARATORS.iter().fold(vec![folded], |parts, separator| {
        parts.into_iter().flat_map(|part| part.split(separator)).map(str::trim).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Blocklist {
        let mut list = Blocklist::default();
        for name in names {
            list.block(name).unwrap();
        }
        list
    }

    #[test]
    fn an_artist_is_found_alone_and_in_company() {
        let list = list(&["Drake", "AC/DC", "Simon & Garfunkel", "Beyoncé"]);
        for artist in [
            "Drake",
            "DRAKE ",
            "Rihanna feat. Drake",
            "Drake, Future",
            "Future & drake",
            "AC/DC",
            "simon  & garfunkel",
            "BEYONCE\u{301}",
        ] {
            assert!(list.blocks(artist), "{artist}");
        }
        for artist in ["Nick Drake", "Drake Bell", "Paul Simon", "AC", "Mandrake"] {
            assert!(!list.blocks(artist), "{artist}");
        }
    }

    #[test]
    fn names_go_on_once_and_come_off() {
        let mut list = list(&["Queen", "QUEEN", " queen "]);
        assert_eq!(list.names().collect::<Vec<_>>(), ["Queen"]);
        assert!(list.unblock("qUEEN"));
        assert!(!list.unblock("Queen"));
        assert_eq!(list.block("\u{200b}"), Err(BlocklistError::Blank));
    }

    #[test]
    fn the_list_has_an_end() {
        let mut list = Blocklist::default();
        for number in 0..BLOCKED_ARTISTS_MAX {
            list.block(&format!("artist {number}")).unwrap();
        }
        assert_eq!(list.block("one more"), Err(BlocklistError::Full));
        assert_eq!(list.block("Artist 5"), Ok(()));
    }
}
