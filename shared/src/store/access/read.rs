//! Reading what lets a guild in, and listing guilds by status.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::Timestamp;

use super::AccessStore;
use super::row::{self, ACCESS, BAN, Item, key, sortable, text};
use crate::domain::access::{GuildAccess, Status};
use crate::domain::containment::Level;
use crate::ids::GuildId;
use crate::security::access::GuildView;
use crate::store::{StoreError, Table, flags};

/// How many guilds a page lists.
const PAGE: i32 = 25;
/// Rounds for keys that the service left out of its answer, and how long the first wait is; each next one is double.
const ROUNDS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// Everything that decides whether a guild's command runs, from one consistent reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessView {
    /// The guild's approval and ban.
    pub guild: GuildView,
    /// The containment level.
    pub containment: Level,
}

/// A guild in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which guild.
    pub guild: GuildId,
    /// Where it stands.
    pub access: GuildAccess,
}

/// A part of a list, the longest unchanged guild first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most 25 guilds.
    pub guilds: Vec<Listed>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// A place in a list of one status: `<epoch milliseconds>-<guild id>` when typed. It grants nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    changed_at: Timestamp,
    guild: GuildId,
}

/// The text is no [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct CursorError;

impl AccessStore {
    /// What decides whether a guild's command runs. Any failure, also a row that does not read, means denied.
    pub async fn read(&self, guild: GuildId) -> Result<AccessView, StoreError> {
        let id = guild.to_string();
        let keys = [
            (Table::GuildAccess, key(&id, ACCESS)),
            (Table::GuildAccess, key(&id, BAN)),
            (Table::Flags, flags::key()),
        ];
        let [access, ban, flag] = self.batch(keys).await?;
        let access = access.as_ref().map(row::read).transpose()?.map(|state| state.access);
        let ban = ban.as_ref().map(row::read_ban).transpose()?;
        Ok(AccessView { guild: GuildView { guild, access, ban }, containment: flags::level(flag.as_ref())? })
    }

    /// The guilds of a status. The index lags behind by moments; decisions are made on the row itself.
    pub async fn list(&self, status: Status, from: Option<Cursor>) -> Result<Page, StoreError> {
        let query =
            self.db.client().query().table_name(self.db.table(Table::GuildAccess)).index_name("by-status");
        let page = query
            .key_condition_expression("#status = :status")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status.as_str()))
            .set_exclusive_start_key(from.map(|cursor| cursor.key(status)))
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| StoreError::unavailable("access.list", &error))?;
        let listed = |item| row::read(item).map(|state| Listed { guild: state.guild, access: state.access });
        let guilds = page.items().iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        let next = page.last_evaluated_key.and_then(|_| guilds.last().map(Cursor::after));
        Ok(Page { guilds, next })
    }

    /// Rows of this table, in the order of their keys.
    pub(super) async fn rows<const N: usize>(
        &self,
        keys: [Item; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.batch(keys.map(|key| (Table::GuildAccess, key))).await
    }

    /// Rows in the order of their keys, in one call, and again for what the service left out.
    async fn batch<const N: usize>(&self, keys: [(Table, Item); N]) -> Result<[Option<Item>; N], StoreError> {
        let keys = keys.map(|(table, key)| (self.db.table(table), key));
        let mut found = Vec::with_capacity(N);
        let mut wanted = request(&keys)?;
        let mut wait = FIRST_WAIT;
        for _ in 0..ROUNDS {
            let call = self.db.client().batch_get_item().set_request_items(Some(wanted));
            let answer = call.send().await.map_err(|error| StoreError::unavailable("access.read", &error))?;
            for (table, items) in answer.responses.unwrap_or_default() {
                found.extend(items.into_iter().map(|item| (table.clone(), item)));
            }
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(keys.map(|(table, key)| take(&mut found, &table, &key)));
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err(StoreError::Unavailable { operation: "access.read", code: "unprocessed".to_owned() })
    }
}

fn request(keys: &[(String, Item)]) -> Result<HashMap<String, KeysAndAttributes>, StoreError> {
    let mut tables: HashMap<String, Vec<Item>> = HashMap::new();
    for (table, key) in keys {
        tables.entry(table.clone()).or_default().push(key.clone());
    }
    let incomplete =
        |_| StoreError::Unavailable { operation: "access.read", code: "construction".to_owned() };
    let consistent = |keys| KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
    tables.into_iter().map(|(table, keys)| Ok((table, consistent(keys).map_err(incomplete)?))).collect()
}

/// The answer's order is not the question's.
fn take(found: &mut Vec<(String, Item)>, table: &str, key: &Item) -> Option<Item> {
    let is_it = |(of, item): &(String, Item)| {
        of == table && key.iter().all(|(name, value)| item.get(name) == Some(value))
    };
    found.iter().position(is_it).map(|at| found.swap_remove(at).1)
}

impl Cursor {
    fn after(listed: &Listed) -> Self {
        Self { changed_at: listed.access.changed_at(), guild: listed.guild }
    }

    fn key(self, status: Status) -> Item {
        let mut key = key(&self.guild.to_string(), ACCESS);
        key.insert("status".to_owned(), text(status.as_str()));
        key.insert("updated_at".to_owned(), text(sortable(self.changed_at)));
        key
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.changed_at.as_millisecond(), self.guild)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (at, guild) = text.split_once('-').ok_or(CursorError)?;
        let changed_at =
            at.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).ok_or(CursorError)?;
        Ok(Self { changed_at, guild: guild.parse().map_err(|_| CursorError)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_it_prints() {
        let cursor = Cursor {
            changed_at: Timestamp::from_millisecond(1_767_355_200_123).unwrap(),
            guild: GuildId::new(7),
        };
        assert_eq!(cursor.to_string(), "1767355200123-7");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "-", "1", "1-", "-7", "1-0", "x-7", "1-7-7", "99999999999999999-7"] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text}");
        }
    }
}
