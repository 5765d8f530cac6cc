use core::str::FromStr;

/// Why an operator decided so: 1 to 300 Unicode scalars, trimmed, on one line.
///
/// Control characters could fake a second line in a log or a list; bidirectional overrides could make the text read
/// differently from what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// Why a text is no [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing but white space.
    #[error("the reason is empty")]
    Empty,
    /// More than [`Reason::MAX`] scalars.
    #[error("the reason is too long")]
    TooLong,
    /// A control character or a bidirectional override.
    #[error("the reason holds a character that cannot be shown")]
    Unprintable,
}

impl Reason {
    /// The most Unicode scalars that a reason has. The command's registration says the same.
    pub const MAX: usize = 300;

    /// What stands where a reason was that went with somebody's data.
    pub fn erased() -> Self {
        Self("erased".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(ReasonError::Empty),
            1..=Self::MAX if text.chars().any(unprintable) => Err(ReasonError::Unprintable),
            1..=Self::MAX => Ok(Self(text.to_owned())),
            _ => Err(ReasonError::TooLong),
        }
    }
}

fn unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_kept_without_the_edges() {
        for text in ["ok", "known from GitHub; 3 mods", "سبب", "👩‍👩‍👧 is fine", "Guns N' Roses fan club"]
        {
            assert_eq!(format!("  {text}\t").parse::<Reason>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn the_length_counts_scalars() {
        assert!("é".repeat(Reason::MAX).parse::<Reason>().is_ok());
        assert_eq!("é".repeat(Reason::MAX + 1).parse::<Reason>(), Err(ReasonError::TooLong));
    }

    #[test]
    fn empty_or_unprintable_text_is_refused() {
        for empty in ["", "   ", "\n\t"] {
            assert_eq!(empty.parse::<Reason>(), Err(ReasonError::Empty));
        }
        for bad in ["a\nb", "a\0b", "a\u{1b}[31mb", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "a\u{85}b"] {
            assert_eq!(bad.parse::<Reason>(), Err(ReasonError::Unprintable), "{bad:?}");
        }
    }
}
