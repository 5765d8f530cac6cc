//! Where something was: what summaries count by.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use shared::privacy::Place;
use shared::store::Table;

/// A store that the night looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Store {
    /// A table.
    Table(Table),
    /// Users' secrets.
    Users,
    /// Log groups.
    Logs,
}

/// No store of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no store of that name")]
pub struct UnknownStore;

impl Store {
    /// Its name: what follows the prefix in that of a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table(table) => table.suffix(),
            Self::Users => Place::UserSecrets.as_str(),
            Self::Logs => "logs",
        }
    }
}

impl PartialOrd for Store {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Store {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Store {
    type Err = UnknownStore;

    fn from_str(text: &str) -> Result<Self, UnknownStore> {
        let all = Table::ALL.into_iter().map(Self::Table).chain([Self::Users, Self::Logs]);
        all.into_iter().find(|store| store.as_str() == text).ok_or(UnknownStore)
    }
}

impl TryFrom<String> for Store {
    type Error = UnknownStore;

    fn try_from(text: String) -> Result<Self, UnknownStore> {
        text.parse()
    }
}

impl From<Store> for String {
    fn from(store: Store) -> Self {
        store.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for store in Table::ALL.map(Store::Table).into_iter().chain([Store::Users, Store::Logs]) {
            let written = serde_json::to_value(store).unwrap();
            assert_eq!(written, store.to_string());
            assert_eq!(serde_json::from_value::<Store>(written).unwrap(), store);
        }
        assert_eq!("attic".parse::<Store>(), Err(UnknownStore));
    }
}
