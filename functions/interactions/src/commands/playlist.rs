//! `/playlist`: a guild's saved lists of tracks.

use shared::discord::cards::Question;
use shared::discord::envelope::{CommandData, Options};
use shared::discord::escape::Escaped;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::playlist::{PLAYLIST_TRACKS_MAX, Playlist, PlaylistKey};
use shared::domain::playlist_address::PlaylistAddress;
use shared::domain::queue::{Command, EntryId, Outcome, Place, shuffle};
use shared::domain::track::Track;
use shared::security::custom_id::Handle;
use shared::security::input::PlaylistName;
use shared::security::permissions::Permission;
use shared::store::deferred::Purpose;
use shared::store::playlists::{PlaylistInfo, PlaylistStoreError};

use crate::cards;
use crate::commands::play::{self, Addition};
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let options = command.options();
    match command.subcommand() {
        Some("save") => save(visit, name(&options)?).await,
        Some("load") => load(visit, &options).await,
        Some("list") => list(visit, 0).await,
        Some("delete") => ask_to_delete(visit, name(&options)?).await,
        Some("import") => import(visit, &options).await,
        _ => Err(Refused::UnknownCommand),
    }
}

fn name(options: &Options<'_>) -> Result<PlaylistName, Refused> {
    options.string("name").map_err(Refused::Option)?.parse().map_err(Refused::PlaylistName)
}

fn shown(name: &PlaylistName) -> Escaped {
    Escaped::new(name.as_str())
}

/// What plays and what waits, in its order.
async fn save(visit: &Visit<'_>, name: PlaylistName) -> Result<Answer, Refused> {
    let queue = visit.queue()?;
    let current = queue.now().map(|now| now.slot.entry);
    let ids: Vec<EntryId> = current.into_iter().chain(queue.order().iter().map(|slot| slot.entry)).collect();
    if ids.is_empty() {
        return Err(Refused::Because(Message::PlaylistNothingToSave));
    }
    if ids.len() > PLAYLIST_TRACKS_MAX {
        return Err(Refused::Because(Message::PlaylistTooLong { max: PLAYLIST_TRACKS_MAX as u64 }));
    }
    let tracks: Vec<Track> = visit.entries(&ids).await?.into_iter().map(|entry| entry.track).collect();
    let (count, said) = (tracks.len() as u64, shown(&name));
    let list = Playlist::new(name, visit.caller.user(), tracks).map_err(|_| Refused::Unavailable)?;
    let saved = visit.app.playlists.save(visit.guild()?, &list, None, visit.now).await;
    saved.map_err(|error| match error {
        PlaylistStoreError::Changed => Refused::Because(Message::PlaylistExists { name: said.clone() }),
        PlaylistStoreError::TooMany { limit } => {
            Refused::Because(Message::PlaylistTooMany { max: limit.into() })
        }
        PlaylistStoreError::Store(error) => visit.failure(&error),
    })?;
    Ok(visit.say(&Message::PlaylistSaved { count, name: said }))
}

async fn load(visit: &Visit<'_>, options: &Options<'_>) -> Result<Answer, Refused> {
    let name = name(options)?;
    let said = shown(&name);
    let found = visit.read(visit.app.playlists.load(visit.guild()?, &name).await)?;
    let mut tracks =
        found.ok_or(Refused::Because(Message::PlaylistNotFound { name: said.clone() }))?.into_tracks();
    if options.optional_boolean("shuffle").map_err(Refused::Option)?.unwrap_or(false) {
        shuffle(&mut tracks, visit.app.rng.u64().map_err(|_| Refused::Unavailable)?);
    }
    let command = Command::Add { tracks, requester: visit.caller.user(), place: Place::End };
    let outcome = match play::add(visit, &command).await? {
        Addition::Awaited(answer) => return Ok(answer),
        Addition::Made(outcome) => outcome,
    };
    match outcome {
        Outcome::Added { count, left_out: None, .. } => {
            Ok(visit.say(&Message::PlaylistLoaded { count: count as u64, name: said }))
        }
        Outcome::Added { count, left_out: Some(left_out), .. } => {
            let skipped = left_out.count as u64;
            Ok(visit.say(&Message::PlaylistLoadedSome { count: count as u64, name: said, skipped }))
        }
        _ => Err(Refused::Unavailable),
    }
}

/// A playlist of theirs at another service. The oauth function has the tokens, and answers.
async fn import(visit: &Visit<'_>, options: &Options<'_>) -> Result<Answer, Refused> {
    let name = match options.optional_string("name").map_err(Refused::Option)? {
        Some(name) => Some(name.parse().map_err(Refused::PlaylistName)?),
        None => None,
    };
    let address = options.string("address").map_err(Refused::Option)?;
    let address = PlaylistAddress::parse(address).map_err(|_| Refused::Because(Message::ImportAddress))?;
    let accounts = visit.accounts()?;
    let provider = address.provider();
    if visit.links().await?.iter().all(|link| link.provider != provider || !link.can_be_used()) {
        return Err(Refused::Because(Message::ImportNotLinked { provider }));
    }
    let purpose = Purpose::Import { guild: visit.guild()?, address, name };
    accounts.ask(visit, purpose).await
}

/// A page of the guild's playlists, from 0.
pub(crate) async fn list(visit: &Visit<'_>, page: u32) -> Result<Answer, Refused> {
    let found = visit.read(visit.app.playlists.list(visit.guild()?).await)?;
    cards::playlists(visit, &found, page)
}

async fn ask_to_delete(visit: &Visit<'_>, name: PlaylistName) -> Result<Answer, Refused> {
    let found = visit.read(visit.app.playlists.find(visit.guild()?, &name).await)?;
    let missing = || Refused::Because(Message::PlaylistNotFound { name: shown(&name) });
    let info = found.ok_or_else(missing)?;
    check_owner(visit, &info)?;
    cards::confirm(visit, Question::DeletePlaylist(info.name.as_str(), handle(&info)))
}

/// The question was answered with yes.
pub(crate) async fn delete_confirmed(visit: &Visit<'_>, which: Handle) -> Result<Message, Refused> {
    let found = visit.read(visit.app.playlists.list(visit.guild()?).await)?;
    let info = found.into_iter().find(|info| handle(info) == which).ok_or(Refused::ComponentExpired)?;
    check_owner(visit, &info)?;
    let name = shown(&info.name);
    match visit.app.playlists.delete(visit.guild()?, &info).await {
        Ok(()) => Ok(Message::PlaylistDeleted { name }),
        Err(PlaylistStoreError::Store(error)) => Err(visit.failure(&error)),
        Err(PlaylistStoreError::Changed | PlaylistStoreError::TooMany { .. }) => Err(Refused::Busy),
    }
}

fn check_owner(visit: &Visit<'_>, info: &PlaylistInfo) -> Result<(), Refused> {
    if info.owner == visit.caller.user() || visit.pass.holder.may(Permission::PlaylistManage) {
        return Ok(());
    }
    Err(Refused::Because(Message::PlaylistNotYours { name: shown(&info.name) }))
}

fn handle(info: &PlaylistInfo) -> Handle {
    Handle::of_name(PlaylistKey::of(&info.name).as_str())
}
