//! `/play`: a song, an address or an uploaded file goes into the queue (SPEC T17, T18, P4, P9).

use shared::discord::envelope::{CommandData, OptionError, Options};
use shared::discord::response::Answer;
use shared::domain::queue::{Command, EntryId, Outcome, Place};
use shared::domain::track::Track;
use shared::security::permissions::EditQueue;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::deferred::{Purpose, ReplyKind};

use crate::autocomplete;
use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let options = command.options();
    options.only(&["query", "file", "next"]).map_err(Refused::Option)?;
    let place = place(visit, &options)?;
    let track = track(visit, &options).await?;
    enqueue(visit, vec![track], place).await
}

/// Adds tracks and shows where the first of them stands.
pub(super) async fn enqueue(visit: &Visit<'_>, tracks: Vec<Track>, place: Place) -> Result<Answer, Refused> {
    let first = tracks.first().cloned();
    let command = Command::Add { tracks, requester: visit.caller.user(), place };
    let outcome = match add(visit, &command).await? {
        Addition::Awaited(answer) => return Ok(answer),
        Addition::Made(outcome) => outcome,
    };
    match (outcome, first) {
        (Outcome::Added { first: entry, position, count: 1, .. }, Some(track)) => {
            Ok(cards::queued(visit, &track, entry, position, place == Place::Next))
        }
        (Outcome::Added { count, left_out, .. }, _) => Ok(cards::queued_many(visit, count, left_out)),
        _ => Err(Refused::Unavailable),
    }
}

/// What became of an addition.
pub(super) enum Addition {
    /// Its first track is current now; a worker says how it goes.
    Awaited(Answer),
    /// It is made, and the caller is told so.
    Made(Outcome),
}

/// Adds tracks. Where the first of them is about to become current, a worker owes the answer; that is owed before the
/// change, and so by the queue as the wave saw it. If it turns out otherwise, the answer is given at once.
pub(super) async fn add(visit: &Visit<'_>, command: &Command) -> Result<Addition, Refused> {
    let owed = owe_the_first(visit, command).await?;
    let outcome = visit.change(command).await?.outcome;
    let first = current_by(&outcome);
    let deferral = if first.is_some() && first == owed { visit.debt.deferral() } else { None };
    Ok(deferral.map_or(Addition::Made(outcome), Addition::Awaited))
}

async fn owe_the_first(visit: &Visit<'_>, command: &Command) -> Result<Option<EntryId>, Refused> {
    if visit.voice().is_none() {
        return Ok(None);
    }
    // A refusal is given on a fresh reading only: the change makes one.
    let foreseen = visit.foresee(command).ok();
    let Some(entry) = foreseen.as_ref().and_then(current_by) else { return Ok(None) };
    let owed = visit.owe(Purpose::Play { entry }, ReplyKind::Public).await?;
    Ok(owed.then_some(entry))
}

/// The added entry that is current now.
fn current_by(outcome: &Outcome) -> Option<EntryId> {
    match outcome {
        Outcome::Added { first, position: 0, .. } => Some(*first),
        _ => None,
    }
}

/// What is to be heard, from an address or words as somebody typed them.
pub(super) fn typed(visit: &Visit<'_>, text: &str) -> Result<Track, Refused> {
    let policy = UrlPolicy { allow_http: visit.app.config.allow_http };
    Query::parse(text, policy).map(Track::from_query).map_err(Refused::Query)
}

/// To jump ahead of the others is a matter for those who may reorder the queue.
fn place(visit: &Visit<'_>, options: &Options<'_>) -> Result<Place, Refused> {
    if !options.optional_boolean("next").map_err(Refused::Option)?.unwrap_or(false) {
        return Ok(Place::End);
    }
    visit.authorize::<EditQueue>()?;
    Ok(Place::Next)
}

async fn track(visit: &Visit<'_>, options: &Options<'_>) -> Result<Track, Refused> {
    if let Some(file) = options.optional_attachment("file").map_err(Refused::Option)? {
        return typed(visit, &file.url);
    }
    let query = options.optional_string("query").map_err(Refused::Option)?;
    let query = query.ok_or(Refused::Option(OptionError::Missing { field: "query" }))?;
    match autocomplete::chosen(query) {
        Some(entry) => played_before(visit, entry).await,
        None => typed(visit, query),
    }
}

/// A suggestion whose address is too long for a choice travels as the id of the entry that it came from.
async fn played_before(visit: &Visit<'_>, entry: EntryId) -> Result<Track, Refused> {
    let known = visit.queue()?.references().any(|reference| reference == entry);
    let found = if known { visit.entries(&[entry]).await? } else { Vec::new() };
    let gone = Refused::Queue(shared::domain::queue::QueueRefusal::NoSuchEntry);
    found.into_iter().next().map(|entry| entry.track).ok_or(gone)
}
