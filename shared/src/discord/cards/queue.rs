//! The queue: what was added, and page by page what waits.

use twilight_model::channel::message::component::ButtonStyle;

use super::{PAGE_ROWS, Page, TrackView, Ui, colour};
use crate::{
    discord::{
        components::{beside_picture, container, row, separator, text},
        response::Card,
        words::Message,
    },
    security::custom_id::{Action, Handle},
};

/// Where a track came to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It plays at once.
    Now,
    /// It plays after the current one.
    Next,
    /// At this place, from 1.
    At(u64),
}

/// The card that answers `/play`. The buttons need the entry's handle.
pub fn queued(ui: Ui<'_>, track: &TrackView<'_>, added: Added, entry: Handle) -> Card {
    let place = match added {
        Added::Now => Message::CardPlaceNow,
        Added::Next => Message::CardPlaceNext,
        Added::At(position) => Message::CardPlace { position },
    };
    let mut facts = vec![ui.say(&place)];
    facts.extend(track.duration_s.map(|_| track.length(ui.words())));
    facts.push(ui.say(&track.by()));
    let paragraphs = vec![
        format!("-# {}", ui.say(&Message::CardQueued)),
        track.headline(),
        format!("-# {}", facts.join(" · ")),
    ];
    let mut parts = beside_picture(paragraphs, track.picture);
    if let Added::At(_) = added {
        parts.push(row(vec![
            ui.button(ButtonStyle::Secondary, &Message::CardPlaceNext, &Action::PlayNext(entry)),
            ui.button(ButtonStyle::Secondary, &Message::ButtonQueue, &Action::QueuePage(0)),
            ui.button(ButtonStyle::Danger, &Message::ButtonDelete, &Action::Remove(entry)),
        ]));
    }
    Card::new(vec![container(colour::MUSIC, parts)])
}

/// One page of the queue.
#[derive(Clone, Copy, Debug)]
pub struct QueueView<'a> {
    /// The current track.
    pub now: Option<TrackView<'a>>,
    /// The page's tracks, in order; at most [`PAGE_ROWS`] are shown.
    pub rows: &'a [TrackView<'a>],
    /// How many tracks wait in all.
    pub total: usize,
    /// Which page it is.
    pub page: Page,
}

/// A page of the queue, with numbers as `/remove`, `/move` and `/jump` take them.
pub fn queue(ui: Ui<'_>, view: &QueueView<'_>) -> Card {
    let count = u64::try_from(view.total).unwrap_or(u64::MAX);
    let mut parts = vec![text(format!("### {}", ui.say(&Message::CardQueue { count })))];
    if let Some(now) = &view.now {
        parts.push(text(format!("{}: {}", ui.say(&Message::CardPlaying), now.row(ui.words()))));
        parts.push(separator());
    }
    if view.rows.is_empty() {
        parts.push(text(ui.say(&Message::CardNextNone)));
    } else {
        let first = view.page.skip(PAGE_ROWS) + 1;
        let rows = view.rows.iter().take(PAGE_ROWS).enumerate();
        let rows: Vec<_> =
            rows.map(|(at, track)| format!("`{}` {}", first + at, track.row(ui.words()))).collect();
        parts.push(text(rows.join("\n")));
    }
    parts.extend(ui.pager(view.page, Action::QueuePage));
    Card::new(vec![container(colour::MUSIC, parts)])
}
