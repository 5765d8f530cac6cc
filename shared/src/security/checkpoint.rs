//! Rule: where every audit chain ends is written down, signed, outside of the tables (SPEC T36).
//! Threat: somebody who may write to the tables cuts chains off, or writes them anew, together with their heads.
//! Refusal: a checkpoint is believed under a key that its reader chose, with the very list that it names
//! ([`Attested::open`]); [`super::audit_anchors`] then demands each row that it names.
//!
//! # Form
//!
//! The *list* names each chain by a digest of its tenant, so that no id is locked away for as long as a checkpoint is:
//! a first line [`LIST`], then a line a chain, `<64 hex digits> <seq> <64 hex digits>`: SHA-256(`timmybot-audit-tenant-v1`,
//! 00, tenant), the number of the chain's last row, its hash. Lines are in the order of the digests; chains without rows
//! have none.
//!
//! The *checkpoint* is a signed note ([`super::signed_note`]) with the four lines of
//! <https://c2sp.org/tlog-checkpoint>: the origin, which is the signing key's name too; the size, here the number of
//! rows in all chains together, which only grows; base64 of SHA-256 of the list; and one extension, `at <RFC 3339>`,
//! to the second. Chains may be appended to while the heads are read, so rows after that time may be in it, and each row
//! that is not in it was written after that time.

use core::fmt;
use core::fmt::Write as _;
use core::str::FromStr;
use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::audit_chain::{ChainHash, ChainHead};
use super::signed_note::{BadNote, BadNoteKey, KeyName, NoteKey, SignedNote};

/// The first line of a list.
pub const LIST: &str = "timmybot-audit-heads-v1";
/// What a tenant is hashed with.
const TENANT: &[u8] = b"timmybot-audit-tenant-v1\0";
/// Which of our logs it is.
const LOG: &str = "/audit";

/// A chain, without saying whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainId([u8; 32]);

/// Where all chains end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads(BTreeMap<ChainId, ChainHead>);

/// SHA-256 of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root([u8; 32]);

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log: the name of the key that signs it.
    pub origin: KeyName,
    /// Rows in all chains.
    pub rows: u64,
    /// The list.
    pub root: Root,
    /// When the reading of the heads began, to the second.
    pub at: Timestamp,
}

/// A checkpoint that one of the reader's keys has signed, with its list. There is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    checkpoint: Checkpoint,
    heads: Heads,
}

/// It is no list, or not as we write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no list of chains")]
pub struct NotAList;

/// Why a checkpoint is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// It is no note, or not under a key of the reader's.
    #[error(transparent)]
    Note(#[from] BadNote),
    /// What was signed is no checkpoint of an audit log, or another log's.
    #[error("what was signed is no checkpoint of this log")]
    Form,
    /// It names another list than the one that lies next to it.
    #[error("its list is not the one that was signed")]
    OtherList,
}

impl ChainId {
    /// The chain of this tenant.
    pub fn of(tenant: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(TENANT);
        hasher.update(tenant);
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl Heads {
    /// Of these tenants' chains.
    pub fn of<T: AsRef<str>>(heads: impl IntoIterator<Item = (T, ChainHead)>) -> Self {
        let with_rows = heads.into_iter().filter(|(_, head)| head.seq > 0);
        Self(with_rows.map(|(tenant, head)| (ChainId::of(tenant.as_ref()), head)).collect())
    }

    /// Each chain with its end.
    pub fn iter(&self) -> impl Iterator<Item = (ChainId, ChainHead)> {
        self.0.iter().map(|(chain, head)| (*chain, *head))
    }

    /// Where this chain ends; `None`: it is not in the list, so it had no row.
    pub fn get(&self, chain: ChainId) -> Option<ChainHead> {
        self.0.get(&chain).copied()
    }

    /// How many chains.
    pub fn chains(&self) -> usize {
        self.0.len()
    }

    /// How many rows they have together.
    pub fn rows(&self) -> u64 {
        self.0.values().fold(0, |rows: u64, head| rows.saturating_add(head.seq))
    }

    /// The list's digest.
    pub fn root(&self) -> Root {
        Root(Sha256::digest(self.to_string()).into())
    }

    /// What is to be signed about them.
    pub fn checkpoint(&self, origin: KeyName, at: Timestamp) -> Checkpoint {
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Checkpoint { origin, rows: self.rows(), root: self.root(), at }
    }
}

impl fmt::Display for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{LIST}")?;
        self.iter().try_for_each(|(chain, head)| writeln!(f, "{chain} {} {}", head.seq, head.hash.to_hex()))
    }
}

