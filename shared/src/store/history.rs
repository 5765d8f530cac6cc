//! What a guild has heard lately. The order of it lies in the queue's head (its last 50), so that `previous` is part
//! of the same transaction as everything else; it is forgotten with the queue, a day after the last use.

use jiff::Timestamp;

use super::StoreError;
use super::queue::QueueStore;
use crate::domain::queue::{Entry, EntryId};
use crate::ids::GuildId;

impl QueueStore {
    /// Up to `limit` played entries, the latest first.
    pub async fn history(
        &self,
        guild: GuildId,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let queue = self.view(guild, now).await?;
        let ids: Vec<EntryId> = queue.history().take(limit).map(|slot| slot.entry).collect();
        let mut entries = self.entries(guild, &ids, now).await?;
        Ok(ids.iter().filter_map(|id| entries.remove(id)).collect())
    }
}
