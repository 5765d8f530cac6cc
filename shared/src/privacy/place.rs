//! Where something about somebody can lie.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

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

    /// Its name: what follows the prefix in the name of a table, a bucket, or a secret.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountLinks => "account-links",
            Self::ApiKeys => "api-keys",
            Self::Deferred => "deferred",
            Self::Exports => "exports",
            Self::Flags => "flags",
            Self::GuildAccess => "guild-access",
            Self::GuildQueues => "guild-queues",
            Self::GuildState => "guild-state",
            Self::Playlists => "playlists",
            Self::RateLimits => "rate-limits",
            Self::Replay => "replay",
            Self::Roles => "roles",
            Self::Sessions => "sessions",
            Self::Tombstones => "tombstones",
            Self::UserSecrets => "users",
        }
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