impl FromStr for Heads {
    type Err = NotAList;

    fn from_str(text: &str) -> Result<Self, NotAList> {
        let lines = text.strip_prefix(LIST).and_then(|rest| rest.strip_prefix('\n')).ok_or(NotAList)?;
        let heads = lines.lines().map(|line| entry(line).ok_or(NotAList)).collect::<Result<_, _>>()?;
        let read = Self(heads);
        // One list has one spelling: order, repetitions, leading zeros and line ends are all in this.
        if read.to_string() == text { Ok(read) } else { Err(NotAList) }
    }
}

fn entry(line: &str) -> Option<(ChainId, ChainHead)> {
    let mut parts = line.split(' ');
    let chain = HEXLOWER.decode(parts.next()?.as_bytes()).ok()?.try_into().ok().map(ChainId)?;
    let seq = parts.next()?.parse().ok().filter(|seq| *seq > 0)?;
    let hash = ChainHash::from_hex(parts.next()?)?;
    parts.next().is_none().then_some((chain, ChainHead { seq, hash }))
}

impl Checkpoint {
    /// The log of the deployment whose pages are there: the address without its scheme, then `/audit`.
    pub fn origin(public_base: &str) -> Result<KeyName, BadNoteKey> {
        let place = public_base.split_once("://").map_or(public_base, |(_, place)| place);
        format!("{}{LOG}", place.trim_end_matches('/')).parse()
    }

    /// A name for its files. Checkpoints of one day that say the same have the same one, so that a second try writes
    /// nothing.
    pub fn stem(&self) -> String {
        format!("{}-{:020}-{}", self.at.strftime("%Y-%m-%d"), self.rows, self.root)
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(256);
        let root = BASE64.encode(&self.root.0);
        // Writing to a String cannot fail.
        let _ = write!(text, "{}\n{}\n{root}\nat {}\n", self.origin, self.rows, self.at);
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let origin = lines.next()?.parse().ok()?;
        let rows = lines.next()?.parse().ok()?;
        let root = BASE64.decode(lines.next()?.as_bytes()).ok()?.try_into().ok().map(Root)?;
        let at = lines.next()?.strip_prefix("at ")?.parse().ok()?;
        let read = Self { origin, rows, root, at };
        // One checkpoint has one spelling.
        (read.text() == text).then_some(read)
    }
}

impl Attested {
    /// Reads a note and its list; a key among `keys` has signed it, and its name is the log's origin.
    pub fn open(note: &str, list: &str, keys: &[NoteKey]) -> Result<Self, BadCheckpoint> {
        let note: SignedNote = note.parse()?;
        let signers = note.verify(keys)?;
        let checkpoint = Checkpoint::parse(note.unverified_text()).ok_or(BadCheckpoint::Form)?;
        if !signers.iter().any(|key| *key.name() == checkpoint.origin) {
            return Err(BadCheckpoint::Form);
        }
        let heads: Heads = list.parse().map_err(|_| BadCheckpoint::OtherList)?;
        if heads.root() != checkpoint.root || heads.rows() != checkpoint.rows {
            return Err(BadCheckpoint::OtherList);
        }
        Ok(Self { checkpoint, heads })
    }

    /// What was signed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Where the chains ended.
    pub const fn heads(&self) -> &Heads {
        &self.heads
    }
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
