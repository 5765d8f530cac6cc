//! Rule: an export of audit chains can be checked by anybody, without us and without a network (SPEC T36).
//! Threat: a file in which something was changed, left out, put in, moved or cut off; one that was written anew as a whole.
//! Refusal: the first line that does not follow is named. What was written anew as a whole shows against a head that
//! somebody noted before ([`Verifier::expect`]), and against signed checkpoints ([`Verifier::anchored`]).
//!
//! # Form
//!
//! JSON lines. Each chain is one [`Opening`], its rows in their order, one [`Closing`]; chains follow one another.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::audit_anchors::{AnchorFault, Anchors, Demands};
use super::audit_chain::{ChainFault, ChainHash, ChainHead, ChainRow, verify_chain};
use super::audit_record::{AuditRecord, NotARow};

/// The only form that there has been.
pub const FORMAT: &str = "timmybot-audit-export-v1";

/// The first line of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// [`FORMAT`].
    pub format: String,
    /// Whose chain.
    pub tenant: String,
    /// The row before the first one: rows leave after 400 days, and the chain goes on.
    pub after: Place,
    /// When it was exported.
    pub exported_at: Timestamp,
}

/// The last line of a chain: its head, as it was stored apart from the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// The last row.
    pub head: Place,
}

/// A row's place in a chain, and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its sequence number; 0: before the first row.
    pub seq: u64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

impl From<ChainHead> for Place {
    fn from(head: ChainHead) -> Self {
        Self { seq: head.seq, hash: head.hash.to_hex() }
    }
}

impl Place {
    fn head(&self) -> Option<ChainHead> {
        Some(ChainHead { seq: self.seq, hash: ChainHash::from_hex(&self.hash)? })
    }
}

impl Opening {
    /// Of the chain whose first exported row follows `after`.
    pub fn new(tenant: &str, after: ChainHead, exported_at: Timestamp) -> Self {
        Self { format: FORMAT.to_owned(), tenant: tenant.to_owned(), after: after.into(), exported_at }
    }
}

/// A chain that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose chain.
    pub tenant: String,
    /// What stands before its first row.
    pub after: ChainHead,
    /// Where it ends.
    pub head: ChainHead,
}

