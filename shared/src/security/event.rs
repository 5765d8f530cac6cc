//! Rule: what matters to security is told as one structured event with a fixed shape (SPEC T21, T22, W35).
//! Threat: a forged log line (CWE-117), an id or a query in the log, an event that no alarm can read.
//! Refusal: ids only as pseudonyms, details only as typed facts under constant names, one line of JSON by serde;
//! the only outside text is the user agent, cut and reduced to visible ASCII.
//!
//! The shape is `events/schemas/security-event.json`; a change of meaning raises [`SCHEMA_VERSION`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::fact::Fact;
use super::pseudonym::Pseudonym;

/// The version of the event's shape.
pub const SCHEMA_VERSION: u8 = 1;

/// How many characters of a user agent are kept (SPEC W35).
pub const MAX_USER_AGENT: usize = 256;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// Somebody proved, or failed to prove, who they are.
    AuthenticationAttempt,
    /// A guild or user that is not allowed tried a command.
    UnauthorizedAccess,
    /// A permission was missing.
    AuthorizationDenied,
    /// An API key was used.
    ApiKeyUse,
    /// A credential was made, changed or removed.
    CredentialChange,
    /// An operator or moderator changed something; the audit trail has the whole of it.
    AdministrativeAction,
    /// The score of odd behaviour passed a line.
    SuspiciousActivity,
    /// A guild was banned for its denied attempts (SPEC T16).
    GuildBanned,
    /// A limit refused somebody (SPEC W22).
    RateLimited,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was tried and was wrong.
    Failure,
    /// It was refused.
    Denied,
    /// It could not be decided, since something that we need failed.
    Error,
}

/// Who was spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Discord.
    Discord,
    /// Twitch.
    Twitch,
    /// Slack.
    Slack,
    /// `YouTube`.
    Youtube,
    /// Spotify.
    Spotify,
    /// A GitHub-style webhook.
    Github,
    /// Our generic webhook.
    Generic,
    /// Our own REST API.
    Api,
}

impl Platform {
    /// The platform's name in events and dimensions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Twitch => "twitch",
            Self::Slack => "slack",
            Self::Youtube => "youtube",
            Self::Spotify => "spotify",
            Self::Github => "github",
            Self::Generic => "generic",
            Self::Api => "api",
        }
    }
}

/// A user agent that may be logged: at most [`MAX_USER_AGENT`] characters, each visible ASCII or a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserAgent(String);

/// Every other character becomes `?`: line breaks, U+2028, escape sequences and bidi marks are all among them.
impl From<&str> for UserAgent {
    fn from(text: &str) -> Self {
        let visible = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
        Self(text.chars().take(MAX_USER_AGENT).map(visible).collect())
    }
}

/// One event, built by value: `SecurityEvent::guild_banned(3600, now).guild(name)`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SecurityEvent {
    schema_version: u8,
    event_type: EventType,
    action: &'static str,
    result: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Pseudonym>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild: Option<Pseudonym>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<Pseudonym>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<UserAgent>,
    timestamp: Timestamp,
    extras: BTreeMap<&'static str, Fact>,
}

impl SecurityEvent {
    /// `AUTHENTICATION_ATTEMPT` {platform, success, ip} (SPEC T21); give the address with [`Self::ip`].
    pub fn authentication_attempt(platform: Platform, success: bool, at: Timestamp) -> Self {
        let result = if success { Outcome::Success } else { Outcome::Failure };
        Self::new(EventType::AuthenticationAttempt, "authenticate", result, at)
            .extra("platform", platform.as_str())
            .extra("success", success)
    }

    /// `UNAUTHORIZED_ACCESS` {command, blocked} (SPEC T21).
    pub fn unauthorized_access(command: &'static str, blocked: bool, at: Timestamp) -> Self {
        let result = if blocked { Outcome::Denied } else { Outcome::Success };
        Self::new(EventType::UnauthorizedAccess, "command", result, at)
            .extra("command", command)
            .extra("blocked", blocked)
    }

    /// `AUTHORIZATION_DENIED` {permission}: a known caller lacked `permission` for `action`.
    pub fn authorization_denied(action: &'static str, permission: &'static str, at: Timestamp) -> Self {
        Self::new(EventType::AuthorizationDenied, action, Outcome::Denied, at).extra("permission", permission)
    }

    /// `API_KEY_USE`.
    pub fn api_key_use(action: &'static str, result: Outcome, at: Timestamp) -> Self {
        Self::new(EventType::ApiKeyUse, action, result, at)
    }

    /// `CREDENTIAL_CHANGE` {credential}: `action` is `create`, `rotate`, `revoke`, …
    pub fn credential_change(action: &'static str, credential: &'static str, at: Timestamp) -> Self {
        Self::new(EventType::CredentialChange, action, Outcome::Success, at).extra("credential", credential)
    }

    /// `ADMINISTRATIVE_ACTION`.
    pub fn administrative_action(action: &'static str, result: Outcome, at: Timestamp) -> Self {
        Self::new(EventType::AdministrativeAction, action, result, at)
    }

    /// `SUSPICIOUS_ACTIVITY` {score}, 0 to 100.
    pub fn suspicious_activity(score: u8, at: Timestamp) -> Self {
        let score = u32::from(score.min(100));
        Self::new(EventType::SuspiciousActivity, "score", Outcome::Failure, at).extra("score", score)
    }

    /// `GUILD_BANNED` {`duration_s`} (SPEC T16).
    pub fn guild_banned(duration_s: u32, at: Timestamp) -> Self {
        Self::new(EventType::GuildBanned, "ban", Outcome::Denied, at).extra("duration_s", duration_s)
    }

    /// `RATE_LIMITED` {command, `retry_after_s`}.
    pub fn rate_limited(command: &'static str, retry_after_s: u32, at: Timestamp) -> Self {
        Self::new(EventType::RateLimited, "limit", Outcome::Denied, at)
            .extra("command", command)
            .extra("retry_after_s", retry_after_s)
    }

    /// Who did it.
    #[must_use]
    pub fn user(self, user: Pseudonym) -> Self {
        Self { user: Some(user), ..self }
    }

    /// In which guild.
    #[must_use]
    pub fn guild(self, guild: Pseudonym) -> Self {
        Self { guild: Some(guild), ..self }
    }

    /// From which address.
    #[must_use]
    pub fn ip(self, ip: Pseudonym) -> Self {
        Self { ip: Some(ip), ..self }
    }

    /// With which client.
    #[must_use]
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    /// One more typed detail under a constant name.
    #[must_use]
    pub fn extra(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.extras.insert(name, fact.into());
        self
    }

    /// What happened.
    pub const fn event_type(&self) -> EventType {
        self.event_type
    }

    fn new(event_type: EventType, action: &'static str, result: Outcome, timestamp: Timestamp) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            event_type,
            action,
            result,
            user: None,
            guild: None,
            ip: None,
            user_agent: None,
            timestamp,
            extras: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
