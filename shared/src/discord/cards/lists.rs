//! History and playlists.

use jiff::Timestamp;

use super::{PAGE_ROWS, Page, TrackView, Ui, colour};
use crate::{
    discord::{
        components::{container, text},
        escape::Escaped,
        response::Card,
        words::{Message, Moment},
    },
    ids::UserId,
    security::custom_id::Action,
};

/// A track that was played.
#[derive(Clone, Copy, Debug)]
pub struct HistoryRow<'a> {
    /// The track.
    pub track: TrackView<'a>,
    /// When it was played.
    pub at: Timestamp,
}

/// A saved playlist.
#[derive(Clone, Copy, Debug)]
pub struct PlaylistRow<'a> {
    /// Its name; untrusted.
    pub name: &'a str,
    /// Who saved it; mentioned without a ping.
    pub owner: UserId,
    /// How many tracks it has.
    pub tracks: u64,
}

/// A page of what was played, the latest first.
pub fn history(ui: Ui<'_>, rows: &[HistoryRow<'_>], page: Page) -> Card {
    let lines = rows.iter().map(|row| format!("{} · {}", row.track.row(ui.words()), Moment(row.at)));
    list(ui, &Message::CardHistory, &Message::HistoryEmpty, lines, page, Action::HistoryPage)
}

/// A page of the guild's playlists.
pub fn playlists(ui: Ui<'_>, rows: &[PlaylistRow<'_>], page: Page) -> Card {
    let lines = rows.iter().map(|row| {
        let count = ui.say(&Message::CardTrackCount { count: row.tracks });
        format!("**{}** · {count} · <@{}>", Escaped::within(row.name, 220), row.owner)
    });
    list(ui, &Message::CardPlaylists, &Message::PlaylistsEmpty, lines, page, Action::PlaylistPage)
}

fn list(
    ui: Ui<'_>,
    title: &Message,
    empty: &Message,
    lines: impl Iterator<Item = String>,
    page: Page,
    to: fn(u32) -> Action,
) -> Card {
    let lines: Vec<_> = lines.take(PAGE_ROWS).collect();
    let body = if lines.is_empty() { ui.say(empty) } else { lines.join("\n") };
    let mut parts = vec![text(format!("### {}", ui.say(title))), text(body)];
    parts.extend(ui.pager(page, to));
    Card::new(vec![container(colour::CALM, parts)])
}
