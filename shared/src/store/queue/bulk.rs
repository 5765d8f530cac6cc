//! Many entries at once: their rows are written in batches beforehand. Nothing refers to them until the transaction
//! does, a second time writes the same again, and what is never referred to expires.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::QueueStore;
use super::read::unfinished;
use super::rows::entry_item;
use crate::domain::queue::{Entry, EntryId, Plan};
use crate::ids::GuildId;
use crate::store::item::pause;
use crate::store::{StoreError, Table};

/// Up to so many entries travel in the transaction itself.
pub(super) const INLINE_ENTRIES: usize = 25;
/// `BatchWriteItem`'s own limit.
const ROWS_PER_CALL: usize = 25;
/// Calls at a time.
const CALLS: usize = 8;
const TRIES: u32 = 8;
const OPERATION: &str = "queue.bulk";

/// Entries that are written already.
#[derive(Default)]
pub(super) struct Prepared(HashSet<EntryId>);

impl QueueStore {
    /// Writes the entries that do not fit into the plan's transaction.
    pub(super) async fn prepare(
        &self,
        guild: GuildId,
        plan: &Plan,
        prepared: &mut Prepared,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if plan.created().len() <= INLINE_ENTRIES {
            return Ok(());
        }
        let missing: Vec<&Entry> =
            plan.created().iter().filter(|entry| !prepared.0.contains(&entry.id)).collect();
        for wave in missing.chunks(ROWS_PER_CALL * CALLS) {
            let mut calls = JoinSet::new();
            for chunk in wave.chunks(ROWS_PER_CALL) {
                let rows = chunk.iter().map(|entry| put(guild, entry, now)).collect::<Result<Vec<_>, _>>()?;
                calls.spawn(self.clone().batch_write(rows));
            }
            while let Some(done) = calls.join_next().await {
                done.map_err(|_| unfinished(OPERATION))??;
            }
            prepared.0.extend(wave.iter().map(|entry| entry.id));
        }
        Ok(())
    }

    async fn batch_write(self, rows: Vec<WriteRequest>) -> Result<(), StoreError> {
        let table = self.db.table(Table::GuildQueues);
        let mut rows = rows;
        for attempt in 0..TRIES {
            let call = self.db.client().batch_write_item().request_items(table.clone(), rows);
            let answer = call.send().await.map_err(|error| StoreError::unavailable(OPERATION, &error))?;
            rows = answer.unprocessed_items.unwrap_or_default().remove(&table).unwrap_or_default();
            if rows.is_empty() {
                return Ok(());
            }
            pause(self.rng, attempt).await;
        }
        Err(unfinished(OPERATION))
    }
}

fn put(guild: GuildId, entry: &Entry, now: Timestamp) -> Result<WriteRequest, StoreError> {
    let put = PutRequest::builder().set_item(Some(entry_item(guild, entry, now)?)).build();
    let put = put.map_err(|_| unfinished(OPERATION))?;
    Ok(WriteRequest::builder().put_request(put).build())
}
