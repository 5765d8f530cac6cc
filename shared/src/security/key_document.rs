//! Rule: the public halves of the keys that we sign with are one document, which anybody can fetch and keep (SPEC T36).
//! Threat: a document in which a key stands under another's name, or is not what its hash says.
//! Refusal: the whole document; each key is told in three ways, and all of them have to agree.
//!
//! `{"format":"timmybot-keys-v1","keys":[{"name":"bot.example.org/audit","alg":"Ed25519","kid":"c74f20a3","public":"<base64
//! of 32 bytes>","vkey":"bot.example.org/audit+c74f20a3+<base64>"}]}`. It is served at `/.well-known/timmybot-keys.json`. A key
//! that is not used any more stays in it for as long as something that it has signed is kept.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::signed_note::NoteKey;

/// The only form that there has been.
pub const FORMAT: &str = "timmybot-keys-v1";
const ED25519: &str = "Ed25519";
/// More keys than anybody has had.
const KEYS_MAX: usize = 64;

/// The document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDocument {
    format: String,
    keys: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    alg: String,
    kid: String,
    public: String,
    vkey: String,
}

/// It is no document of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no document of TimmyBot's keys")]
pub struct BadKeyDocument;

impl KeyDocument {
    /// With these keys, each once.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k NoteKey>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in keys.into_iter().map(Entry::from) {
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Self { format: FORMAT.to_owned(), keys: entries }
    }

    /// Reads a document and checks each of its keys.
    pub fn parse(text: &str) -> Result<Vec<NoteKey>, BadKeyDocument> {
        let document: Self = serde_json::from_str(text).map_err(|_| BadKeyDocument)?;
        if document.format != FORMAT || document.keys.len() > KEYS_MAX {
            return Err(BadKeyDocument);
        }
        document.keys.iter().map(Entry::key).collect()
    }
}

impl From<&NoteKey> for Entry {
    fn from(key: &NoteKey) -> Self {
        Self {
            name: key.name().to_string(),
            alg: ED25519.to_owned(),
            kid: key.id(),
            public: BASE64.encode(key.public()),
            vkey: key.to_string(),
        }
    }
}

impl Entry {
    fn key(&self) -> Result<NoteKey, BadKeyDocument> {
        let key: NoteKey = self.vkey.parse().map_err(|_| BadKeyDocument)?;
        if Self::from(&key) == *self { Ok(key) } else { Err(BadKeyDocument) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

    fn text() -> String {
        let keys: [NoteKey; 3] = [PETER, ENOCH, PETER].map(|key| key.parse().unwrap());
        serde_json::to_string_pretty(&KeyDocument::new(&keys)).unwrap()
    }

    #[test]
    fn each_key_is_told_once_and_read_back() {
        insta::assert_snapshot!(text());
        let read: Vec<String> =
            KeyDocument::parse(&text()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(read, [PETER, ENOCH]);
        let none = serde_json::to_string(&KeyDocument::new([])).unwrap();
        assert_eq!(KeyDocument::parse(&none), Ok(Vec::new()));
    }

    #[test]
    fn a_key_that_contradicts_itself_spoils_the_document() {
        for (from, to) in [
            ("timmybot-keys-v1", "timmybot-keys-v2"),
            ("\"name\": \"PeterNeumann\"", "\"name\": \"EnochRoot\""),
            ("\"Ed25519\"", "\"RS256\""),
            ("\"kid\": \"c74f20a3\"", "\"kid\": \"af0cfe78\""),
            ("\"Glz", "\"Glx"),
            ("PeterNeumann+c74f20a3", "PeterNeumann+c74f20a4"),
            ("\"format\"", "\"more\": 1, \"format\""),
            ("\"kid\"", "\"d\": \"secret\", \"kid\""),
        ] {
            let changed = text().replacen(from, to, 1);
            assert_ne!(changed, text(), "{from}");
            assert_eq!(KeyDocument::parse(&changed), Err(BadKeyDocument), "{to}");
        }
        assert_eq!(KeyDocument::parse(""), Err(BadKeyDocument));
    }
}
