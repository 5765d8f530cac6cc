//! A plan as one transaction, and what its failure means.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::bulk::INLINE_ENTRIES;
use super::rows::{RETIRED_TTL_S, entry_item, entry_sk, head_item, op_item, segment_item, segment_sk};
use super::{QueueStore, after};
use crate::domain::queue::{EntryId, OpId, Plan, Request};
use crate::ids::GuildId;
use crate::store::cancelled::{self, CONDITION, CONFLICT};
use crate::store::in_transaction::InTransaction;
use crate::store::item::{Item, key, number};
use crate::store::leases::Held;
use crate::store::{StoreError, Table};

/// `TransactWriteItems`' own limit.
const ITEMS_MAX: usize = 100;
const OPERATION: &str = "queue.apply";

const NOT_YET: &str = "attribute_not_exists(sk)";
const SAME_REV: &str = "rev = :rev";
const EXPIRE: &str = "SET expires_at = :until";

/// What became of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Commit {
    /// It took place.
    Done,
    /// It had taken place before, under the same `op`.
    AlreadyDone,
    /// It did not, and never will: the shard that it was done for is held by somebody else.
    Followed,
    /// It did not, since the queue was changed meanwhile.
    Conflict,
    /// Nobody knows.
    Doubtful(StoreError),
}

impl QueueStore {
    pub(super) async fn commit(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        plan: &Plan,
        held: Option<&Held>,
    ) -> Result<Commit, StoreError> {
        let items = self.transaction(guild, request, plan, held)?;
        let token = token(guild, request.op, plan.expected_rev());
        let call = self.db.client().transact_write_items().set_transact_items(Some(items));
        Ok(match call.client_request_token(token).send().await {
            Ok(_) => Commit::Done,
            Err(error) => classify(&error, held.is_some()),
        })
    }

    /// The operation's row first, then the shard: their places in the answer tell a repetition and a lost shard from a
    /// conflict.
    pub(super) fn transaction(
        &self,
        guild: GuildId,
        request: &Request<'_>,
        plan: &Plan,
        held: Option<&Held>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let now = request.now;
        let mut items =
            vec![self.put(op_item(guild, request.op, plan.outcome(), now)?, Some((NOT_YET, None)))?];
        if let Some(held) = held {
            items.push(held.still(&self.db)?);
        }
        items.push(self.put(head_item(guild, plan.after(), now)?, Some(rev_condition(plan)))?);
        for segment in plan.changed() {
            items.push(self.put(segment_item(guild, segment, now)?, None)?);
        }
        for id in plan.dropped() {
            items.push(self.delete(guild, *id)?);
        }
        if plan.created().len() <= INLINE_ENTRIES {
            for entry in plan.created() {
                items.push(self.put(entry_item(guild, entry, now)?, None)?);
            }
        }
        // What does not fit expires a little later by itself; nothing refers to it.
        let room = ITEMS_MAX.saturating_sub(items.len());
        for id in plan.retired().iter().take(room) {
            items.push(self.retire(guild, *id, after(now, RETIRED_TTL_S))?);
        }
        Ok(items)
    }

    fn put(
        &self,
        item: Item,
        condition: Option<(&'static str, Option<u64>)>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut put = Put::builder().set_item(Some(item));
        if let Some((expression, rev)) = condition {
            put = put.condition_expression(expression);
            if let Some(rev) = rev {
                put = put.expression_attribute_values(":rev", number(rev));
            }
        }
        put.in_transaction(&self.db, Table::GuildQueues)
    }

    fn delete(&self, guild: GuildId, segment: u32) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().set_key(Some(key(guild, segment_sk(segment))));
        delete.in_transaction(&self.db, Table::GuildQueues)
    }

    fn retire(&self, guild: GuildId, entry: EntryId, until: i64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .set_key(Some(key(guild, entry_sk(entry))))
            .update_expression(EXPIRE)
            .expression_attribute_values(":until", number(until));
        update.in_transaction(&self.db, Table::GuildQueues)
    }
}

/// At most 36 characters say: this change of this guild's queue, tried at this `rev`. The SDK's own retries share it.
fn token(guild: GuildId, op: OpId, rev: Option<u64>) -> String {
    let digest = Sha256::digest(format!("{guild}/{op}/{rev:?}"));
    HEXLOWER.encode(&digest[..16])
}

fn rev_condition(plan: &Plan) -> (&'static str, Option<u64>) {
    match plan.expected_rev() {
        Some(rev) => (SAME_REV, Some(rev)),
        None => (NOT_YET, None),
    }
}

fn classify(error: &SdkError<TransactWriteItemsError>, held: bool) -> Commit {
    let doubtful = || Commit::Doubtful(StoreError::unavailable(OPERATION, error));
    if let Some(reasons) = cancelled::reasons(error) {
        return match reasons[..] {
            [CONDITION, ..] => Commit::AlreadyDone,
            [_, CONDITION, ..] if held => Commit::Followed,
            _ if reasons.contains(&CONDITION) || reasons.contains(&CONFLICT) => Commit::Conflict,
            _ => doubtful(),
        };
    }
    let Some(error) = error.as_service_error() else { return doubtful() };
    match error {
        // The same token with another content: it was done before at this very `rev`; the next try sees it.
        TransactWriteItemsError::TransactionInProgressException(_)
        | TransactWriteItemsError::IdempotentParameterMismatchException(_) => Commit::Conflict,
        _ => doubtful(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_guild_one_operation_and_one_rev() {
        let (guild, op) = (GuildId::new(1), OpId::RunEnded(2));
        let one = token(guild, op, Some(3));
        assert_eq!((one.len(), &one), (32, &token(guild, op, Some(3))));
        assert_ne!(one, token(GuildId::new(2), op, Some(3)));
        assert_ne!(one, token(guild, OpId::RunEnded(3), Some(3)));
        assert_ne!(one, token(guild, op, Some(4)));
        assert_ne!(one, token(guild, op, None));
    }
}
