//! Accounts at other services that members link to the bot (SPEC T3, W12). An account is known by its service and by
//! the service's own id for it, never by an e-mail address.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A service whose accounts can be linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Discord itself, beside the bot.
    Discord,
    /// Sign in with Slack (`OpenID` Connect).
    Slack,
    /// Spotify, for the names of tracks only: its sound is never played.
    Spotify,
    /// Twitch.
    Twitch,
    /// A Google account, for `YouTube`.
    YouTube,
}

impl Provider {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Discord, Self::Slack, Self::Spotify, Self::Twitch, Self::YouTube];

    /// Its name in addresses, rows and options.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Spotify => "spotify",
            Self::Twitch => "twitch",
            Self::YouTube => "youtube",
        }
    }

    /// Its name as it writes it itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discord => "Discord",
            Self::Slack => "Slack",
            Self::Spotify => "Spotify",
            Self::Twitch => "Twitch",
            Self::YouTube => "YouTube",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Nothing of this name can be linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no account of that service can be linked")]
pub struct UnknownProvider;

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        Self::ALL.into_iter().find(|provider| provider.code() == text).ok_or(UnknownProvider)
    }
}

/// A service's own id of an account, such as the `sub` of `OpenID` Connect: 1 to 255 visible ASCII characters (`OpenID`
/// Connect Core 1.0, section 2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

/// What a service calls an account is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service's id of the account is not 1 to 255 visible ASCII characters")]
pub struct BadSubject;

impl Subject {
    /// The id as the service writes it. It is personal: neither a log nor a metric may hold it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Subject {
    type Error = BadSubject;

    fn try_from(text: String) -> Result<Self, BadSubject> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text)) } else { Err(BadSubject) }
    }
}

impl FromStr for Subject {
    type Err = BadSubject;

    fn from_str(text: &str) -> Result<Self, BadSubject> {
        Self::try_from(text.to_owned())
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<subject>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_read_back_from_its_code_and_from_nothing_else() {
        for provider in Provider::ALL {
            assert_eq!(provider.code().parse(), Ok(provider));
            assert_eq!(serde_json::to_string(&provider).unwrap(), format!("\"{provider}\""));
        }
        for other in ["", "Twitch", "google", "youtube ", "../twitch"] {
            assert_eq!(other.parse::<Provider>(), Err(UnknownProvider), "{other}");
        }
        assert!(Provider::ALL.is_sorted_by_key(|provider| provider.code()));
    }

    #[test]
    fn a_subject_is_visible_ascii_of_bounded_length() {
        for good in ["1", "U0123ABC", "auth0|5f7c", &"x".repeat(255)] {
            assert_eq!(good.parse::<Subject>().unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\n", "\u{e9}", &"x".repeat(256)] {
            assert_eq!(bad.parse::<Subject>(), Err(BadSubject), "{bad:?}");
            assert!(serde_json::from_value::<Subject>(serde_json::json!(bad)).is_err());
        }
    }

    #[test]
    fn debug_does_not_show_a_subject() {
        assert_eq!(format!("{:?}", "12345".parse::<Subject>()), "Ok(<subject>)");
    }
}
