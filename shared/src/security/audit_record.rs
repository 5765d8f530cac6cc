//! Rule: a row of the audit chain has one form outside of this process: as attributes of the table, and as a line of an
//! export (SPEC T36).
//! Threat: an export that reads back as something else than what was hashed.
//! Refusal: what does not read as a row is none; nothing in it is guessed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::audit::AuditEvent;
use super::audit_chain::{ChainHash, ChainHead, ChainRow};
use super::fact::{Fact, Word};

/// How long a row is kept, in days: a year and a month of slack.
pub const KEPT_DAYS: i64 = 400;
/// The same in seconds.
const KEPT_S: i64 = KEPT_DAYS * 24 * 60 * 60;

/// It does not read as a row of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not read as a row of an audit chain")]
pub struct NotARow;

/// A row as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditRecord {
    tenant: String,
    seq: u64,
    prev_hash: String,
    chain_hash: String,
    event_id: String,
    admin: String,
    action: String,
    resource: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
    source: String,
    at_ms: i64,
    details: BTreeMap<String, Detail>,
    expires_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Detail {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl AuditRecord {
    /// Its place in the chain.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// What stands before it in the chain; `None`: what it says of that reads as nothing.
    pub fn before(&self) -> Option<ChainHead> {
        Some(ChainHead { seq: self.seq.checked_sub(1)?, hash: ChainHash::from_hex(&self.prev_hash)? })
    }

    /// TTL removes rows days late; a row past it is as good as gone.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at > now.as_second()
    }
}

impl From<&ChainRow> for AuditRecord {
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

impl TryFrom<AuditRecord> for ChainRow {
    type Error = NotARow;

    fn try_from(row: AuditRecord) -> Result<Self, NotARow> {
        let hash = |text: &str| ChainHash::from_hex(text).ok_or(NotARow);
        let resource_id = row.resource_id.map(|text| text.parse().map_err(|_| NotARow)).transpose()?;
        let event = AuditEvent {
            event_id: event_id(&row.event_id).ok_or(NotARow)?,
            admin: row.admin.parse().map_err(|_| NotARow)?,
            action: Word::stored(row.action),
            resource: Word::stored(row.resource),
            resource_id,
            source: Word::stored(row.source),
            at: Timestamp::from_millisecond(row.at_ms).map_err(|_| NotARow)?,
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

/// An id has one spelling: its text is no part of the hash, so another one would be a change that nobody sees.
fn event_id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;
    use crate::security::pseudonym::Pseudonyms;
    use crate::security::secret::Secret;

    fn row() -> ChainRow {
        let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
        let at = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let event =
            AuditEvent::new(names.admin(UserId::new(42)), "approve", "guild-access", "api", at, [1; 10])
                .resource_id(names.user(UserId::new(43)))
                .detail("number", -7_i64)
                .detail("forced", true)
                .detail("before", "pending")
                .detail("requester", names.user(UserId::new(44)));
        ChainHead::GENESIS.append("7", event)
    }

    #[test]
    fn what_was_written_reads_back_with_the_same_hash() {
        let record = AuditRecord::from(&row());
        let text = serde_json::to_string(&record).unwrap();
        let again: AuditRecord = serde_json::from_str(&text).unwrap();
        let read = ChainRow::try_from(again).unwrap();
        let end = crate::security::audit_chain::verify_chain("7", ChainHead::GENESIS, [&read]);
        assert_eq!(end, Ok(row().head()));
        assert!(record.is_alive(row().event.at()) && record.seq() == 1);
    }

    #[test]
    fn what_is_no_row_is_refused() {
        let record = serde_json::to_value(AuditRecord::from(&row())).unwrap();
        for (field, value) in [
            ("prev_hash", "zz".into()),
            ("chain_hash", serde_json::json!("A".repeat(64))),
            ("event_id", "1".into()),
            ("event_id", record["event_id"].as_str().unwrap().to_uppercase().into()),
            ("event_id", record["event_id"].as_str().unwrap().replace('-', "").into()),
            ("admin", "ada@example.org".into()),
            ("resource_id", "42".into()),
            ("at_ms", i64::MAX.into()),
        ] {
            let mut changed = record.clone();
            changed[field] = value;
            let read: AuditRecord = serde_json::from_value(changed).unwrap();
            assert_eq!(ChainRow::try_from(read).err(), Some(NotARow), "{field}");
        }
    }
}
