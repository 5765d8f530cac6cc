//! Rule: what an event or an audit row says besides its fixed fields is typed, and no type holds free text (SPEC T22).
//! Threat: a query, a title or a token pasted into a log through a "details" string.
//! Refusal: a fact is a flag, a number, a word of ours, a pseudonym, a support id or the id of an incident; words are
//! `&'static str`.

use core::fmt;
use std::borrow::Cow;

use serde::Serialize;

use super::pseudonym::Pseudonym;
use super::support_id::SupportId;
use crate::domain::incident::IncidentId;

/// A word from our own source: a command's name, a reason, a state. Never text that came from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Word(Cow<'static, str>);

impl Word {
    /// The word as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads one of our own rows back. Only [`super::audit_record`] calls it.
    pub(crate) fn stored(word: String) -> Self {
        Self(Cow::Owned(word))
    }
}

impl From<&'static str> for Word {
    fn from(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One typed detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A count, a duration in milliseconds, a status code.
    Number(i64),
    /// A word of ours.
    Word(Word),
    /// Who or where.
    Who(Pseudonym),
    /// What a user may quote.
    Support(SupportId),
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Fact {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&'static str> for Fact {
    fn from(word: &'static str) -> Self {
        Self::Word(word.into())
    }
}

/// Hex digits that we made; who is behind it stands nowhere in it.
impl From<IncidentId> for Fact {
    fn from(incident: IncidentId) -> Self {
        Self::Word(Word(Cow::Owned(incident.to_string())))
    }
}

impl From<Pseudonym> for Fact {
    fn from(who: Pseudonym) -> Self {
        Self::Who(who)
    }
}

impl From<SupportId> for Fact {
    fn from(id: SupportId) -> Self {
        Self::Support(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;
    use crate::security::pseudonym::Pseudonyms;

    #[test]
    fn facts_are_plain_json_values() {
        let who = Pseudonyms::unavailable().user(UserId::new(1));
        let facts: [Fact; 4] = [true.into(), 429_u32.into(), "stale".into(), who.into()];
        assert_eq!(serde_json::to_string(&facts).unwrap(), r#"[true,429,"stale","unavailable"]"#);
    }

    #[test]
    fn a_stored_word_reads_back_as_itself() {
        let word = Word::stored("approve".to_owned());
        assert_eq!(word, Word::from("approve"));
        assert_eq!(word.to_string(), word.as_str());
    }
}
