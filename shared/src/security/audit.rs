//! Rule: an administrative action is told as one typed event with one canonical encoding (SPEC T36).
//! Threat: two readings of the same bytes; an id or free text in a trail that nobody may ever edit.
//! Refusal: every field is length-prefixed, ids are pseudonyms, details are typed facts under constant names.
//!
//! # Encoding, `timmybot-audit-v1`
//!
//! An offline verifier needs this, the chain of [`super::audit_chain`], and SHA-256; nothing else.
//!
//! - `field(x)` = length of `x` in bytes as u32 big-endian, then `x`. Texts are UTF-8.
//! - `canonical(event)` = field(`timmybot-audit-v1`), field(event id, 16 bytes), field(admin), field(action),
//!   field(resource kind), field(resource id, or empty when there is none), field(source),
//!   milliseconds since 1970 as i64 big-endian, number of details as u32 big-endian, then for each detail in the
//!   byte order of its name: field(name), one type byte and the value: `b` and 0 or 1; `n` and i64 big-endian;
//!   `s` and field(text).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use uuid::{Builder, Uuid};

use super::fact::{Fact, Word};
use super::pseudonym::Pseudonym;

const DOMAIN: &[u8] = b"timmybot-audit-v1";

/// One administrative action. Holds no raw id and no free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    #[serde(serialize_with = "as_text")]
    pub(crate) event_id: Uuid,
    pub(crate) admin: Pseudonym,
    pub(crate) action: Word,
    pub(crate) resource: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_id: Option<Pseudonym>,
    pub(crate) source: Word,
    #[serde(rename = "timestamp")]
    pub(crate) at: Timestamp,
    pub(crate) details: BTreeMap<Word, Fact>,
}

impl AuditEvent {
    /// `admin` did `action` to a `resource` by way of `source` (`slash_command`, `api`, `console`, …) at `at`,
    /// kept to the millisecond. `random` makes the event's id, a UUID v7.
    pub fn new(
        admin: Pseudonym,
        action: &'static str,
        resource: &'static str,
        source: &'static str,
        at: Timestamp,
        random: [u8; 10],
    ) -> Self {
        let millis = at.as_millisecond();
        let event_id = Builder::from_unix_timestamp_millis(millis.unsigned_abs(), &random).into_uuid();
        Self {
            event_id,
            admin,
            action: action.into(),
            resource: resource.into(),
            resource_id: None,
            source: source.into(),
            at: Timestamp::from_millisecond(millis).unwrap_or(at),
            details: BTreeMap::new(),
        }
    }

    /// Which one of its kind the resource is.
    #[must_use]
    pub fn resource_id(self, id: Pseudonym) -> Self {
        Self { resource_id: Some(id), ..self }
    }

    /// One more typed detail under a constant name.
    #[must_use]
    pub fn detail(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.details.insert(name.into(), fact.into());
        self
    }

    /// The event's id, a UUID v7.
    pub const fn event_id(&self) -> Uuid {
        self.event_id
    }

    /// Who did it.
    pub const fn admin(&self) -> &Pseudonym {
        &self.admin
    }

    /// What was done.
    pub fn action(&self) -> &str {
        self.action.as_str()
    }

    /// What it was done to.
    pub fn resource(&self) -> &str {
        self.resource.as_str()
    }

    /// When, to the millisecond.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The bytes that are hashed; see the module's text.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        field(&mut out, DOMAIN);
        field(&mut out, self.event_id.as_bytes());
        field(&mut out, self.admin.as_str().as_bytes());
        field(&mut out, self.action.as_str().as_bytes());
        field(&mut out, self.resource.as_str().as_bytes());
        field(&mut out, self.resource_id.as_ref().map_or("", Pseudonym::as_str).as_bytes());
        field(&mut out, self.source.as_str().as_bytes());
        out.extend(self.at.as_millisecond().to_be_bytes());
        out.extend(length(self.details.len()));
        for (name, fact) in &self.details {
            field(&mut out, name.as_str().as_bytes());
            detail(&mut out, fact);
        }
        out
    }
}

fn detail(out: &mut Vec<u8>, fact: &Fact) {
    match fact {
        Fact::Flag(flag) => out.extend([b'b', u8::from(*flag)]),
        Fact::Number(number) => {
            out.push(b'n');
            out.extend(number.to_be_bytes());
        }
        Fact::Word(word) => text(out, word.as_str()),
        Fact::Who(who) => text(out, who.as_str()),
        Fact::Support(id) => text(out, id.as_str()),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b's');
    field(out, text.as_bytes());
}

pub(super) fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(length(bytes.len()));
    out.extend(bytes);
}

fn as_text<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// Nothing of ours comes near 4 GiB; a row holds at most 400 KB.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
