//! Where something about somebody can lie.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::table::Table;

/// A store of ours that may hold something about somebody. The data map says what; a source of data-retention exports,
/// erases and expires it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Place {
    /// Table `account-links`.
    AccountLinks,
    /// Table `api-keys`.
    ApiKeys,
    /// Table `deferred`.
    Deferred,
    /// Bucket `exports`.
    Exports,
    /// Table `flags`.
    Flags,
    /// Table `guild-access`.
    GuildAccess,
    /// Table `guild-queues`.
    GuildQueues,
    /// Table `guild-state`.
    GuildState,
    /// Table `playlists`.
    Playlists,
    /// Table `rate-limits`.
    RateLimits,
    /// Table `replay`.
    Replay,
    /// Table `roles`.
    Roles,
    /// Table `sessions`.
    Sessions,
    /// Table `tombstones`.
    Tombstones,
    /// Secrets `users/…`.
    UserSecrets,
}

/// No place of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no store of that name holds anything about anybody")]
pub struct UnknownPlace;

impl Place {
    /// Every one, in the order of their names.
    pub const ALL: [Self; 15] = [
        Self::AccountLinks,
        Self::ApiKeys,
        Self::Deferred,
        Self::Exports,
        Self::Flags,
        Self::GuildAccess,
        Self::GuildQueues,
        Self::GuildState,
        Self::Playlists,
        Self::RateLimits,
        Self::Replay,
        Self::Roles,
        Self::Sessions,
        Self::Tombstones,
        Self::UserSecrets,
    ];

    /// The table that it is; `None`: it is none, and has no rows.
    pub const fn table(self) -> Option<Table> {
        match self.table_or_name() {
            Ok(table) => Some(table),
            Err(_) => None,
        }
    }

    /// Its name: what follows the prefix in the name of a table, a bucket, or a secret.
    pub const fn as_str(self) -> &'static str {
        match self.table_or_name() {
            Ok(table) => table.suffix(),
            Err(name) => name,
        }
    }

    const fn table_or_name(self) -> Result<Table, &'static str> {
        Ok(match self {
            Self::AccountLinks => Table::AccountLinks,
            Self::ApiKeys => Table::ApiKeys,
            Self::Deferred => Table::Deferred,
            Self::Flags => Table::Flags,
            Self::GuildAccess => Table::GuildAccess,
            Self::GuildQueues => Table::GuildQueues,
            Self::GuildState => Table::GuildState,
            Self::Playlists => Table::Playlists,
            Self::RateLimits => Table::RateLimits,
            Self::Replay => Table::Replay,
            Self::Roles => Table::Roles,
            Self::Sessions => Table::Sessions,
            Self::Tombstones => Table::Tombstones,
            Self::Exports => return Err("exports"),
            Self::UserSecrets => return Err("users"),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Place {
    type Err = UnknownPlace;

    fn from_str(text: &str) -> Result<Self, UnknownPlace> {
        Self::ALL.into_iter().find(|place| place.as_str() == text).ok_or(UnknownPlace)
    }
}

impl TryFrom<String> for Place {
    type Error = UnknownPlace;

    fn try_from(text: String) -> Result<Self, UnknownPlace> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_in_order() {
        for place in Place::ALL {
            assert_eq!(place.as_str().parse(), Ok(place));
        }
        assert!(Place::ALL.is_sorted_by_key(|place| place.as_str()) && Place::ALL.is_sorted());
        assert_eq!("audit".parse::<Place>(), Err(UnknownPlace));
    }
}
