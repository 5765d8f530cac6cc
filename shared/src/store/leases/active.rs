//! The guilds that a shard has something to do for, so that the next worker finds them all (SPEC P6). A doorbell names
//! one guild and may be lost; this list is what the 15 s re-read goes through.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use super::fence::{FENCE, Fence};
use super::row::{corrupt, key};
use super::{Changed, Saved, changed};
use crate::domain::workers::ShardId;
use crate::ids::GuildId;
use crate::store::{Db, StoreError, Table};

const ADD: &str = "SET epoch = :epoch ADD active :guild";
const REMOVE: &str = "SET epoch = :epoch DELETE active :guild";

/// The lists of all shards. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ActiveGuilds {
    db: Db,
}

impl ActiveGuilds {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Every guild of the list.
    pub async fn all(&self, shard: ShardId) -> Result<BTreeSet<GuildId>, StoreError> {
        let item = self.db.get(Table::Leases, key("active", shard), "leases.active").await?;
        let Some(active) = item.and_then(|mut item| item.remove("active")) else {
            return Ok(BTreeSet::new());
        };
        let texts = active.as_ss().map_err(|_| corrupt("active"))?;
        texts.iter().map(|text| text.parse().map_err(|_| corrupt("active"))).collect()
    }

    /// Puts a guild on the list; once more changes nothing.
    pub async fn add(&self, shard: ShardId, guild: GuildId, fence: Fence) -> Result<Saved, StoreError> {
        self.change(shard, guild, fence, ADD).await
    }

    /// Takes it off.
    pub async fn remove(&self, shard: ShardId, guild: GuildId, fence: Fence) -> Result<Saved, StoreError> {
        self.change(shard, guild, fence, REMOVE).await
    }

    async fn change(
        &self,
        shard: ShardId,
        guild: GuildId,
        fence: Fence,
        expression: &'static str,
    ) -> Result<Saved, StoreError> {
        let update = self.db.client().update_item().table_name(self.db.table(Table::Leases));
        let update = update
            .set_key(Some(key("active", shard)))
            .update_expression(expression)
            .condition_expression(FENCE)
            .expression_attribute_values(":epoch", fence.value())
            .expression_attribute_values(":guild", AttributeValue::Ss(vec![guild.to_string()]));
        match changed("leases.active", update.send().await)? {
            Changed::Now(_) => Ok(Saved::Now),
            Changed::Refused(_) => Ok(Saved::Fenced),
        }
    }
}
