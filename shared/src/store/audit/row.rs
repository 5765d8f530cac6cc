//! A chain row and a chain's head as attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::super::{StoreError, Table};
use crate::security::audit_chain::{ChainHash, ChainHead, ChainRow};
use crate::security::audit_record::{AuditRecord, NotARow};

pub(super) const CORRUPT: StoreError =
    StoreError::Corrupt { table: Table::Audit.suffix(), what: "it does not read as a chain row" };
const CORRUPT_HEAD: StoreError =
    StoreError::Corrupt { table: Table::AuditHeads.suffix(), what: "it does not read as a chain head" };

impl From<NotARow> for StoreError {
    fn from(_: NotARow) -> Self {
        CORRUPT
    }
}

pub(super) fn from_item(item: HashMap<String, AttributeValue>) -> Result<AuditRecord, StoreError> {
    serde_dynamo::from_item(item).map_err(|_| CORRUPT)
}

pub(super) fn to_item(row: &ChainRow) -> Result<HashMap<String, AttributeValue>, StoreError> {
    serde_dynamo::to_item(AuditRecord::from(row)).map_err(|_| CORRUPT)
}

/// A head's item.
pub(super) fn head(item: &HashMap<String, AttributeValue>) -> Result<ChainHead, StoreError> {
    let seq = item.get("seq").and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
    let hash = item.get("chain_hash").and_then(|value| value.as_s().ok());
    let hash = hash.and_then(|text| ChainHash::from_hex(text));
    seq.zip(hash).map(|(seq, hash)| ChainHead { seq, hash }).ok_or(CORRUPT_HEAD)
}
