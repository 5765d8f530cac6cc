//! API keys, in `api-keys` (SPEC W5): one row each under the key's hash, so that a request costs one strongly consistent
//! read. A key is revoked by a mark, so that a list still says what became of it. Making and revoking are planned here and
//! written together with their audit row (SPEC T36).

use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::condition::held;
use super::in_transaction::InTransaction;
use super::item::{Item, from_item, is_live, number, text, to_item};
use super::{Db, StoreError, Table, cutoff};
use crate::domain::access::Tenant;
use crate::ids::{GuildId, UserId};
use crate::security::api_key::{KeyHash, KeyRole, KeyScope, USE_NOTED_EVERY};
use crate::security::permissions::Permission;

/// How many good keys a community has at most. They are counted in the index, which may lag a moment behind.
pub const KEYS_MAX: usize = 20;
/// The index over a community's keys.
const BY_TENANT: &str = "by-tenant";
/// How long a row outlives its key, so that a list still says what became of it.
const KEPT_S: i64 = 30 * 86_400;
const NEW: &str = "attribute_not_exists(#hash)";
const REVOKE: &str = "SET revoked_at = :now, revoked_by = :by";
const END: &str = "SET ends_at = :until, expires_at = :expires";
const OWN_AND_GOOD: &str = "tenant = :tenant AND attribute_not_exists(revoked_at)";
const NOTE_USE: &str = "SET used_at = :now";
const NOT_NOTED: &str = "attribute_exists(#hash) AND (attribute_not_exists(used_at) OR used_at <= :before)";

/// Whose keys they are: a community's, or the whole deployment's, which only operators make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTenant {
    /// One community.
    Guild(GuildId),
    /// Every community; a request names the one that it is about (SPEC W17).
    Deployment,
}

/// A key, without what opens anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// Its public name, which a list shows and a revocation says.
    pub id: String,
    /// Whose it is.
    pub tenant: KeyTenant,
    /// What its maker calls it. Untrusted.
    pub name: String,
    /// What it may, and until when.
    pub scope: KeyScope,
    /// Who made it, and when.
    pub made: (UserId, Timestamp),
    /// Which key it takes over from.
    pub replaces: Option<String>,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl StoredKey {
    /// Whether it opens anything at this time. Unknown, revoked and expired look the same from outside (SPEC W5).
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.scope.expires_at()
    }
}

#[derive(Serialize, Deserialize)]
struct Row {
    hash: String,
    tenant: String,
    id: String,
    name: String,
    role: KeyRole,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,
    made_by: UserId,
    made_at: Timestamp,
    ends_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    expires_at: i64,
}

impl KeyTenant {
    fn to_text(self) -> String {
        match self {
            Self::Guild(guild) => Tenant::Guild(guild).to_string(),
            Self::Deployment => "*".to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "*" { Some(Self::Deployment) } else { text.parse().ok().map(Self::Guild) }
    }
}

/// All keys. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiKeyStore {
    db: Db,
}

