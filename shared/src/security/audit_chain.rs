//! Rule: administrative actions form one hash chain per tenant (SPEC T36).
//! Threat: somebody with access to the table edits, removes, inserts or reorders rows after the fact.
//! Refusal: [`verify_chain`] names the first row that does not follow from the one before it. Cutting off the end
//! shows against the stored head ([`verify_to_head`]); rewriting everything shows against checkpoints outside.
//!
//! # Hash
//!
//! With `field` and `canonical` as [`super::audit`] defines them:
//!
//! - `hash(row)` = SHA-256(hash of the row before, field(tenant), sequence number as u64 big-endian,
//!   canonical(event)).
//! - The row before the first one has sequence number 0 and a hash of 32 zero bytes.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::audit::{AuditEvent, field};

/// A row's hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// The bytes as 64 hex digits.
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl core::fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The sequence number of the last row; 0 when there is none.
    pub seq: u64,
    /// The hash of the last row.
    pub hash: ChainHash,
}

impl ChainHead {
    /// The head of a chain without rows.
    pub const GENESIS: Self = Self { seq: 0, hash: ChainHash([0; 32]) };

    /// The row that follows with this event.
    pub fn append(self, tenant: &str, event: AuditEvent) -> ChainRow {
        let seq = self.seq.saturating_add(1);
        let hash = row_hash(self.hash, tenant, seq, &event);
        ChainRow { tenant: tenant.to_owned(), seq, prev: self.hash, hash, event }
    }
}

/// One row of a chain, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainRow {
    /// Whose chain.
    pub tenant: String,
    /// From 1, without gaps.
    pub seq: u64,
    /// The hash of the row before.
    pub prev: ChainHash,
    /// The hash of this row.
    pub hash: ChainHash,
    /// What happened.
    pub event: AuditEvent,
}

impl ChainRow {
    /// The head of a chain that ends here.
    pub const fn head(&self) -> ChainHead {
        ChainHead { seq: self.seq, hash: self.hash }
    }

    /// What it says that it follows.
    pub const fn before(&self) -> ChainHead {
        ChainHead { seq: self.seq.saturating_sub(1), hash: self.prev }
    }
}

/// Where and how a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A row of another tenant.
    #[error("row {seq} belongs to another tenant")]
    ForeignTenant {
        /// Its sequence number.
        seq: u64,
    },
    /// Rows are missing.
    #[error("rows {expected} to {found} (exclusive) are missing")]
    Gap {
        /// The number that should come next.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// A row comes twice or too late.
    #[error("row {found} stands where row {expected} should")]
    OutOfOrder {
        /// The number that should come next.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// A row does not follow from the one before it: either was edited or replaced.
    #[error("row {seq} does not follow from the row before")]
    Unlinked {
        /// Its sequence number.
        seq: u64,
    },
    /// A row's content does not give its hash: it was edited.
    #[error("row {seq} was edited")]
    Edited {
        /// Its sequence number.
        seq: u64,
    },
    /// The rows end before or beside the head that was stored.
    #[error("the chain ends at row {found}, its head is row {expected}")]
    HeadMismatch {
        /// The head's sequence number.
        expected: u64,
        /// The last row's.
        found: u64,
    },
}

/// Walks `tenant`'s rows in ascending order from just after `from`, and returns where they end.
pub fn verify_chain<'a>(
    tenant: &str,
    from: ChainHead,
    rows: impl IntoIterator<Item = &'a ChainRow>,
) -> Result<ChainHead, ChainFault> {
    rows.into_iter().try_fold(from, |head, row| follow(tenant, head, row))
}

/// [`verify_chain`], and the rows must end exactly at `head`: this finds a cut-off end.
pub fn verify_to_head<'a>(
    tenant: &str,
    from: ChainHead,
    rows: impl IntoIterator<Item = &'a ChainRow>,
    head: ChainHead,
) -> Result<(), ChainFault> {
    let end = verify_chain(tenant, from, rows)?;
    if end == head { Ok(()) } else { Err(ChainFault::HeadMismatch { expected: head.seq, found: end.seq }) }
}

fn follow(tenant: &str, head: ChainHead, row: &ChainRow) -> Result<ChainHead, ChainFault> {
    let (seq, expected) = (row.seq, head.seq.saturating_add(1));
    if row.tenant != tenant {
        return Err(ChainFault::ForeignTenant { seq });
    }
    if seq > expected {
        return Err(ChainFault::Gap { expected, found: seq });
    }
    if seq < expected {
        return Err(ChainFault::OutOfOrder { expected, found: seq });
    }
    if row.prev != head.hash {
        return Err(ChainFault::Unlinked { seq });
    }
    if row.hash != row_hash(head.hash, tenant, seq, &row.event) {
        return Err(ChainFault::Edited { seq });
    }
    Ok(row.head())
}

fn row_hash(prev: ChainHash, tenant: &str, seq: u64, event: &AuditEvent) -> ChainHash {
    let mut named = Vec::with_capacity(32);
    field(&mut named, tenant.as_bytes());
    let mut hasher = Sha256::new();
    hasher.update(prev.0);
    hasher.update(named);
    hasher.update(seq.to_be_bytes());
    hasher.update(event.canonical());
    ChainHash(hasher.finalize().into())
}

#[cfg(test)]
#[path = "audit_chain_tests.rs"]
mod tests;
