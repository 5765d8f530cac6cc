//! Reading a queue: its order in one query, entries only where they are shown.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::Timestamp;

use super::QueueStore;
use super::rows::{QUEUE_PREFIX, assemble, entry_of, entry_sk, op_sk, outcome_of};
use crate::domain::queue::{Entry, EntryId, OpId, Outcome, QueueView};
use crate::ids::GuildId;
use crate::store::item::{Item, key, pause, text};
use crate::store::{StoreError, Table};

/// A query is no snapshot: while somebody writes, head and segments may be of different moments.
const READS: u32 = 8;
/// `BatchGetItem`'s own limit.
const KEYS_PER_CALL: usize = 100;

impl QueueStore {
    /// The queue as it is. A queue that nobody used for a day is empty.
    pub async fn view(&self, guild: GuildId, now: Timestamp) -> Result<QueueView, StoreError> {
        for attempt in 0..READS {
            if let Some(queue) = assemble(self.query(guild).await?, now, self.caps)? {
                return Ok(queue);
            }
            pause(self.rng, attempt).await;
        }
        Err(StoreError::Contended { operation: "queue.view" })
    }

    /// The entries with these ids. One that has expired is missing.
    pub async fn entries(
        &self,
        guild: GuildId,
        ids: &[EntryId],
        now: Timestamp,
    ) -> Result<HashMap<EntryId, Entry>, StoreError> {
        // The service refuses a key that is asked for twice.
        let unique: BTreeSet<EntryId> = ids.iter().copied().collect();
        let unique = Vec::from_iter(unique);
        let mut found = HashMap::with_capacity(unique.len());
        for ids in unique.chunks(KEYS_PER_CALL) {
            let keys: Vec<Item> = ids.iter().map(|id| key(guild, entry_sk(*id))).collect();
            for item in self.batch_get(keys).await? {
                if let Some(entry) = entry_of(item, now)? {
                    found.insert(entry.id, entry);
                }
            }
        }
        Ok(found)
    }

    /// Whether `op` was done, within the last hour.
    pub async fn has_done(&self, guild: GuildId, op: OpId) -> Result<bool, StoreError> {
        Ok(self.outcome(guild, op).await?.is_some())
    }

    /// What `op` did, if it did.
    pub(super) async fn outcome(&self, guild: GuildId, op: OpId) -> Result<Option<Outcome>, StoreError> {
        let item = self.db.get(Table::GuildQueues, key(guild, op_sk(op)), "queue.outcome").await?;
        item.map(outcome_of).transpose()
    }

    async fn query(&self, guild: GuildId) -> Result<Vec<Item>, StoreError> {
        let call = self.db.client().query().table_name(self.db.table(Table::GuildQueues));
        let pages = call
            .consistent_read(true)
            .key_condition_expression("guild = :guild AND begins_with(sk, :prefix)")
            .expression_attribute_values(":guild", text(guild.to_string()))
            .expression_attribute_values(":prefix", text(QUEUE_PREFIX))
            .into_paginator();
        let items = pages.items().send().collect::<Result<Vec<_>, _>>().await;
        items.map_err(|error| StoreError::unavailable("queue.view", &error))
    }

    async fn batch_get(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        const OPERATION: &str = "queue.entries";
        let table = self.db.table(Table::GuildQueues);
        let (mut keys, mut items) = (keys, Vec::new());
        for attempt in 0..READS {
            if keys.is_empty() {
                return Ok(items);
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|_| unfinished(OPERATION))?;
            let call = self.db.client().batch_get_item().request_items(table.clone(), wanted);
            let answer = call.send().await.map_err(|error| StoreError::unavailable(OPERATION, &error))?;
            items.extend(answer.responses.unwrap_or_default().remove(&table).unwrap_or_default());
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&table);
            keys = left.map(|left| left.keys).unwrap_or_default();
            if !keys.is_empty() {
                pause(self.rng, attempt).await;
            }
        }
        if keys.is_empty() { Ok(items) } else { Err(unfinished(OPERATION)) }
    }
}

/// The service took only a part of a batch, again and again.
pub(super) fn unfinished(operation: &'static str) -> StoreError {
    StoreError::Unavailable { operation, code: "unprocessed".to_owned() }
}
