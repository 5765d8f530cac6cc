//! Playlists of a guild in `playlists`: `p#{key}` says what it is, `t#{key}#{page}` hold its tracks, `c#` counts them.
//! Saving and deleting are one transaction each. Who may replace or delete is the caller's to decide, from the
//! [`PlaylistInfo`] that it then hands back: if the playlist changed since, nothing happens.

mod read;
mod rows;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use jiff::Timestamp;

use super::cancelled::{self, CONDITION, CONFLICT};
use super::in_transaction::InTransaction;
use super::item::{Item, key, number};
use super::{Db, StoreError, Table};
use crate::domain::playlist::{PLAYLISTS_MAX, Playlist, PlaylistKey};
use crate::ids::{GuildId, UserId};
use crate::security::input::PlaylistName;

const COUNTER: &str = "c#";
const NEW: &str = "attribute_not_exists(sk)";
const SAME_VERSION: &str = "version = :seen";
const BELOW_CAP: &str = "attribute_not_exists(playlists) OR playlists < :max";
const ADD: &str = "ADD playlists :one";

/// What a list of playlists says about one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistInfo {
    /// Its name as it was typed.
    pub name: PlaylistName,
    /// Who saved it.
    pub owner: UserId,
    /// How many tracks it has.
    pub tracks: usize,
    version: u64,
    pages: usize,
}

/// What a write has to find in its place.
#[derive(Clone, Copy)]
enum Seen {
    Whatever,
    Nothing,
    Version(u64),
}

impl Seen {
    fn condition(self) -> Option<String> {
        match self {
            Self::Whatever => None,
            Self::Nothing => Some(NEW.to_owned()),
            Self::Version(_) => Some(SAME_VERSION.to_owned()),
        }
    }

    fn values(self) -> Option<Item> {
        match self {
            Self::Version(version) => Some(Item::from([(":seen".to_owned(), number(version))])),
            Self::Whatever | Self::Nothing => None,
        }
    }
}

/// Why a playlist was not saved or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistStoreError {
    /// It was saved, replaced or deleted by somebody else meanwhile; a new name is taken by now. Look again.
    #[error("changed by somebody else meanwhile")]
    Changed,
    /// The guild has [`PLAYLISTS_MAX`] playlists.
    #[error("at most {limit} playlists")]
    TooMany {
        /// The limit.
        limit: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The playlists of all guilds.
#[derive(Clone, Debug)]
pub struct PlaylistStore {
    db: Db,
}

impl PlaylistStore {
    /// Playlists in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Saves a playlist: a new one, or in place of `replaced`, which was found under the same name.
    pub async fn save(
        &self,
        guild: GuildId,
        playlist: &Playlist,
        replaced: Option<&PlaylistInfo>,
        now: Timestamp,
    ) -> Result<(), PlaylistStoreError> {
        let key = PlaylistKey::of(playlist.name());
        let old = replaced.filter(|old| PlaylistKey::of(&old.name) == key);
        let version = next_version(old, now);
        let pages = rows::pages(guild, &key, playlist, version)?;
        let info = rows::header(guild, &key, playlist, version, pages.len())?;
        let surplus = pages.len()..old.map_or(0, |old| old.pages);
        let mut items = vec![self.put(info, old.map_or(Seen::Nothing, |old| Seen::Version(old.version)))?];
        if old.is_none() {
            items.push(self.count(guild, 1)?);
        }
        for page in pages {
            items.push(self.put(page, Seen::Whatever)?);
        }
        for page in surplus {
            items.push(self.delete_row(guild, rows::page_sk(&key, page), Seen::Whatever)?);
        }
        self.transact("playlists.save", items).await
    }

    /// Deletes the playlist that was found.
    pub async fn delete(&self, guild: GuildId, found: &PlaylistInfo) -> Result<(), PlaylistStoreError> {
        let key = PlaylistKey::of(&found.name);
        let mut items = vec![
            self.delete_row(guild, rows::header_sk(&key), Seen::Version(found.version))?,
            self.count(guild, -1)?,
        ];
        for page in 0..found.pages {
            items.push(self.delete_row(guild, rows::page_sk(&key, page), Seen::Whatever)?);
        }
        self.transact("playlists.delete", items).await
    }

    /// The playlist that a row is the header of, for who looks through the whole table; `None`: it is another row.
    pub fn found(item: &Item) -> Result<Option<(GuildId, PlaylistInfo)>, StoreError> {
        rows::header_of(item)
    }

    async fn transact(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<(), PlaylistStoreError> {
        let call = self.db.client().transact_write_items().set_transact_items(Some(items));
        call.send().await.map(|_| ()).map_err(|error| classify(operation, &error))
    }

    fn put(&self, item: Item, seen: Seen) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .set_item(Some(item))
            .set_condition_expression(seen.condition())
            .set_expression_attribute_values(seen.values());
        put.in_transaction(&self.db, Table::Playlists)
    }

    fn delete_row(&self, guild: GuildId, sk: String, seen: Seen) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .set_key(Some(key(guild, sk)))
            .set_condition_expression(seen.condition())
            .set_expression_attribute_values(seen.values());
        delete.in_transaction(&self.db, Table::Playlists)
    }

    fn count(&self, guild: GuildId, change: i32) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .set_key(Some(key(guild, COUNTER)))
            .update_expression(ADD)
            .expression_attribute_values(":one", number(change));
        let update = if change > 0 {
            update.condition_expression(BELOW_CAP).expression_attribute_values(":max", number(PLAYLISTS_MAX))
        } else {
            update
        };
        update.in_transaction(&self.db, Table::Playlists)
    }
}

/// Never the same for two playlists under one name, so that a stale find cannot delete a later one.
fn next_version(old: Option<&PlaylistInfo>, now: Timestamp) -> u64 {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    old.map_or(millis, |old| millis.max(old.version + 1))
}

/// The header is the first item of each transaction, the counter the second of a new playlist's.
fn classify(operation: &'static str, error: &SdkError<TransactWriteItemsError>) -> PlaylistStoreError {
    match cancelled::reasons(error).unwrap_or_default()[..] {
        [CONDITION, ..] => PlaylistStoreError::Changed,
        [_, CONDITION, ..] => PlaylistStoreError::TooMany { limit: PLAYLISTS_MAX },
        ref reasons if reasons.contains(&CONFLICT) => StoreError::Contended { operation }.into(),
        _ => StoreError::unavailable(operation, error).into(),
    }
}

#[cfg(test)]
#[path = "playlists/tests.rs"]
mod tests;
