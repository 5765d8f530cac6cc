//! `/playlist`: a guild's saved lists of tracks.

use shared::discord::envelope::{CommandData, Options};
use shared::discord::escape::Escaped;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::playlist::{Playlist, PLAYLIST_TRACKS_MAX};
use shared::domain::queue::{Command, EntryId, Outcome, Place};
use shared::domain::track::Track;
use shared::security::custom_id::{Action, Handle};
use shared::security::input::PlaylistName;
use shared::security::permissions::Permission;
use shared::store::playlists::{PlaylistError, PlaylistHeader};

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let options = command.options();
    match command.subcommand() {
        Some("save") => save(visit, name(&options)?).await,
        Some("load") => load(visit, &options).await,
        Some("list") => list(visit).await,
        Some("delete") => ask_to_delete(visit, name(&options)?).await,
        Some("import") => Ok(visit.whisper(&Message::LaterImport)),
        _ => Err(Refused::UnknownCommand),
    }
}

fn name(options: &Options<'_>) -> Result<PlaylistName, Refused> {
    options.string("name").map_err(Refused::Option)?.parse().map_err(Refused::PlaylistName)
}

/// What plays and what waits, in its order.
async fn save(visit: &Visit<'_>, name: PlaylistName) -> Result<Answer, Refused> {
    let queue = visit.queue()?;
    let ids: Vec<EntryId> = queue.now().map(|now| now.slot.entry).into_iter().chain(queue.order().iter().map(|slot| slot.entry)).collect();
    if ids.is_empty() {
        return Err(Refused::Because(Message::PlaylistNothingToSave));
    }
    if ids.len() > PLAYLIST_TRACKS_MAX {
        return Err(Refused::Because(Message::PlaylistTooLong { max: PLAYLIST_TRACKS_MAX as u64 }));
    }
    let tracks: Vec<Track> = visit.entries(&ids).await?.into_iter().map(|entry| entry.track).collect();
    let count = tracks.len() as u64;
    let shown = Escaped::new(name.as_str());
    let list = Playlist::new(name, visit.caller.user(), tracks).map_err(|_| Refused::Unavailable)?;
    let saved = visit.app.playlists.create(visit.guild()?, &list, visit.now).await;
    saved.map_err(|error| refused(visit, error, &shown))?;
    Ok(visit.say(&Message::PlaylistSaved { count, name: shown }))
}

async fn load(visit: &Visit<'_>, options: &Options<'_>) -> Result<Answer, Refused> {
    let name = name(options)?;
    let shown = Escaped::new(name.as_str());
    let found = visit.app.playlists.load(visit.guild()?, &name).await;
    let list = found.map_err(|error| refused(visit, error, &shown))?;
    let tracks = list.into_tracks();
    let command = Command::Add { tracks, requester: visit.caller.user(), place: Place::End };
    match visit.change(&command).await?.outcome {
        Outcome::Added { count, left_out: None, .. } => {
            Ok(visit.say(&Message::PlaylistLoaded { count: count as u64, name: shown }))
        }
        Outcome::Added { count, left_out: Some(left_out), .. } => {
            let skipped = left_out.count as u64;
            Ok(visit.say(&Message::PlaylistLoadedSome { count: count as u64, name: shown, skipped }))
        }
        _ => Err(Refused::Unavailable),
    }
}

async fn list(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let headers = visit.read(visit.app.playlists.list(visit.guild()?).await)?;
    if headers.is_empty() {
        return Err(Refused::Because(Message::PlaylistsEmpty));
    }
    cards::playlists(visit, &headers)
}

async fn ask_to_delete(visit: &Visit<'_>, name: PlaylistName) -> Result<Answer, Refused> {
    let headers = visit.read(visit.app.playlists.list(visit.guild()?).await)?;
    let shown = Escaped::new(name.as_str());
    let found = headers.iter().find(|header| header.key() == name.key());
    let header = found.ok_or(Refused::Because(Message::PlaylistNotFound { name: shown.clone() }))?;
    check_owner(visit, header)?;
    let question = Message::PlaylistDeleteAsk { name: shown };
    cards::confirm(visit, &question, Action::PlaylistDelete(handle(header)), &Message::ButtonDelete)
}

/// The question was answered with yes.
pub(crate) async fn delete_confirmed(visit: &Visit<'_>, which: Handle) -> Result<Message, Refused> {
    let headers = visit.read(visit.app.playlists.list(visit.guild()?).await)?;
    let found = headers.into_iter().find(|header| handle(header) == which);
    let header = found.ok_or(Refused::ComponentExpired)?;
    check_owner(visit, &header)?;
    let shown = Escaped::new(header.name.as_str());
    let deleted = visit.app.playlists.delete(visit.guild()?, &header).await;
    deleted.map_err(|error| refused(visit, error, &shown))?;
    Ok(Message::PlaylistDeleted { name: shown })
}

fn check_owner(visit: &Visit<'_>, header: &PlaylistHeader) -> Result<(), Refused> {
    if header.owner == visit.caller.user() || visit.pass.holder.may(Permission::PlaylistManage) {
        return Ok(());
    }
    Err(Refused::Because(Message::PlaylistNotYours { name: Escaped::new(header.name.as_str()) }))
}

fn handle(header: &PlaylistHeader) -> Handle {
    Handle::of_name(&header.key())
}

fn refused(visit: &Visit<'_>, error: PlaylistError, name: &Escaped) -> Refused {
    match error {
        PlaylistError::NotFound => Refused::Because(Message::PlaylistNotFound { name: name.clone() }),
        PlaylistError::Exists => Refused::Because(Message::PlaylistExists { name: name.clone() }),
        PlaylistError::TooMany { max } => Refused::Because(Message::PlaylistTooMany { max: max as u64 }),
        PlaylistError::Store(error) => match visit.wrote::<()>(Err(error)) {
            Err(refused) => refused,
            Ok(()) => Refused::Unavailable,
        },
    }
}