/// What is wrong with an export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// A line is none of an export's, or stands where it should not.
    #[error("line {line} is not {expected}")]
    Line {
        /// From 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// A row does not follow.
    #[error("line {line}: {fault}")]
    Chain {
        /// From 1.
        line: u64,
        /// How it does not.
        fault: ChainFault,
    },
    /// The file ends within a chain, or is empty.
    #[error("the file is cut off")]
    CutOff,
    /// A chain stands in it twice.
    #[error("line {line}: the chain of {tenant} stands in it twice")]
    Twice {
        /// From 1.
        line: u64,
        /// Whose chain.
        tenant: String,
    },
    /// A row is not the one that was noted before: the chain was written anew, or cut off together with its head.
    #[error("the chain of {tenant} does not have the noted row {seq}")]
    NotTheNoted {
        /// Whose chain.
        tenant: String,
        /// The noted row.
        seq: u64,
    },
    /// A checkpoint contradicts a chain.
    #[error("the chain of {tenant}: {fault}")]
    Anchored {
        /// Whose chain.
        tenant: String,
        /// What it demands.
        fault: AnchorFault,
    },
    /// A checkpoint names a chain that the file does not have.
    #[error(transparent)]
    Anchor(#[from] AnchorFault),
}

struct Open {
    tenant: String,
    after: ChainHead,
    head: ChainHead,
    demands: Demands,
}

/// Checks an export line by line; a file of any length takes little memory.
#[derive(Default)]
pub struct Verifier {
    noted: BTreeMap<String, BTreeMap<u64, ChainHash>>,
    anchors: Option<Anchors>,
    line: u64,
    open: Option<Open>,
    done: Vec<Verified>,
}

impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Verifier {
    /// Demands what these checkpoints name.
    pub fn anchored(anchors: Anchors) -> Self {
        Self { anchors: Some(anchors), ..Self::default() }
    }

    /// Demands that this chain has a row of this number and hash.
    pub fn expect(&mut self, tenant: &str, noted: ChainHead) {
        self.noted.entry(tenant.to_owned()).or_default().insert(noted.seq, noted.hash);
    }

    /// Takes the next line.
    pub fn line(&mut self, text: &str) -> Result<(), ExportFault> {
        self.line += 1;
        let line = self.line;
        let Some(open) = &mut self.open else { return self.begin(text) };
        let not_a_row = |_: NotARow| ExportFault::Line { line, expected: "a row" };
        let Ok(record) = serde_json::from_str::<AuditRecord>(text) else {
            let closing: Closing = serde_json::from_str(text).map_err(|_| not_a_row(NotARow))?;
            let stored = closing.head.head().ok_or(ExportFault::Line { line, expected: "a head" })?;
            return self.close(stored);
        };
        let row = ChainRow::try_from(record).map_err(not_a_row)?;
        open.head = verify_chain(&open.tenant, open.head, [&row])
            .map_err(|fault| ExportFault::Chain { line, fault })?;
        open.demands.row(open.head).map_err(|fault| anchored(&open.tenant, fault))?;
        found(&mut self.noted, &open.tenant, open.head)
    }

    /// What the whole file holds.
    pub fn finish(self) -> Result<Vec<Verified>, ExportFault> {
        if self.open.is_some() || self.done.is_empty() {
            return Err(ExportFault::CutOff);
        }
        if let Some(anchors) = &self.anchors {
            anchors.finish()?;
        }
        let missing =
            self.noted.into_iter().find_map(|(tenant, noted)| Some((tenant, *noted.keys().next()?)));
        match missing {
            Some((tenant, seq)) => Err(ExportFault::NotTheNoted { tenant, seq }),
            None => Ok(self.done),
        }
    }

    fn begin(&mut self, text: &str) -> Result<(), ExportFault> {
        let line = self.line;
        let expected = ExportFault::Line { line, expected: "the opening of a chain" };
        let opening: Opening = serde_json::from_str(text).map_err(|_| expected.clone())?;
        let after = opening.after.head().filter(|_| opening.format == FORMAT).ok_or(expected.clone())?;
        if after.seq == 0 && after != ChainHead::GENESIS {
            return Err(expected);
        }
        if self.done.iter().any(|chain| chain.tenant == opening.tenant) {
            return Err(ExportFault::Twice { line, tenant: opening.tenant });
        }
        found(&mut self.noted, &opening.tenant, after)?;
        let tenant = opening.tenant;
        let mut demands = self.anchors.as_mut().map(|anchors| anchors.take(&tenant)).unwrap_or_default();
        demands.begin(after).map_err(|fault| anchored(&tenant, fault))?;
        self.open = Some(Open { tenant, after, head: after, demands });
        Ok(())
    }

    fn close(&mut self, stored: ChainHead) -> Result<(), ExportFault> {
        let Some(open) = self.open.take() else { return Err(ExportFault::CutOff) };
        let Open { tenant, after, head, demands } = open;
        if stored != head {
            let fault = ChainFault::HeadMismatch { expected: stored.seq, found: head.seq };
            return Err(ExportFault::Chain { line: self.line, fault });
        }
        demands.end(head).map_err(|fault| anchored(&tenant, fault))?;
        self.done.push(Verified { tenant, after, head });
        Ok(())
    }
}

fn anchored(tenant: &str, fault: AnchorFault) -> ExportFault {
    ExportFault::Anchored { tenant: tenant.to_owned(), fault }
}

/// A noted row that is there is crossed off; one that is another is a fault.
fn found(
    noted: &mut BTreeMap<String, BTreeMap<u64, ChainHash>>,
    tenant: &str,
    at: ChainHead,
) -> Result<(), ExportFault> {
    let Some(of_tenant) = noted.get_mut(tenant) else { return Ok(()) };
    match of_tenant.remove(&at.seq) {
        Some(hash) if hash != at.hash => {
            Err(ExportFault::NotTheNoted { tenant: tenant.to_owned(), seq: at.seq })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::ids::UserId;
    use crate::security::audit::AuditEvent;
    use crate::security::pseudonym::Pseudonyms;
    use crate::security::secret::Secret;

    fn at() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn rows(tenant: &str, count: u32) -> Vec<ChainRow> {
        let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
        let mut head = ChainHead::GENESIS;
        let mut next = |number: u32| {
            let event =
                AuditEvent::new(names.admin(UserId::new(42)), "set", "settings", "api", at(), [1; 10]);
            let row = head.append(tenant, event.detail("number", number));
            head = row.head();
            row
        };
        (0..count).map(&mut next).collect()
    }

    fn lines(tenant: &str, after: ChainHead, rows: &[ChainRow]) -> Vec<String> {
        let head = rows.last().map_or(after, ChainRow::head);
        let opening = serde_json::to_string(&Opening::new(tenant, after, at())).unwrap();
        let records = rows.iter().map(|row| serde_json::to_string(&AuditRecord::from(row)).unwrap());
        let closing = serde_json::to_string(&Closing { head: head.into() }).unwrap();
        core::iter::once(opening).chain(records).chain([closing]).collect()
    }

    fn verify(lines: &[String], noted: &[(&str, ChainHead)]) -> Result<Vec<Verified>, ExportFault> {
        let mut verifier = Verifier::default();
        for (tenant, head) in noted {
            verifier.expect(tenant, *head);
        }
        lines.iter().try_for_each(|line| verifier.line(line))?;
        verifier.finish()
    }

    #[test]
    fn whole_chains_hold_one_after_another() {
        let (first, second) = (rows("7", 5), rows("8", 1));
        let file = [
            lines("7", ChainHead::GENESIS, &first),
            lines("8", ChainHead::GENESIS, &second),
            lines("9", ChainHead::GENESIS, &[]),
        ];
        let held = verify(&file.concat(), &[("7", first[2].head()), ("8", second[0].head())]).unwrap();
        let ends: Vec<_> = held.iter().map(|chain| (chain.tenant.as_str(), chain.head.seq)).collect();
        assert_eq!(ends, [("7", 5), ("8", 1), ("9", 0)]);
    }

    #[test]
    fn a_chain_whose_oldest_rows_have_left_holds() {
        let all = rows("7", 5);
        let held = verify(&lines("7", all[1].head(), &all[2..]), &[("7", all[1].head())]).unwrap();
        assert_eq!((held[0].after.seq, held[0].head.seq), (2, 5));
    }

    #[test]
    fn every_tampering_is_found_where_it_is() {
        let all = rows("7", 5);
        let file = lines("7", ChainHead::GENESIS, &all);
        let changed = |change: &dyn Fn(&mut Vec<String>)| {
            let mut file = file.clone();
            change(&mut file);
            verify(&file, &[]).unwrap_err()
        };
        let at_line = |fault: ExportFault| match fault {
            ExportFault::Chain { line, .. } | ExportFault::Line { line, .. } => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(at_line(changed(&|file| file[3] = file[3].replace("\"settings\"", "\"settingz\""))), 4);
        assert_eq!(at_line(changed(&|file| drop(file.remove(3)))), 4);
        assert_eq!(at_line(changed(&|file| file.insert(3, file[2].clone()))), 4);
        assert_eq!(at_line(changed(&|file| file.swap(2, 3))), 3);
        assert_eq!(at_line(changed(&|file| drop(file.remove(5)))), 6, "the last row, against the head");
        assert_eq!(changed(&|file| drop(file.pop())), ExportFault::CutOff);
        assert_eq!(changed(&Vec::clear), ExportFault::CutOff);
        assert_eq!(at_line(changed(&|file| drop(file.remove(0)))), 1);
        assert_eq!(at_line(changed(&|file| file[2] = "{}".to_owned())), 3);
        let twice = |file: &mut Vec<String>| file.extend(lines("7", ChainHead::GENESIS, &all));
        assert!(matches!(changed(&twice), ExportFault::Twice { line: 8, .. }));
        assert_eq!(at_line(changed(&|file| file[0] = file[0].replace("export-v1", "export-v2"))), 1);
        let moved = |file: &mut Vec<String>| file[0] = file[0].replace("00000000", "11111111");
        assert_eq!(at_line(changed(&moved)), 1);
    }

    /// A chain that was written anew, or cut off with its head, is whole in itself.
    #[test]
    fn what_was_written_anew_shows_against_a_noted_row() {
        let (all, anew) = (rows("7", 5), rows("7", 5));
        let noted = [("7", all[4].head())];
        assert!(verify(&lines("7", ChainHead::GENESIS, &anew), &noted).is_ok());
        let mut other = anew[0].event.clone();
        other = other.detail("number", 99_u32);
        let mut head = ChainHead::GENESIS;
        let forged: Vec<ChainRow> = (0..5)
            .map(|_| {
                let row = head.append("7", other.clone());
                head = row.head();
                row
            })
            .collect();
        let fault = verify(&lines("7", ChainHead::GENESIS, &forged), &noted);
        assert_eq!(fault, Err(ExportFault::NotTheNoted { tenant: "7".into(), seq: 5 }));
        let cut = verify(&lines("7", ChainHead::GENESIS, &all[..3]), &noted);
        assert_eq!(cut, Err(ExportFault::NotTheNoted { tenant: "7".into(), seq: 5 }));
        let gone = verify(&lines("8", ChainHead::GENESIS, &rows("8", 1)), &noted);
        assert!(matches!(gone, Err(ExportFault::NotTheNoted { .. })));
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unseen(line in any::<Index>(), byte in any::<Index>(), with in 33_u8..127) {
            let file = lines("7", ChainHead::GENESIS, &rows("7", 3));
            let mut changed = file.clone();
            // The opening's time is nobody's proof.
            let line = 1 + line.index(changed.len() - 1);
            let at = byte.index(changed[line].len());
            changed[line].replace_range(at..=at, char::from(with).encode_utf8(&mut [0; 4]));
            // When a row leaves is not a part of what happened.
            let about_ttl = changed[line].find("\"expires_at\"").is_some_and(|from| at >= from);
            prop_assume!(changed != file && !about_ttl);
            prop_assert!(verify(&changed, &[]).is_err(), "{}", changed[line]);
        }

        #[test]
        fn no_text_makes_it_panic(lines in proptest::collection::vec("\\PC{0,80}", 0..5)) {
            prop_assert!(verify(&lines, &[]).is_err());
        }
    }
}
