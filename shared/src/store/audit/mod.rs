//! The audit chain (SPEC T36): a row and the head that names it are written in one transaction, together with what the
//! row is about, so that there is no fork, no gap, and no administrative change without its row.
//!
//! Rows are never updated or deleted by us; they leave 400 days later by TTL. The head stays.

mod carry_out;
mod retry;
mod row;
#[cfg(test)]
mod tests;

use core::fmt;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::cancelled::{self, CONDITION, CONFLICT, FINE};
use super::{Db, StoreError, Table};
use crate::clock::Rng;
use crate::security::audit::AuditEvent;
use crate::security::audit_chain::{ChainHash, ChainHead, ChainRow};
use crate::security::audit_record::AuditRecord;

pub use self::carry_out::CarryOutError;

const APPEND: &str = "audit.append";
const NEW_ROW: &str = "attribute_not_exists(tenant)";
const NEW_HEAD: &str = "attribute_not_exists(tenant)";
const SAME_HEAD: &str = "seq = :seen_seq AND chain_hash = :seen_hash";
const MOVE_HEAD: &str = "SET seq = :seq, chain_hash = :hash";
const CHAIN_AFTER: &str = "tenant = :tenant AND seq > :after";
const CHAIN_BEFORE: &str = "tenant = :tenant AND seq < :before";

/// Appends to, and reads, the audit chains. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AuditStore {
    db: Db,
}

/// Nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// One of the caller's own writes was refused by its condition; nothing of the transaction happened.
    #[error("the change's write {index} was refused by its condition")]
    Refused {
        /// Its place among the caller's writes, from 0.
        index: usize,
    },
    /// The table failed, or others kept moving the head.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuditStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Appends an event that stands alone. `rng` spreads the retries of those who race for the head.
    pub async fn append(
        &self,
        tenant: impl fmt::Display,
        event: AuditEvent,
        rng: Rng,
    ) -> Result<ChainHead, AppendError> {
        self.append_with(tenant, event, Vec::new(), rng).await
    }

    /// Appends an event in one transaction with what it is about: `items`, at most 98 conditional writes.
    ///
    /// Who loses the race for the head reads it again and retries, a bounded number of times; a refused item of the
    /// caller's ends it at once. After [`StoreError::Unavailable`] the transaction may or may not have happened.
    pub async fn append_with(
        &self,
        tenant: impl fmt::Display,
        event: AuditEvent,
        items: Vec<TransactWriteItem>,
        rng: Rng,
    ) -> Result<ChainHead, AppendError> {
        let tenant = tenant.to_string();
        for attempt in 0..retry::TRIES {
            retry::pause(attempt, rng).await;
            let seen = self.head(&tenant).await?;
            let row = seen.append(&tenant, event.clone());
            match self.write(seen, &row, &items).await? {
                Written::Done => return Ok(row.head()),
                Written::HeadMoved => {}
            }
        }
        Err(StoreError::Contended { operation: APPEND }.into())
    }

    /// Where the tenant's chain ends.
    pub async fn head(&self, tenant: impl fmt::Display) -> Result<ChainHead, StoreError> {
        let get =
            self.db.client().get_item().table_name(self.db.table(Table::AuditHeads)).consistent_read(true);
        let sent = get.key("tenant", text(tenant)).send().await;
        let output = sent.map_err(|error| StoreError::unavailable("audit.head", &error))?;
        output.item.map_or(Ok(ChainHead::GENESIS), |item| row::head(&item))
    }

    /// At most `count` of the newest rows before sequence number `before`, newest first.
    pub async fn latest(
        &self,
        tenant: impl fmt::Display,
        count: u16,
        before: Option<u64>,
        now: Timestamp,
    ) -> Result<Vec<ChainRow>, StoreError> {
        // Sequence numbers start at 1 and never come near the end of u64; DynamoDB's numbers hold both.
        let bound = (":before", before.unwrap_or(u64::MAX));
        let records = self.query(CHAIN_BEFORE, bound, tenant, (count, false)).await?;
        records.into_iter().filter(|row| row.is_alive(now)).map(|row| Ok(ChainRow::try_from(row)?)).collect()
    }

    /// At most `count` rows after sequence number `after`, oldest first, as they are written: what a verifier walks.
    /// Rows that are about to leave are in it, so that a page without rows is the end.
    pub async fn records(
        &self,
        tenant: impl fmt::Display,
        count: u16,
        after: u64,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        self.query(CHAIN_AFTER, (":after", after), tenant, (count, true)).await
    }

    /// Whose chains there are, and where each ends. Reads the whole table of heads: for exports, not for requests.
    pub async fn heads(&self) -> Result<Vec<(String, ChainHead)>, StoreError> {
        let mut heads = Vec::new();
        let scan = self.db.client().scan().table_name(self.db.table(Table::AuditHeads)).consistent_read(true);
        let mut pages = scan.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| StoreError::unavailable("audit.heads", &error))?;
            let tenant = item.get("tenant").and_then(|value| value.as_s().ok()).ok_or(row::CORRUPT)?;
            heads.push((tenant.clone(), row::head(&item)?));
        }
        heads.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(heads)
    }

    async fn query(
        &self,
        condition: &'static str,
        (name, bound): (&'static str, u64),
        tenant: impl fmt::Display,
        (count, ascending): (u16, bool),
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let query = self.db.client().query().table_name(self.db.table(Table::Audit)).consistent_read(true);
        let sent = query
            .key_condition_expression(condition)
            .expression_attribute_values(":tenant", text(tenant))
            .expression_attribute_values(name, number(bound))
            .scan_index_forward(ascending)
            .limit(i32::from(count.max(1)))
            .send()
            .await;
        let output = sent.map_err(|error| StoreError::unavailable("audit.query", &error))?;
        output.items.unwrap_or_default().into_iter().map(row::from_item).collect()
    }

    async fn write(
        &self,
        seen: ChainHead,
        row: &ChainRow,
        items: &[TransactWriteItem],
    ) -> Result<Written, AppendError> {
        let sent = self
            .db
            .client()
            .transact_write_items()
            .client_request_token(request_token(row))
            .set_transact_items(Some(items.to_vec()))
            .transact_items(self.put_row(row)?)
            .transact_items(self.move_head(seen, row)?)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Written::Done),
            Err(error) => judge(&error, items.len()),
        }
    }

    fn put_row(&self, row: &ChainRow) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(self.db.table(Table::Audit))
            .set_item(Some(row::to_item(row)?))
            .condition_expression(NEW_ROW)
            .build()
            .map_err(|_| row::CORRUPT)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn move_head(&self, seen: ChainHead, row: &ChainRow) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(self.db.table(Table::AuditHeads))
            .key("tenant", text(&row.tenant))
            .update_expression(MOVE_HEAD)
            .expression_attribute_values(":seq", number(row.seq))
            .expression_attribute_values(":hash", hash(row.hash));
        let update = match seen {
            ChainHead::GENESIS => update.condition_expression(NEW_HEAD),
            _ => update
                .condition_expression(SAME_HEAD)
                .expression_attribute_values(":seen_seq", number(seen.seq))
                .expression_attribute_values(":seen_hash", hash(seen.hash)),
        };
        Ok(TransactWriteItem::builder().update(update.build().map_err(|_| row::CORRUPT)?).build())
    }
}

enum Written {
    Done,
    HeadMoved,
}

/// The caller's items stand first, so that a reason's place below `callers` is the caller's own.
fn judge<R>(error: &SdkError<TransactWriteItemsError, R>, callers: usize) -> Result<Written, AppendError> {
    let unavailable = || AppendError::Store(StoreError::unavailable(APPEND, error));
    let Some(reasons) = cancelled::reasons(error) else { return Err(unavailable()) };
    if let Some(index) = reasons.iter().take(callers).position(|reason| *reason == CONDITION) {
        return Err(AppendError::Refused { index });
    }
    let raced = |reason: &&str| [CONDITION, CONFLICT].contains(reason);
    let fits = reasons.iter().all(|reason| *reason == FINE || raced(reason));
    if fits && reasons.iter().any(raced) { Ok(Written::HeadMoved) } else { Err(unavailable()) }
}

/// At most 36 characters. It follows from the row's hash, so the SDK's own retries of one attempt are one write, and
/// the next attempt, which has another row, is another.
fn request_token(row: &ChainRow) -> String {
    let digest = Sha256::digest(row.hash.to_hex());
    data_encoding::HEXLOWER.encode(&digest[..16])
}

fn text(text: impl fmt::Display) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn hash(hash: ChainHash) -> AttributeValue {
    AttributeValue::S(hash.to_hex())
}
