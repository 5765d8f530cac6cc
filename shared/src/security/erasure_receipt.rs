//! Rule: who had their data erased gets a receipt that anybody can check without us, and that says nothing of who they are
//! (SPEC T30).
//! Threat: a receipt for what was not erased; one whose numbers were changed; one that is somebody's name in disguise.
//! Refusal: a signed note ([`super::signed_note`]) of one strict form, under a key that its reader chose. Its first line is
//! no key's origin, so that nothing else that we sign can be taken for one, nor it for anything else.
//!
//! # Form
//!
//! A first line [`FORM`], then, each once and in this order: `request <32 hex digits>`, `subject user` or `subject guild`,
//! `asked <RFC 3339>`, `erased <RFC 3339>`, to the second; a line `store <name> <rows>` for each [`Place`] in the order of
//! their names, zeros too; a line `revoked <provider> done` or `… failed` for each service that was told, in the order of
//! the providers; a line `kept audit <days>` for the audit rows, which hold pseudonyms and leave by themselves; and
//! `backups <days>`, for how long a backup can still hold what was erased. Whoever restores one erases it again.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::audit_record::KEPT_DAYS;
use super::signed_note::{BadNote, NoteKey, SignedNote};
use crate::domain::accounts::Provider;
use crate::messages::PrivacyRequestId;
use crate::privacy::{BACKUP_DAYS, Place, Revocation, SubjectKind};

/// The first line.
pub const FORM: &str = "timmybot-erasure-receipt-v1";

/// What was erased where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// Which request.
    pub request: PrivacyRequestId,
    /// Whether it was about a person or a community.
    pub subject: SubjectKind,
    /// When it was asked for, to the second.
    pub asked_at: Timestamp,
    /// When it was sure, to the second.
    pub erased_at: Timestamp,
    /// At least so many rows, objects or secrets, at each place.
    pub counts: BTreeMap<Place, u64>,
    /// What services were told.
    pub revocations: BTreeMap<Provider, Revocation>,
}

/// Why a receipt is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// It is no note, or not under a key of the reader's.
    #[error(transparent)]
    Note(#[from] BadNote),
    /// What was signed is no receipt.
    #[error("what was signed is no receipt of an erasure")]
    Form,
}

impl ErasureReceipt {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(1024);
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> core::fmt::Result {
        writeln!(text, "{FORM}")?;
        writeln!(text, "request {}", self.request)?;
        writeln!(text, "subject {}", self.subject.as_str())?;
        writeln!(text, "asked {}", whole(self.asked_at))?;
        writeln!(text, "erased {}", whole(self.erased_at))?;
        for place in Place::ALL {
            writeln!(text, "store {place} {}", self.counts.get(&place).unwrap_or(&0))?;
        }
        for (provider, revocation) in &self.revocations {
            writeln!(text, "revoked {provider} {}", revocation.as_str())?;
        }
        writeln!(text, "kept audit {KEPT_DAYS}")?;
        writeln!(text, "backups {BACKUP_DAYS}")
    }

    /// Reads a note that a key among `keys` has signed. There is no other way to read one.
    pub fn open(note: &str, keys: &[NoteKey]) -> Result<Self, BadReceipt> {
        let note: SignedNote = note.parse()?;
        note.verify(keys)?;
        Self::parse(note.unverified_text()).ok_or(BadReceipt::Form)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().peekable();
        (lines.next()? == FORM).then_some(())?;
        let request = lines.next()?.strip_prefix("request ")?.parse().ok()?;
        let subject = lines.next()?.strip_prefix("subject ")?.parse().ok()?;
        let asked_at = lines.next()?.strip_prefix("asked ")?.parse().ok()?;
        let erased_at = lines.next()?.strip_prefix("erased ")?.parse().ok()?;
        let mut counts = BTreeMap::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("store ")) {
            let (place, count) = line.strip_prefix("store ")?.split_once(' ')?;
            counts.insert(place.parse().ok()?, count.parse().ok()?);
        }
        let mut revocations = BTreeMap::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("revoked ")) {
            let (provider, outcome) = line.strip_prefix("revoked ")?.split_once(' ')?;
            let told = [Revocation::Done, Revocation::Failed, Revocation::Pending];
            let outcome = told.into_iter().find(|told| told.as_str() == outcome)?;
            revocations.insert(provider.parse().ok()?, outcome);
        }
        let read = Self { request, subject, asked_at, erased_at, counts, revocations };
        // One receipt has one spelling: order, repetitions, the last lines and line ends are all in this.
        (read.text() == text).then_some(read)
    }
}

fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
#[path = "erasure_receipt_tests.rs"]
mod tests;
