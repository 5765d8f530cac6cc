//! What an alarm says of itself, made fit to be kept and shown.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::security::id_digits::without_ids;

/// At most 300 characters on one line: every character that is not visible ASCII or a space becomes `?`, and an id
/// ([`without_ids`]) becomes `[id]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Detail(String);

impl Detail {
    /// The most characters.
    pub const MAX: usize = 300;

    /// The text. It is plain: who shows it escapes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Detail {
    fn from(untrusted: &str) -> Self {
        let visible = untrusted.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' });
        let text = without_ids(&visible.collect::<String>(), "[id]");
        Self(text.trim().chars().take(Self::MAX).collect())
    }
}

impl From<String> for Detail {
    fn from(untrusted: String) -> Self {
        Self::from(untrusted.as_str())
    }
}

impl From<Detail> for String {
    fn from(detail: Detail) -> Self {
        detail.0
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_line_breaks_and_length_do_not_get_through() {
        let said = "Threshold Crossed: 1 datapoint [11.0 (23/11/26 16:00:00)] was greater than the threshold (10.0).";
        assert_eq!(Detail::from(said).as_str(), said);
        assert_eq!(Detail::from("a\nguild 175928847299117063!").as_str(), "a?guild [id]!");
        assert_eq!(Detail::from("175928847299117063").as_str(), "[id]");
        assert_eq!(Detail::from("x".repeat(301).as_str()).as_str().len(), Detail::MAX);
    }

    proptest! {
        #[test]
        fn what_was_made_fit_stays_as_it_is(text in any::<String>()) {
            let detail = Detail::from(text.as_str());
            prop_assert!(detail.as_str().len() <= Detail::MAX);
            let json = serde_json::to_string(&detail).unwrap();
            prop_assert_eq!(serde_json::from_str::<Detail>(&json).unwrap(), detail);
        }
    }
}
