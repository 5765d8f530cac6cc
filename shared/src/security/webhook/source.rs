//! Who may send us webhooks, as their addresses, secrets and rows call them (SPEC W18 to W21).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Scheme;

/// A sender: the last part of `/webhooks/{source}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookSource {
    /// Discord's Webhook Events.
    Discord,
    /// Whoever holds a secret that we gave them.
    Generic,
    /// GitHub, and those who sign as it does.
    GitHub,
    /// Slack's Events API.
    Slack,
    /// Twitch's `EventSub`.
    Twitch,
    /// The `WebSub` hub of `YouTube`.
    YouTube,
}

impl WebhookSource {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 6] =
        [Self::Discord, Self::Generic, Self::GitHub, Self::Slack, Self::Twitch, Self::YouTube];

    /// Its name in addresses, rows and the names of secrets.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Generic => "generic",
            Self::GitHub => "github",
            Self::Slack => "slack",
            Self::Twitch => "twitch",
            Self::YouTube => "youtube",
        }
    }

    /// How it signs with a secret that both sides hold; `None`: it signs with a private key of its own.
    pub const fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Discord => None,
            Self::Generic => Some(Scheme::Generic),
            Self::GitHub => Some(Scheme::GitHub),
            Self::Slack => Some(Scheme::Slack),
            Self::Twitch => Some(Scheme::Twitch),
            Self::YouTube => Some(Scheme::WebSub),
        }
    }
}

impl fmt::Display for WebhookSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Nobody of that name sends us webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no webhooks are taken from there")]
pub struct UnknownSource;

impl FromStr for WebhookSource {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        Self::ALL.into_iter().find(|source| source.code() == text).ok_or(UnknownSource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_back_from_its_code_and_from_nothing_else() {
        for source in WebhookSource::ALL {
            assert_eq!(source.code().parse(), Ok(source));
            assert_eq!(serde_json::to_string(&source).unwrap(), format!("\"{source}\""));
        }
        for other in ["", "Twitch", "twitch/", "../twitch", "twitch ", "standard", "reddit"] {
            assert_eq!(other.parse::<WebhookSource>(), Err(UnknownSource), "{other}");
        }
        assert!(WebhookSource::ALL.is_sorted_by_key(|source| source.code()));
    }

    #[test]
    fn only_discord_has_no_secret_of_ours() {
        let without: Vec<_> = WebhookSource::ALL.into_iter().filter(|one| one.scheme().is_none()).collect();
        assert_eq!(without, [WebhookSource::Discord]);
    }
}
