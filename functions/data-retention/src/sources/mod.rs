//! Where something about somebody can lie, one source a place (SPEC T30): what a row has to do with somebody, and how it is
//! made to have nothing to do with them. A place without a source does not compile.
//!
//! Rows are looked at as they are, not as their stores read them: what a store hides, such as a row that is over and that
//! nobody has removed yet, is somebody's data all the same.

mod account_links;
mod api_keys;
mod deferred;
mod exports;
mod flags;
mod guild_access;
mod guild_queues;
mod guild_state;
mod playlists;
mod rate_limits;
mod replay;
mod roles;
mod row;
mod sessions;
mod tombstones;
mod user_secrets;

use jiff::Timestamp;
use shared::privacy::{DataSubject, Place};
use shared::store::walk::Changed;
use shared::store::{Item, StoreError, Table};
use shared::vault::VaultError;

use crate::app::App;

/// How often a row is looked at anew that somebody else changes at the same moment.
const TRIES: u32 = 8;

/// What a row has to do with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mention {
    /// Nothing.
    None,
    /// It is theirs.
    Own,
    /// It is somebody else's, and names them.
    Named,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
enum Forgotten {
    /// It has nothing to do with them any more.
    Now,
    /// It is kept as it is, for a reason that its source gives, and leaves by itself.
    Stays,
    /// Somebody else was faster: it is gone, or says nothing of them.
    Before,
    /// It has become another meanwhile, this one.
    Other(Item),
}

/// Why something could not be erased. It may be tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotForgotten {
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secrets failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The bucket failed.
    #[error(transparent)]
    Exports(#[from] shared::exports::ExportsError),
}

impl NotForgotten {
    /// What may be logged.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Exports(error) => error.code(),
        }
    }
}

impl From<Changed> for Forgotten {
    fn from(changed: Changed) -> Self {
        match changed {
            Changed::Now => Self::Now,
            Changed::Gone => Self::Before,
            Changed::Other(item) => Self::Other(item),
        }
    }
}

/// What a row of this place has to do with somebody.
pub(crate) fn mention(place: Place, item: &Item, subject: DataSubject) -> Mention {
    match place {
        Place::AccountLinks => account_links::mention(item, subject),
        Place::ApiKeys => api_keys::mention(item, subject),
        Place::Deferred => deferred::mention(item, subject),
        Place::Flags => flags::mention(item, subject),
        Place::GuildAccess => guild_access::mention(item, subject),
        Place::GuildQueues => guild_queues::mention(item, subject),
        Place::GuildState => guild_state::mention(item, subject),
        Place::Playlists => playlists::mention(item, subject),
        Place::RateLimits => rate_limits::mention(item, subject),
        Place::Replay => replay::mention(item, subject),
        Place::Roles => roles::mention(item, subject),
        Place::Sessions => sessions::mention(item, subject),
        Place::Tombstones => tombstones::mention(item, subject),
        // They have no rows.
        Place::Exports | Place::UserSecrets => Mention::None,
    }
}

/// Makes a row have nothing to do with somebody: what is theirs is deleted, from what is not their name is taken. `false`:
/// it had nothing to do with them, or stays. Doing it again does nothing.
pub(crate) async fn forget(
    app: &App,
    place: Place,
    item: &Item,
    subject: DataSubject,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut other = None;
    for _ in 0..TRIES {
        let seen = other.as_ref().unwrap_or(item);
        if mention(place, seen, subject) == Mention::None {
            return Ok(false);
        }
        match once(app, place, seen, subject, now).await? {
            Forgotten::Now => return Ok(true),
            Forgotten::Stays | Forgotten::Before => return Ok(false),
            Forgotten::Other(item) => other = Some(item),
        }
    }
    Err(StoreError::Contended { operation: "erase.row" })
}

async fn once(
    app: &App,
    place: Place,
    item: &Item,
    subject: DataSubject,
    now: Timestamp,
) -> Result<Forgotten, StoreError> {
    match place {
        Place::AccountLinks => account_links::forget(app, item, subject).await,
        Place::ApiKeys => api_keys::forget(app, item, subject).await,
        Place::Flags => flags::forget(app, item, subject).await,
        Place::GuildAccess => guild_access::forget(app, item, subject).await,
        Place::GuildQueues => guild_queues::forget(app, item, subject, now).await,
        Place::GuildState => guild_state::forget(app, item, subject).await,
        Place::Playlists => playlists::forget(app, item, subject).await,
        Place::Replay => replay::forget(app, item, now).await,
        Place::Roles => roles::forget(app, item, subject).await,
        Place::Sessions => sessions::forget(app, item, now).await,
        Place::Deferred => delete(app, Table::Deferred, item).await,
        Place::RateLimits => delete(app, Table::RateLimits, item).await,
        Place::Tombstones | Place::Exports | Place::UserSecrets => Ok(Forgotten::Stays),
    }
}

/// Erases what somebody has in a place without rows; says how many there were.
pub(crate) async fn forget_whole(
    app: &App,
    place: Place,
    subject: DataSubject,
    now: Timestamp,
) -> Result<u64, NotForgotten> {
    match place {
        Place::Exports => exports::forget(app, subject, now).await,
        Place::UserSecrets => user_secrets::forget(app, subject).await,
        _ => Ok(0),
    }
}

/// Deletes a row that is nobody's but theirs, whatever it has become.
async fn delete(app: &App, table: Table, item: &Item) -> Result<Forgotten, StoreError> {
    Ok(if app.walk.delete(table, item).await? { Forgotten::Now } else { Forgotten::Before })
}

/// A guild's row: its partition is the guild's id.
fn is_of_guild(item: &Item, attribute: &str, subject: DataSubject) -> bool {
    subject.guild().is_some_and(|guild| row::is(item, attribute, guild))
}

/// [`Mention::Own`] if so.
const fn own_if(theirs: bool) -> Mention {
    if theirs { Mention::Own } else { Mention::None }
}

#[cfg(test)]
mod tests;
