//! Rule: what we sign for people outside is a signed note (<https://c2sp.org/signed-note>): a text, an empty line, one line a
//! signature. It is believed under a key that its reader chose, and under no other.
//! Threat: a text that was changed, or that can be read in two ways; a signature that fits two messages; a key under
//! another's name.
//! Refusal: one strict form, [`VerifyingKey::verify_strict`], keys of small order; a signature under a known key that does
//! not hold spoils the note, whoever else has signed.
//!
//! A key is written as `<name>+<hash>+<base64 of 01 and its 32 bytes>`; the hash is the first 4 bytes of SHA-256(name, 0A, 01,
//! key), in hexadecimal. A signature's line is `— <name> <base64 of the hash and 64 bytes>`, over the text with its last
//! line feed and without the empty line.

use core::fmt;
use core::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The longest text, in bytes: KMS signs no more than that as it is.
pub const TEXT_MAX: usize = 4_096;
/// The most signatures of a note.
pub const SIGNATURES_MAX: usize = 16;
/// The longest name of a key, in bytes.
const NAME_MAX: usize = 255;
/// How Ed25519 is called in a key.
const ED25519: u8 = 1;
/// What a signature's line begins with.
const MARK: &str = "— ";

/// Who signs: neither empty nor with white space, control characters or a plus sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

/// A public key and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKey {
    name: KeyName,
    id: [u8; 4],
    key: VerifyingKey,
}

/// A note whose signatures nobody has looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: KeyName,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// It is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNoteKey {
    /// The name is empty, too long, or has a character that it must not have.
    #[error("a key's name is 1 to 255 bytes without white space and plus signs")]
    Name,
    /// Not `<name>+<hash>+<base64>`.
    #[error("a key is written as name+hash+base64")]
    Form,
    /// The hash is another one's.
    #[error("the key's hash does not fit")]
    Hash,
    /// No point of the curve, or one of small order.
    #[error("it is no usable Ed25519 key")]
    Key,
}

/// Why a note is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// It does not have the form of a note.
    #[error("it is no signed note")]
    Form,
    /// No key that was asked for has signed it.
    #[error("none of the keys has signed it")]
    Unsigned,
    /// A known key's signature does not hold: the text or the signature was changed.
    #[error("its signature does not hold")]
    BadSignature,
}

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = BadNoteKey;

    fn from_str(text: &str) -> Result<Self, BadNoteKey> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        let fits = (1..=NAME_MAX).contains(&text.len()) && !text.chars().any(odd);
        if fits { Ok(Self(text.to_owned())) } else { Err(BadNoteKey::Name) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl NoteKey {
    /// The key of these 32 bytes under this name.
    pub fn new(name: KeyName, public: &[u8; 32]) -> Result<Self, BadNoteKey> {
        let key = VerifyingKey::from_bytes(public).map_err(|_| BadNoteKey::Key)?;
        if key.is_weak() {
            return Err(BadNoteKey::Key);
        }
        let mut hasher = Sha256::new();
        hasher.update(name.as_str());
        hasher.update([b'\n', ED25519]);
        hasher.update(public);
        let [one, two, three, four, ..]: [u8; 32] = hasher.finalize().into();
        Ok(Self { name, id: [one, two, three, four], key })
    }

    /// Its name.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The first bytes of its hash, 8 hexadecimal digits.
    pub fn id(&self) -> String {
        HEXLOWER.encode(&self.id)
    }

    /// The key itself.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    fn holds(&self, text: &str, signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[ED25519][..], self.public()].concat();
        write!(f, "{}+{}+{}", self.name, self.id(), BASE64.encode(&typed))
    }
}

impl FromStr for NoteKey {
    type Err = BadNoteKey;

    /// The base64 may hold plus signs, a name holds none.
    fn from_str(text: &str) -> Result<Self, BadNoteKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadNoteKey::Form);
        };
        let typed = BASE64.decode(typed.as_bytes()).map_err(|_| BadNoteKey::Form)?;
        let public = typed.strip_prefix(&[ED25519]).and_then(|bytes| bytes.try_into().ok());
        let key = Self::new(name.parse()?, public.ok_or(BadNoteKey::Form)?)?;
        if key.id() == id { Ok(key) } else { Err(BadNoteKey::Hash) }
    }
}

impl SignedNote {
    /// A text with a signature of this key. One that does not hold is refused, so that nobody keeps what nobody believes.
    pub fn new(text: String, key: &NoteKey, signature: &[u8]) -> Result<Self, BadNote> {
        if !is_text(&text) {
            return Err(BadNote::Form);
        }
        if !key.holds(&text, signature) {
            return Err(BadNote::BadSignature);
        }
        let line = Line { name: key.name.clone(), id: key.id, signature: signature.to_vec() };
        Ok(Self { text, signatures: vec![line] })
    }

    /// Its text, which is worth nothing before [`Self::verify`].
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The keys among these that have signed it, one at least.
    pub fn verify<'k>(&self, keys: &'k [NoteKey]) -> Result<Vec<&'k NoteKey>, BadNote> {
        let mut signers = Vec::new();
        for key in keys {
            let mut own = self.signatures.iter().filter(|line| line.name == key.name && line.id == key.id);
            match (own.next(), own.next()) {
                (None, _) => {}
                (Some(line), None) if key.holds(&self.text, &line.signature) => signers.push(key),
                _ => return Err(BadNote::BadSignature),
            }
        }
        if signers.is_empty() { Err(BadNote::Unsigned) } else { Ok(signers) }
    }
}

impl FromStr for SignedNote {
    type Err = BadNote;

    fn from_str(note: &str) -> Result<Self, BadNote> {
        let (before, lines) = note.rsplit_once("\n\n").ok_or(BadNote::Form)?;
        let text = format!("{before}\n");
        let lines = lines.strip_suffix('\n').ok_or(BadNote::Form)?;
        if !is_text(&text) || lines.split('\n').count() > SIGNATURES_MAX {
            return Err(BadNote::Form);
        }
        let signatures = lines.split('\n').map(line).collect::<Option<Vec<_>>>().ok_or(BadNote::Form)?;
        Ok(Self { text, signatures })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| {
            let blob = [&line.id[..], &line.signature].concat();
            writeln!(f, "{MARK}{} {}", line.name, BASE64.encode(&blob))
        })
    }
}

/// Lines without control characters; nothing that a terminal would act on.
fn is_text(text: &str) -> bool {
    text.len() <= TEXT_MAX && text.ends_with('\n') && !text.chars().any(|c| c.is_control() && c != '\n')
}

fn line(line: &str) -> Option<Line> {
    let (name, blob) = line.strip_prefix(MARK)?.split_once(' ')?;
    let blob = BASE64.decode(blob.as_bytes()).ok()?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    // Other algorithms have other lengths; none has none.
    let is_there = (1..=TEXT_MAX).contains(&signature.len());
    is_there.then_some(Line { name: name.parse().ok()?, id: *id, signature: signature.to_vec() })
}

#[cfg(test)]
#[path = "signed_note_tests.rs"]
mod tests;
