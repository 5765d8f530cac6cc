//! Keeping a queue that is in use. Rows live for a week unless renewed; a queue may play for longer than that.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::read::unfinished;
use super::rows::{HEAD, entry_sk, segment_sk};
use super::{QueueStore, after};
use crate::domain::queue::{ENTRY_TTL_S, QUEUE_TTL_S, QueueView};
use crate::ids::GuildId;
use crate::store::condition::held;
use crate::store::item::{key, number};
use crate::store::{StoreError, Table};

/// Renewals at a time.
const CALLS: usize = 32;
const OPERATION: &str = "queue.keep";

impl QueueStore {
    /// Says that the queue is in use now, without changing it. At most every few days this renews each row that the
    /// queue refers to: a worker's call, too long for an interaction.
    pub async fn keep(&self, guild: GuildId, now: Timestamp) -> Result<(), StoreError> {
        let queue = self.view(guild, now).await?;
        if queue.references().next().is_none() {
            return Ok(());
        }
        let mut fresh_until = queue.head().fresh_until;
        if fresh_until.saturating_sub(now.as_second()) < ENTRY_TTL_S / 2 {
            fresh_until = after(now, ENTRY_TTL_S);
            self.renew(guild, &queue, fresh_until).await?;
        }
        let head = self
            .update(guild, HEAD.to_owned(), after(now, QUEUE_TTL_S))
            .update_expression("SET expires_at = :until, fresh_until = :fresh")
            .condition_expression("attribute_exists(sk) AND expires_at > :now")
            .expression_attribute_values(":fresh", number(fresh_until))
            .expression_attribute_values(":now", number(now.as_second()));
        send(head).await
    }

    async fn renew(&self, guild: GuildId, queue: &QueueView, until: i64) -> Result<(), StoreError> {
        let segments = queue.order().directory().map(|listed| segment_sk(listed.id));
        let keys: Vec<String> = segments.chain(queue.references().map(entry_sk)).collect();
        for wave in keys.chunks(CALLS) {
            let mut calls = JoinSet::new();
            for sk in wave {
                let update =
                    self.update(guild, sk.clone(), until).update_expression("SET expires_at = :until");
                calls.spawn(send(update.condition_expression("attribute_exists(sk)")));
            }
            while let Some(done) = calls.join_next().await {
                done.map_err(|_| unfinished(OPERATION))??;
            }
        }
        Ok(())
    }

    fn update(&self, guild: GuildId, sk: String, until: i64) -> UpdateItemFluentBuilder {
        let call = self.db.client().update_item().table_name(self.db.table(Table::GuildQueues));
        call.set_key(Some(key(guild, sk))).expression_attribute_values(":until", number(until))
    }
}

/// A row that is gone meanwhile needs no renewal.
async fn send(update: UpdateItemFluentBuilder) -> Result<(), StoreError> {
    held(update.send().await, OPERATION).map(drop)
}
