//! What an alert is about, where one alert can be about several things: a function, a queue.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::security::id_digits::has_id;

/// 1 to 48 of `a`–`z`, `0`–`9` and `-`, with no id in it ([`has_id`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// Not a [`Label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a label is 1 to 48 of a-z, 0-9 and -, and holds no id")]
pub struct BadLabel;

impl Label {
    /// The most characters.
    pub const MAX: usize = 48;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = BadLabel;

    fn from_str(text: &str) -> Result<Self, BadLabel> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > Self::MAX || !text.bytes().all(allowed) || has_id(text) {
            return Err(BadLabel);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Label {
    type Error = BadLabel;

    fn try_from(text: String) -> Result<Self, BadLabel> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_and_ids_and_texts_are_not() {
        for text in ["api", "voice-supervisor", "webhooks-dlq", "a", "12345678901234"] {
            assert_eq!(text.parse::<Label>().unwrap().as_str(), text);
        }
        for text in
            ["", "API", "a b", "175928847299117063", "x-175928847299117063", &"a".repeat(49), "é", "a\n"]
        {
            assert_eq!(text.parse::<Label>(), Err(BadLabel), "{text}");
        }
    }
}
