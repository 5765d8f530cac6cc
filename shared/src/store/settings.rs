//! A guild's settings: one row of `guild-state`, changed only by somebody who has seen its latest version.

use aws_sdk_dynamodb::types::Put;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::condition::held;
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, key, to_item};
use super::unchanged::{IfUnchanged, VERSION};
use super::{Db, StoreError, Table};
use crate::domain::settings::GuildSettings;
use crate::ids::GuildId;

const SK: &str = "settings";

/// Settings and the version under which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versioned {
    /// The settings; the defaults when there is no row.
    pub settings: GuildSettings,
    version: u64,
}

/// Why settings were not saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// Somebody else saved meanwhile. Nothing was written.
    #[error("changed by somebody else meanwhile")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Row {
    guild: String,
    sk: String,
    version: u64,
    settings: GuildSettings,
}

/// The settings of all guilds.
#[derive(Clone, Debug)]
pub struct SettingsStore {
    db: Db,
}

impl SettingsStore {
    /// Settings in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// A guild's settings.
    pub async fn load(&self, guild: GuildId) -> Result<Versioned, StoreError> {
        let item = self.db.get(Table::GuildState, key(guild, SK), "settings.load").await?;
        let Some(item) = item else { return Ok(Versioned::default()) };
        let row: Row = from_item(Table::GuildState, "settings", item)?;
        Ok(Versioned { settings: row.settings, version: row.version })
    }

    /// Saves `changed`, which was loaded and then changed; answers with its new version.
    pub async fn save(&self, guild: GuildId, changed: Versioned) -> Result<Versioned, SaveError> {
        let seen = changed.version;
        let (saved, item) = next(guild, changed)?;
        let call = self.db.client().put_item().table_name(self.db.table(Table::GuildState));
        let sent = call.set_item(Some(item)).if_unchanged(VERSION, seen).send().await;
        match held(sent, "settings.save")? {
            Some(_) => Ok(saved),
            None => Err(SaveError::Changed),
        }
    }

    /// What would save `changed`, to be written together with an audit row; answers with the version that it makes.
    pub fn plan(&self, guild: GuildId, changed: Versioned) -> Result<(Versioned, Change), StoreError> {
        let seen = changed.version;
        let (saved, item) = next(guild, changed)?;
        let put = Put::builder().set_item(Some(item)).if_unchanged(VERSION, seen);
        Ok((saved, Change::new([put.in_transaction(&self.db, Table::GuildState)?])))
    }
}

fn next(guild: GuildId, changed: Versioned) -> Result<(Versioned, Item), StoreError> {
    let saved = Versioned { settings: changed.settings, version: changed.version + 1 };
    let row = Row {
        guild: guild.to_string(),
        sk: SK.to_owned(),
        version: saved.version,
        settings: saved.settings.clone(),
    };
    let item = to_item(Table::GuildState, &row)?;
    Ok((saved, item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::settings::PerUser;
    use crate::store::item::number;
    use testkit::{Aws, Fault};

    const GUILD: GuildId = GuildId::new(1);

    fn store(aws: &Aws) -> SettingsStore {
        SettingsStore::new(Db::new(aws.dynamodb(), aws.prefix()))
    }

    #[tokio::test]
    async fn what_is_saved_is_loaded_by_its_guild_only() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let mut mine = store.load(GUILD).await.unwrap();
        assert_eq!(mine.settings, GuildSettings::default());
        mine.settings.per_user = PerUser::try_from(7).unwrap();
        mine.settings.blocked_artists.block("Guns N' Roses").unwrap();
        let saved = store.save(GUILD, mine).await.unwrap();
        assert_eq!(store.load(GUILD).await.unwrap(), saved);
        assert_eq!(store.load(GuildId::new(2)).await.unwrap(), Versioned::default());
        assert_eq!(store.save(GUILD, saved).await.unwrap().version, 2);
    }

    #[tokio::test]
    async fn of_two_who_saw_the_same_one_saves() {
        let aws = Aws::start().await;
        let store = store(&aws);
        let seen = store.load(GUILD).await.unwrap();
        let mut other = seen.clone();
        other.settings.announce = true;
        let first = store.save(GUILD, seen.clone()).await.unwrap();
        assert_eq!(store.save(GUILD, other).await, Err(SaveError::Changed));
        assert_eq!(store.save(GUILD, seen).await, Err(SaveError::Changed));
        assert_eq!(store.load(GUILD).await.unwrap(), first);
    }

    #[tokio::test]
    async fn a_planned_change_stands_under_the_same_condition() {
        use crate::store::Applied;
        let aws = Aws::start().await;
        let (store, db) = (store(&aws), Db::new(aws.dynamodb(), aws.prefix()));
        let mut seen = store.load(GUILD).await.unwrap();
        seen.settings.announce = true;
        let (_, late) = store.plan(GUILD, seen.clone()).unwrap();
        let (saved, change) = store.plan(GUILD, seen).unwrap();
        assert_eq!(change.apply(&db, "settings.plan").await, Ok(Applied::Done));
        assert_eq!(store.load(GUILD).await.unwrap(), saved);
        assert_eq!(late.apply(&db, "settings.plan").await, Ok(Applied::Conflict));
        let (again, change) = store.plan(GUILD, saved).unwrap();
        assert_eq!(change.apply(&db, "settings.plan").await, Ok(Applied::Done));
        assert_eq!((again.version, store.load(GUILD).await.unwrap()), (2, again.clone()));
    }

    #[tokio::test]
    async fn a_failure_is_not_a_default() {
        let aws = Aws::start().await;
        aws.fault(Fault::Status500);
        assert!(matches!(store(&aws).load(GUILD).await, Err(StoreError::Unavailable { .. })));
    }

    #[tokio::test]
    async fn a_row_out_of_range_is_corrupt_and_not_guessed() {
        let aws = Aws::start().await;
        let mut item = key(GUILD, SK);
        item.insert("version".to_owned(), number(1));
        let settings = [("per_user".to_owned(), number(1_000_000))].into();
        item.insert("settings".to_owned(), aws_sdk_dynamodb::types::AttributeValue::M(settings));
        let table = format!("{}-guild-state", aws.prefix());
        aws.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
        assert!(matches!(store(&aws).load(GUILD).await, Err(StoreError::Corrupt { .. })));
    }
}