impl ApiKeyStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// What makes a key good. Refused if it is there already: 256 bits do not meet twice, so that was the same call.
    pub fn plan_new(&self, hash: &KeyHash, key: &StoredKey) -> Result<Change, StoreError> {
        let put = Put::builder()
            .set_item(Some(to_item(Table::ApiKeys, &row(hash, key))?))
            .condition_expression(NEW)
            .expression_attribute_names("#hash", "hash");
        Ok(Change::new([put.in_transaction(&self.db, Table::ApiKeys)?]))
    }

    /// The key of this hash, good or not. Strongly consistent reads: what was revoked a moment ago is.
    pub async fn find(&self, hash: &KeyHash) -> Result<Option<StoredKey>, StoreError> {
        let (item, cutoff) = tokio::join!(self.get(key_of(hash.as_str())), self.cutoff());
        let (item, cutoff) = (item?, cutoff?);
        let row = item.map(|item| from_item(Table::ApiKeys, "key", item)).transpose()?;
        row.map(|row| stored(ended(row, cutoff))).transpose()
    }

    /// Since when keys count.
    async fn cutoff(&self) -> Result<Option<Timestamp>, StoreError> {
        cutoff::of(Table::ApiKeys, self.get(cutoff::key(Table::ApiKeys)).await?.as_ref())
    }

    async fn get(&self, key: Item) -> Result<Option<Item>, StoreError> {
        self.db.get(Table::ApiKeys, key, "api_keys.find").await
    }

    /// A community's keys, the newest first. They may lag a moment behind.
    pub async fn list(&self, tenant: KeyTenant, now: Timestamp) -> Result<Vec<StoredKey>, StoreError> {
        let rows = self.rows(tenant).await?;
        rows.into_iter().filter(|row| is_live(row.expires_at, now)).map(stored).collect()
    }

    /// What ends a key, by its public name; `None`: this community has no such key. Refused if it was ended meanwhile.
    pub async fn plan_revocation(
        &self,
        tenant: KeyTenant,
        id: &str,
        by: UserId,
        now: Timestamp,
    ) -> Result<Option<Change>, StoreError> {
        let rows = self.rows(tenant).await?;
        let Some(row) = rows.into_iter().find(|row| row.id == id && row.revoked_at.is_none()) else {
            return Ok(None);
        };
        let update = Update::builder()
            .set_key(Some(key_of(&row.hash)))
            .update_expression(REVOKE)
            .condition_expression(OWN_AND_GOOD)
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":by", text(by.to_string()))
            .expression_attribute_values(":tenant", text(tenant.to_text()));
        Ok(Some(Change::new([update.in_transaction(&self.db, Table::ApiKeys)?])))
    }

    /// What lets a key go on until `until` and no longer, as when another takes over from it; `None`: this community has
    /// no such key that is good. Refused if it was ended meanwhile.
    pub async fn plan_end(
        &self,
        tenant: KeyTenant,
        id: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<(StoredKey, Change)>, StoreError> {
        let rows = self.rows(tenant).await?;
        let Some(row) = rows.into_iter().find(|row| row.id == id) else { return Ok(None) };
        let hash = row.hash.clone();
        let key = stored(row)?;
        if !key.is_good(now) {
            return Ok(None);
        }
        let until = until.min(key.scope.expires_at());
        let update = Update::builder()
            .set_key(Some(key_of(&hash)))
            .update_expression(END)
            .condition_expression(OWN_AND_GOOD)
            .expression_attribute_values(":until", text(until.to_string()))
            .expression_attribute_values(":expires", number(until.as_second().saturating_add(KEPT_S)))
            .expression_attribute_values(":tenant", text(tenant.to_text()));
        Ok(Some((key, Change::new([update.in_transaction(&self.db, Table::ApiKeys)?]))))
    }

    /// Writes down that a key is used, at most once in [`USE_NOTED_EVERY`]. `false`: it was noted before.
    pub async fn note_use(&self, hash: &KeyHash, now: Timestamp) -> Result<bool, StoreError> {
        let before = now.saturating_sub(USE_NOTED_EVERY).unwrap_or(now);
        let call = self.db.client().update_item().table_name(self.db.table(Table::ApiKeys));
        let sent = call
            .set_key(Some(key_of(hash.as_str())))
            .update_expression(NOTE_USE)
            .condition_expression(NOT_NOTED)
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":now", instant(now))
            .expression_attribute_values(":before", instant(before))
            .send()
            .await;
        Ok(held(sent, "api_keys.note_use")?.is_some())
    }

    /// Some twenty good ones, and those that ended in the last month: one page.
    async fn rows(&self, tenant: KeyTenant) -> Result<Vec<Row>, StoreError> {
        let call = self.db.client().query().table_name(self.db.table(Table::ApiKeys)).index_name(BY_TENANT);
        let call = call
            .key_condition_expression("tenant = :tenant")
            .expression_attribute_values(":tenant", text(tenant.to_text()))
            .scan_index_forward(false);
        let (sent, cutoff) = tokio::join!(call.send(), self.cutoff());
        let cutoff = cutoff?;
        let output = sent.map_err(|error| StoreError::unavailable("api_keys.list", &error))?;
        let items = output.items.unwrap_or_default().into_iter();
        items.map(|item| Ok(ended(from_item(Table::ApiKeys, "key", item)?, cutoff))).collect()
    }
}

/// To the second and always of one length: they are compared as texts.
fn instant(at: Timestamp) -> AttributeValue {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    text(whole.to_string())
}

/// What was made until the cutoff is as good as revoked by it (SPEC T33, L4).
fn ended(row: Row, cutoff: Option<Timestamp>) -> Row {
    let by_cutoff = cutoff.filter(|cutoff| row.made_at <= *cutoff);
    Row { revoked_at: row.revoked_at.or(by_cutoff), ..row }
}

fn row(hash: &KeyHash, key: &StoredKey) -> Row {
    let (made_by, made_at) = key.made;
    let ends_at = key.scope.expires_at();
    Row {
        hash: hash.as_str().to_owned(),
        tenant: key.tenant.to_text(),
        id: key.id.clone(),
        name: key.name.clone(),
        role: key.scope.role(),
        only: key.scope.only().iter().map(Permission::to_string).collect(),
        made_by,
        made_at,
        ends_at,
        replaces: key.replaces.clone(),
        used_at: None,
        revoked_at: None,
        expires_at: ends_at.as_second().saturating_add(KEPT_S),
    }
}

fn stored(row: Row) -> Result<StoredKey, StoreError> {
    let tenant = KeyTenant::parse(&row.tenant).ok_or_else(|| corrupt("a key belongs to nobody"))?;
    // What is no permission any more is dropped, but never so that the list would become empty and mean "everything".
    let only: Vec<Permission> = row.only.iter().filter_map(|name| name.parse().ok()).collect();
    if only.is_empty() != row.only.is_empty() {
        return Err(corrupt("a key's permissions are unknown"));
    }
    Ok(StoredKey {
        id: row.id,
        tenant,
        name: row.name,
        scope: KeyScope::stored(row.role, only, row.ends_at),
        made: (row.made_by, row.made_at),
        replaces: row.replaces,
        used_at: row.used_at,
        revoked_at: row.revoked_at,
    })
}

fn key_of(hash: &str) -> Item {
    Item::from([("hash".to_owned(), text(hash))])
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::ApiKeys.suffix(), what }
}

#[cfg(test)]
#[path = "api_keys_tests.rs"]
mod tests;
