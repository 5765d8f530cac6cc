//! Cards about tracks.

use shared::discord::cards::{self, Added, HistoryRow, PAGE_ROWS, Page, PlayerView, TrackView};
use shared::discord::response::{Answer, Card};
use shared::discord::words::Message;
use shared::domain::playback::Status;
use shared::domain::queue::{Entry, EntryId, LeftOut, QueueView};
use shared::domain::track::Track;
use shared::security::custom_id::Handle;

use super::ui;
use crate::music::titled;
use crate::refused::Refused;
use crate::visit::Visit;

/// Where a new track stands. The change is made by now, so that without the keys for buttons a sentence has to do.
pub(crate) fn queued(
    visit: &Visit<'_>,
    track: &Track,
    entry: EntryId,
    position: usize,
    next: bool,
) -> Answer {
    let view = TrackView::of(track, visit.caller.user());
    let added = match (position, next) {
        (0, _) => Added::Now,
        (_, true) => Added::Next,
        (position, false) => Added::At(position as u64),
    };
    match ui(visit) {
        Ok(ui) => Answer::public(cards::queued(ui, &view, added, handle(entry))),
        Err(_) => visit.say(&in_words(track, added)),
    }
}

fn in_words(track: &Track, added: Added) -> Message {
    let title = titled(track);
    match added {
        Added::Now => Message::QueuedNow { title },
        Added::Next => Message::QueuedNext { title },
        Added::At(position) => Message::QueuedAt { title, position },
    }
}

/// Many at once.
pub(crate) fn queued_many(visit: &Visit<'_>, count: usize, _left_out: Option<LeftOut>) -> Answer {
    visit.say(&Message::QueuedMany { count: count as u64 })
}

/// The player, for everybody.
pub(crate) async fn player(visit: &Visit<'_>, queue: &QueueView) -> Result<Answer, Refused> {
    player_card(visit, queue).await.map(Answer::public)
}

/// The player as it should be now. Where in the track it is, is the worker's to say.
pub(crate) async fn player_card(visit: &Visit<'_>, queue: &QueueView) -> Result<Card, Refused> {
    let ids: Vec<EntryId> =
        queue.now().map(|now| now.slot.entry).into_iter().chain(queue.at(1).map(|slot| slot.entry)).collect();
    let known = visit.entries(&ids).await?;
    let find = |wanted: Option<EntryId>| known.iter().find(|entry| Some(entry.id) == wanted);
    let playback = queue.playback();
    let view = PlayerView {
        track: find(queue.now().map(|now| now.slot.entry)).map(row),
        paused: playback.status() == Status::Paused,
        position_s: None,
        repeat: playback.loop_mode().into(),
        volume: playback.volume().get(),
        next: find(queue.at(1).map(|slot| slot.entry)).map(|entry| entry.track.title().as_str()),
        has_previous: queue.history().next().is_some(),
        passed_over: None,
        notice: None,
    };
    Ok(cards::player(ui(visit)?, &view))
}

/// A page of the queue, from 0.
pub(crate) async fn queue_page(visit: &Visit<'_>, number: u32) -> Result<Answer, Refused> {
    let queue = visit.queue()?;
    let page = Page::new(number, queue.len(), PAGE_ROWS);
    let slots = queue.page(page.number() as usize, PAGE_ROWS);
    let current = queue.now().map(|now| now.slot.entry);
    let ids: Vec<EntryId> = current.into_iter().chain(slots.iter().map(|(_, slot)| slot.entry)).collect();
    let known = visit.entries(&ids).await?;
    let now = known.iter().find(|entry| Some(entry.id) == current).map(row);
    let rows: Vec<TrackView<'_>> = known.iter().filter(|entry| Some(entry.id) != current).map(row).collect();
    let view = cards::QueueView { now, rows: &rows, total: queue.len(), page };
    Ok(Answer::private(cards::queue(ui(visit)?, &view)))
}

/// A page of what was played, from 0.
pub(crate) async fn history_page(visit: &Visit<'_>, number: u32) -> Result<Answer, Refused> {
    let played: Vec<EntryId> = visit.queue()?.history().map(|slot| slot.entry).collect();
    let page = Page::new(number, played.len(), PAGE_ROWS);
    let shown: Vec<EntryId> = played.into_iter().skip(page.skip(PAGE_ROWS)).take(PAGE_ROWS).collect();
    let known = visit.entries(&shown).await?;
    let rows: Vec<_> =
        known.iter().map(|entry| HistoryRow { track: row(entry), at: entry.added_at }).collect();
    Ok(Answer::private(cards::history(ui(visit)?, &rows, page)))
}

/// The button's name for an entry.
pub(super) fn handle(entry: EntryId) -> Handle {
    Handle::new(entry.to_bytes())
}

fn row(entry: &Entry) -> TrackView<'_> {
    TrackView::of(&entry.track, entry.requester)
}
