//! A chain row as attributes.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{StoreError, Table};
use crate::security::audit::AuditEvent;
use crate::security::audit_chain::{ChainHash, ChainHead, ChainRow};
use crate::security::fact::{Fact, Word};

/// 400 days, a year and a month of slack, in seconds.
const KEPT_S: i64 = 400 * 24 * 60 * 60;

pub(super) const CORRUPT: StoreError =
    StoreError::Corrupt { table: Table::Audit.suffix(), what: "it does not read as a chain row" };
const CORRUPT_HEAD: StoreError =
    StoreError::Corrupt { table: Table::AuditHeads.suffix(), what: "it does not read as a chain head" };

#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    tenant: String,
    seq: u64,
    prev_hash: String,
    chain_hash: String,
    event_id: String,
    admin: String,
    action: String,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
    source: String,
    at_ms: i64,
    details: BTreeMap<String, Detail>,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Detail {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl Row {
    pub(super) fn from_item(item: HashMap<String, AttributeValue>) -> Result<Self, StoreError> {
        serde_dynamo::from_item(item).map_err(|_| CORRUPT)
    }

    pub(super) fn into_item(self) -> Result<HashMap<String, AttributeValue>, StoreError> {
        serde_dynamo::to_item(self).map_err(|_| CORRUPT)
    }

    /// TTL removes rows days late; a row past it is as good as gone.
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at > now.as_second()
    }
}

impl From<&ChainRow> for Row {
    fn from(row: &ChainRow) -> Self {
        let event = &row.event;
        Self {
            tenant: row.tenant.clone(),
            seq: row.seq,
            prev_hash: row.prev.to_hex(),
            chain_hash: row.hash.to_hex(),
            event_id: event.event_id.to_string(),
            admin: event.admin.to_string(),
            action: event.action.to_string(),
            resource: event.resource.to_string(),
            resource_id: event.resource_id.as_ref().map(ToString::to_string),
            source: event.source.to_string(),
            at_ms: event.at.as_millisecond(),
            details: event.details.iter().map(|(name, fact)| (name.to_string(), fact.into())).collect(),
            expires_at: event.at.as_second().saturating_add(KEPT_S),
        }
    }
}

impl TryFrom<Row> for ChainRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let hash = |text: &str| ChainHash::from_hex(text).ok_or(CORRUPT);
        let resource_id = row.resource_id.map(|text| text.parse().map_err(|_| CORRUPT)).transpose()?;
        let event = AuditEvent {
            event_id: row.event_id.parse().map_err(|_| CORRUPT)?,
            admin: row.admin.parse().map_err(|_| CORRUPT)?,
            action: Word::stored(row.action),
            resource: Word::stored(row.resource),
            resource_id,
            source: Word::stored(row.source),
            at: Timestamp::from_millisecond(row.at_ms).map_err(|_| CORRUPT)?,
            details: row
                .details
                .into_iter()
                .map(|(name, detail)| (Word::stored(name), detail.into()))
                .collect(),
        };
        let (prev, hash) = (hash(&row.prev_hash)?, hash(&row.chain_hash)?);
        Ok(Self { tenant: row.tenant, seq: row.seq, prev, hash, event })
    }
}

impl From<&Fact> for Detail {
    fn from(fact: &Fact) -> Self {
        match fact {
            Fact::Flag(flag) => Self::Flag(*flag),
            Fact::Number(number) => Self::Number(*number),
            Fact::Word(word) => Self::Text(word.to_string()),
            Fact::Who(who) => Self::Text(who.to_string()),
            Fact::Support(id) => Self::Text(id.to_string()),
        }
    }
}

/// The three kinds of text are hashed alike, so that reading one back as a word changes no hash.
impl From<Detail> for Fact {
    fn from(detail: Detail) -> Self {
        match detail {
            Detail::Flag(flag) => Self::Flag(flag),
            Detail::Number(number) => Self::Number(number),
            Detail::Text(text) => Self::Word(Word::stored(text)),
        }
    }
}

/// A head's item.
pub(super) fn head(item: &HashMap<String, AttributeValue>) -> Result<ChainHead, StoreError> {
    let seq = item.get("seq").and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
    let hash = item.get("chain_hash").and_then(|value| value.as_s().ok());
    let hash = hash.and_then(|text| ChainHash::from_hex(text));
    seq.zip(hash).map(|(seq, hash)| ChainHead { seq, hash }).ok_or(CORRUPT_HEAD)
}
