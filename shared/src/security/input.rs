//! Rule: text from outside is parsed into a type with a limit before anything looks at it (SPEC T17, T18, W33).
//! Threat: rows that grow without bound, text that rewrites a terminal or hides its direction, blank requests.
//! Refusal: an [`InputError`] that names what is wrong. There is no list of forbidden words: "Union" is a song.

use core::fmt;
use core::str::FromStr;

use unicode_normalization::UnicodeNormalization;

/// Longest search query, in Unicode scalars after NFC (SPEC T17). Also the limit in the command registration.
pub const QUERY_MAX: usize = 200;
/// Longest URL, in bytes (SPEC T17).
pub const URL_MAX: usize = 2048;
/// Longest playlist name, in Unicode scalars after NFC (SPEC T17).
pub const PLAYLIST_NAME_MAX: usize = 100;
/// Longest command name, in ASCII characters (SPEC W33).
pub const COMMAND_NAME_MAX: usize = 255;
/// Longest message, in Unicode scalars after NFC (SPEC W33).
pub const MESSAGE_MAX: usize = 2000;
/// Longest heading, in Unicode scalars after NFC.
pub const HEADLINE_MAX: usize = 200;
/// Longest id of another service's, in ASCII characters.
pub const SERVICE_ID_MAX: usize = 128;
/// Longest half of a `platform:digits` id, in ASCII characters.
pub const PLATFORM_ID_PART_MAX: usize = 32;
/// Longest title of a reward for channel points, in Unicode scalars after NFC; Twitch's own limit.
pub const REWARD_NAME_MAX: usize = 45;

/// Why a piece of text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing visible is in it.
    #[error("nothing is in it")]
    Blank,
    /// It is longer than `max` characters.
    #[error("longer than {max} characters")]
    TooLong {
        /// The limit that it is over.
        max: usize,
    },
    /// It holds a C0 or C1 control character.
    #[error("holds a control character")]
    ControlCharacter,
    /// It holds a character that only changes the direction of other text.
    #[error("holds a direction-changing character")]
    BidiCharacter,
    /// It holds a character outside the alphabet of its kind, or has the wrong shape.
    #[error("has the wrong form")]
    Form,
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as it was accepted.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InputError;

            fn from_str(text: &str) -> Result<Self, InputError> {
                let parse: fn(&str) -> Result<String, InputError> = $parse;
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InputError;

            fn try_from(text: String) -> Result<Self, InputError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text_type!(
    /// What somebody asked to hear: one line, NFC, trimmed, 1 to [`QUERY_MAX`] scalars (SPEC T17, T18).
    SearchQuery,
    |text| line(text, QUERY_MAX)
);
text_type!(
    /// A playlist's name: one line, NFC, trimmed, 1 to [`PLAYLIST_NAME_MAX`] scalars (SPEC T17).
    PlaylistName,
    |text| line(text, PLAYLIST_NAME_MAX)
);
text_type!(
    /// What a reward for channel points is called: one line, NFC, trimmed, 1 to [`REWARD_NAME_MAX`] scalars (SPEC P11).
    RewardName,
    |text| line(text, REWARD_NAME_MAX)
);
text_type!(
    /// A command's name: 1 to [`COMMAND_NAME_MAX`] of `[a-zA-Z0-9_-]` (SPEC W33).
    CommandName,
    command_name
);
text_type!(
    /// A message: NFC, trimmed, 1 to [`MESSAGE_MAX`] scalars; newlines and tabs may stay (SPEC W33).
    MessageText,
    |text| bounded(text, MESSAGE_MAX, |c| is_control(c) && !matches!(c, '\n' | '\r' | '\t'))
);

text_type!(
    /// A heading: one line, NFC, trimmed, 1 to [`HEADLINE_MAX`] scalars.
    Headline,
    |text| line(text, HEADLINE_MAX)
);
text_type!(
    /// What another service calls a thing of its own: 1 to [`SERVICE_ID_MAX`] of `[a-zA-Z0-9_-]`, such as a UUID.
    ServiceId,
    service_id
);

/// A user of any platform, `platform:digits` (SPEC W33).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlatformUserId {
    platform: String,
    digits: String,
}

impl PlatformUserId {
    /// The platform: lower-case ASCII letters.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The platform's own id: ASCII digits, leading zeros kept.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

impl fmt::Display for PlatformUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.digits)
    }
}

impl FromStr for PlatformUserId {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        if text.is_empty() {
            return Err(InputError::Blank);
        }
        let (platform, digits) = text.split_once(':').ok_or(InputError::Form)?;
        alphabet(platform, PLATFORM_ID_PART_MAX, |byte| byte.is_ascii_lowercase())?;
        alphabet(digits, PLATFORM_ID_PART_MAX, |byte| byte.is_ascii_digit())?;
        Ok(Self { platform: platform.to_owned(), digits: digits.to_owned() })
    }
}

/// The form in which two names are the same name: NFC, lower case, every run of whitespace one space.
pub fn fold(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// C0, DEL and C1.
pub const fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

/// Unicode's `Bidi_Control`: marks, embeddings, overrides and isolates. Letters of right-to-left scripts are not in it.
pub const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that take no room and are no part of any word; the joiners U+200C and U+200D are judged by context.
pub const fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn line(text: &str, max: usize) -> Result<String, InputError> {
    bounded(text, max, is_control)
}

fn bounded(text: &str, max: usize, forbidden: fn(char) -> bool) -> Result<String, InputError> {
    let text: String = text.trim().nfc().collect();
    if text.chars().all(|c| c.is_whitespace() || is_zero_width(c)) {
        return Err(InputError::Blank);
    }
    if text.chars().any(forbidden) {
        return Err(InputError::ControlCharacter);
    }
    if text.chars().any(is_bidi_control) {
        return Err(InputError::BidiCharacter);
    }
    if text.chars().count() > max {
        return Err(InputError::TooLong { max });
    }
    Ok(text)
}

fn command_name(text: &str) -> Result<String, InputError> {
    alphabet(text, COMMAND_NAME_MAX, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))?;
    Ok(text.to_owned())
}

fn service_id(text: &str) -> Result<String, InputError> {
    alphabet(text, SERVICE_ID_MAX, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))?;
    Ok(text.to_owned())
}

fn alphabet(text: &str, max: usize, allowed: fn(u8) -> bool) -> Result<(), InputError> {
    match text {
        "" => Err(InputError::Blank),
        _ if text.len() > max => Err(InputError::TooLong { max }),
        _ if !text.bytes().all(allowed) => Err(InputError::Form),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
