//! Song requests from Twitch: whether a guild takes them, and what a viewer does to make one (SPEC P11).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::security::input::{InputError, RewardName, fold};

/// The most characters of a command's word.
pub const WORD_MAX: usize = 25;
/// The word where nobody has chosen one.
const WORD: &str = "sr";

/// What a guild has decided about viewers' requests. `Default` takes none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TwitchSettings {
    /// Whether requests are taken at all. Whose channel they come from stands elsewhere.
    pub enabled: bool,
    /// The channel-point reward that is a request; without one, none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Reward>,
    /// What a request in the chat begins with, after the exclamation mark.
    pub command: CommandWord,
}

/// A reward as the streamer names it here: by its title, or by the id that Twitch gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reward(RewardName);

impl Reward {
    /// As it was typed.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether this reward is meant. Titles are compared without case, composition and spacing, as people retype them.
    pub fn is(&self, id: &str, title: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(id) || fold(self.as_str()) == fold(title)
    }
}

impl FromStr for Reward {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        text.parse().map(Self)
    }
}

/// The word of a command in a chat, without its exclamation mark: 1 to [`WORD_MAX`] of `[a-z0-9_]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommandWord(String);

/// Not a word of a chat command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a command's word is 1 to {WORD_MAX} letters a-z, digits and underscores")]
pub struct BadWord;

impl CommandWord {
    /// The word, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for CommandWord {
    fn default() -> Self {
        Self(WORD.to_owned())
    }
}

impl fmt::Display for CommandWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As somebody types it: capitals and the exclamation mark are taken along.
impl FromStr for CommandWord {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        let text = text.trim();
        let word = text.strip_prefix('!').unwrap_or(text).to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=WORD_MAX).contains(&word.len()) && word.bytes().all(plain) {
            Ok(Self(word))
        } else {
            Err(BadWord)
        }
    }
}

impl TryFrom<String> for CommandWord {
    type Error = BadWord;

    fn try_from(text: String) -> Result<Self, BadWord> {
        text.parse()
    }
}

impl From<CommandWord> for String {
    fn from(word: CommandWord) -> Self {
        word.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_taken_before_somebody_says_so() {
        let settings = TwitchSettings::default();
        assert!(!settings.enabled && settings.reward.is_none());
        assert_eq!(settings.command.as_str(), "sr");
        let older: TwitchSettings = serde_json::from_str(r#"{"enabled":true}"#).unwrap();
        assert_eq!(older, TwitchSettings { enabled: true, ..settings });
    }

    #[test]
    fn a_reward_is_known_by_its_title_or_its_id() {
        let id = "92af127c-7326-4483-a52b-b0da0be61c01";
        let titled: Reward = " Song  Request ".parse().unwrap();
        assert!(titled.is(id, "song request") && titled.is(id, "SONG REQUEST"));
        assert!(!titled.is(id, "Song Request!"));
        let named: Reward = id.to_uppercase().parse().unwrap();
        assert!(named.is(id, "anything") && !named.is("92af127c", "anything"));
        for bad in ["", "  ", "\u{202e}x", "a\nb", &"x".repeat(46)] {
            assert!(bad.parse::<Reward>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_word_is_what_people_type_after_the_mark() {
        for (typed, word) in [("sr", "sr"), (" !Song ", "song"), ("song_request", "song_request"), ("7", "7")]
        {
            assert_eq!(typed.parse::<CommandWord>().unwrap().as_str(), word);
        }
        for bad in ["", "!", "!!sr", "song request", "wünsch", "/sr", &"x".repeat(WORD_MAX + 1)] {
            assert_eq!(bad.parse::<CommandWord>(), Err(BadWord), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_chosen_reads_back(
            enabled: bool, reward in proptest::option::of("[A-Za-z0-9äöü ]{1,45}"), word in "!?[A-Za-z0-9_]{1,25}",
        ) {
            let reward = reward.and_then(|text| text.parse().ok());
            let settings = TwitchSettings { enabled, reward, command: word.parse().unwrap() };
            let text = serde_json::to_string(&settings).unwrap();
            prop_assert_eq!(serde_json::from_str::<TwitchSettings>(&text).unwrap(), settings);
        }
    }
}
