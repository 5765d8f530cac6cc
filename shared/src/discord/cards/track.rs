//! A track on a card.

use crate::{
    discord::{
        components::Picture,
        escape::{Escaped, units},
        words::{Message, Span, Words},
    },
    domain::{
        queue::NOBODY,
        track::{Title, Track, TrackSource},
    },
    ids::UserId,
};

/// Longest title on a card of one track; T20 has cut it at 200 graphemes before, escaping may double it.
const TITLE_MAX: usize = 420;
/// Longest title and artist in a list, so that ten rows and their decoration stay within a message.
const ROW_TITLE_MAX: usize = 160;
const ROW_ARTIST_MAX: usize = 80;
/// Longer addresses are shown by their title alone.
const URL_MAX: usize = 512;

/// What is known of a track; every text in it is untrusted.
#[derive(Clone, Copy, Debug)]
pub struct TrackView<'a> {
    /// Its title.
    pub title: &'a str,
    /// Who made it.
    pub artist: Option<&'a str>,
    /// Where it can be looked at; shown only if it is https.
    pub url: Option<&'a str>,
    /// Its length in seconds; `None` is unknown or endless.
    pub duration_s: Option<u32>,
    /// Who asked for it, mentioned without a ping; `None`: somebody who is erased.
    pub requester: Option<UserId>,
    /// Its picture.
    pub picture: Option<Picture<'a>>,
}

impl<'a> TrackView<'a> {
    /// A track as somebody asked for it.
    pub fn of(track: &'a Track, requester: UserId) -> Self {
        Self {
            title: track.title().as_str(),
            artist: track.artist().map(Title::as_str),
            url: match track.source() {
                TrackSource::Url(url) => Some(url.as_str()),
                TrackSource::Search(_) => None,
            },
            duration_s: track.duration_s(),
            requester: (requester != NOBODY).then_some(requester),
            picture: track.thumbnail().map(|url| Picture::At(url.as_str())),
        }
    }

    /// Title in bold, as a link where there is a safe one, and the artist below.
    pub(super) fn headline(&self) -> String {
        let title = Escaped::within(self.title, TITLE_MAX);
        let title = match self.url.and_then(link_target) {
            // An unbalanced bracket would end the link's text early and show the address instead.
            Some(url) if balanced(self.title) => format!("[{title}]({url})"),
            _ => title.to_string(),
        };
        match self.artist {
            Some(artist) => format!("**{title}**\n{}", Escaped::within(artist, TITLE_MAX)),
            None => format!("**{title}**"),
        }
    }

    /// Title, artist, length and requester in one line of a list.
    pub(super) fn row(&self, words: Words) -> String {
        let mut row = format!("**{}**", Escaped::within(self.title, ROW_TITLE_MAX));
        if let Some(artist) = self.artist {
            row.push_str(" — ");
            row.push_str(Escaped::within(artist, ROW_ARTIST_MAX).as_str());
        }
        let length = self.duration_s.map(|seconds| Span(seconds).to_string());
        let by = match self.requester {
            Some(user) => format!("<@{user}>"),
            None => words.say(&Message::Somebody),
        };
        [Some(row), length, Some(by)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// For whom it plays.
    pub(super) const fn by(&self) -> Message {
        match self.requester {
            Some(user) => Message::CardRequestedBy { user },
            None => Message::CardRequestedBySomebody,
        }
    }

    /// The length, or "open end".
    pub(super) fn length(&self, words: Words) -> String {
        self.duration_s.map_or_else(|| words.say(&Message::CardOpenEnd), |seconds| Span(seconds).to_string())
    }
}

/// An https address in the form in which nothing in it can end a markdown link.
fn link_target(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok().filter(|url| url.scheme() == "https" && url.username().is_empty())?;
    let mut safe = String::new();
    for c in url.as_str().chars() {
        match c {
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '\\' => safe.push_str("%5C"),
            '<' | '>' | '|' | '`' => return None,
            other => safe.push(other),
        }
    }
    Some(safe).filter(|safe| units(safe) <= URL_MAX)
}

fn balanced(title: &str) -> bool {
    let mut depth = 0_usize;
    for c in title.chars() {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return false,
            ']' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_leave_its_link() {
        let target = |url| link_target(url);
        assert_eq!(
            target("https://a.example/x?list=1&t=2").as_deref(),
            Some("https://a.example/x?list=1&t=2")
        );
        assert_eq!(target("https://a.example/a(b)").as_deref(), Some("https://a.example/a%28b%29"));
        assert_eq!(target("https://a.example/ b").as_deref(), Some("https://a.example/%20b"));
        assert_eq!(target("https://a.example/?q=\\)").as_deref(), Some("https://a.example/?q=%5C%29"));
        for bad in
            ["http://a.example/", "javascript:alert(1)", "https://u@a.example/", "https://a.example/?`", "x"]
        {
            assert_eq!(target(bad), None, "{bad}");
        }
        assert_eq!(target(&format!("https://a.example/{}", "x".repeat(600))), None);
    }

    #[test]
    fn a_title_with_odd_brackets_is_no_link() {
        let view = |title| TrackView {
            title,
            artist: None,
            url: Some("https://a.example/"),
            duration_s: None,
            requester: Some(UserId::new(1)),
            picture: None,
        };
        assert_eq!(view("Song [Live]").headline(), r"**[Song \[Live\]](https://a.example/)**");
        assert_eq!(view("Song ] [").headline(), r"**Song \] \[**");
        assert_eq!(
            view("[x](https://e.example)").headline(),
            r"**[\[x\](https\://e.example)](https://a.example/)**"
        );
    }
}
