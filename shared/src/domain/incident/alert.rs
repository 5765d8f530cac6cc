//! Everything that can become an incident, in one table: how urgent it is, what it is about, how far it may contain by
//! itself, and what it hides (SPEC T32 to T34). Its runbook is `docs/runbooks/{slug}.md`.

use core::fmt;
use core::str::FromStr;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::domain::containment::Level;

/// What an incident is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Somebody tries doors.
    Attack,
    /// A key, token or secret is too old, was touched, or may have leaked.
    Credentials,
    /// Something does not work for members.
    Availability,
    /// Work lies where nobody does it.
    Backlog,
    /// What proves that we are right is not written.
    Evidence,
    /// It costs more than was agreed.
    Cost,
    /// The alarms themselves.
    Watch,
}

/// What members see on the status page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Slash commands and buttons in Discord.
    Commands,
    /// What is heard.
    Music,
    /// Linking accounts.
    Accounts,
    /// The API for integrations.
    Api,
    /// Events of other platforms.
    Webhooks,
    /// Rights over one's own data.
    Privacy,
}

/// Which alarm, finding or event of ours. The list is closed: what is unknown is [`Alert::Unknown`], never nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(missing_docs, reason = "each one's words stand in its row below")]
pub enum Alert {
    UnderAttack,
    UnauthorizedAccess,
    AuthFailures,
    SuspiciousActivity,
    GuildBanned,
    Finding,
    SecretTouched,
    BreakGlass,
    VerificationFailures,
    WebhookUnconfigured,
    RotationFailures,
    SigningKeyAge,
    ThirdPartyKeyAge,
    DeadLetters,
    FunctionErrors,
    FunctionThrottles,
    StoreFailures,
    VoiceLate,
    VoiceFailures,
    LeaseAge,
    WorkerStopped,
    RepliesRefused,
    Checkpoints,
    Budget,
    FanOut,
    Unknown,
    Malformed,
}

/// An alert's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whose.
    pub alert: Alert,
    /// Its name in addresses, rows and the runbook's file.
    pub slug: &'static str,
    /// What follows `TimmyBot-` in the name of its `CloudWatch` alarms, before `-{label}` and the stage's suffix; `None`: it
    /// is no alarm of `CloudWatch`'s.
    pub alarm: Option<&'static str>,
    /// How urgent.
    pub severity: Severity,
    /// What about.
    pub category: Category,
    /// What members notice of it, if anything.
    pub component: Option<Component>,
    /// How far it may contain by itself: L0 or L1; L2 for jobs only (SPEC T33).
    pub contains: Level,
    /// In a few words.
    pub title: &'static str,
    /// What to do first, in a sentence.
    pub advice: &'static str,
    /// While it is open, these are recorded and not told of.
    pub hides: &'static [Alert],
}

impl Alert {
    /// Every one.
    pub const ALL: [Self; 27] = [
        Self::UnderAttack,
        Self::UnauthorizedAccess,
        Self::AuthFailures,
        Self::SuspiciousActivity,
        Self::GuildBanned,
        Self::Finding,
        Self::SecretTouched,
        Self::BreakGlass,
        Self::VerificationFailures,
        Self::WebhookUnconfigured,
        Self::RotationFailures,
        Self::SigningKeyAge,
        Self::ThirdPartyKeyAge,
        Self::DeadLetters,
        Self::FunctionErrors,
        Self::FunctionThrottles,
        Self::StoreFailures,
        Self::VoiceLate,
        Self::VoiceFailures,
        Self::LeaseAge,
        Self::WorkerStopped,
        Self::RepliesRefused,
        Self::Checkpoints,
        Self::Budget,
        Self::FanOut,
        Self::Unknown,
        Self::Malformed,
    ];

    /// Its row.
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub const fn rule(self) -> &'static Rule {
        match self {
            Self::UnderAttack => &Rule {
                alert: Self::UnderAttack,
                slug: "under-attack",
                alarm: Some("UnderAttack"),
                severity: Severity::P0,
                category: Category::Attack,
                component: Some(Component::Commands),
                contains: Level::L1,
                title: "Under attack",
                advice: "Look who tries what; the bot has paused itself. Resume when it is over, two of you.",
                hides: &[
                    Self::UnauthorizedAccess,
                    Self::AuthFailures,
                    Self::SuspiciousActivity,
                    Self::GuildBanned,
                ],
            },
            Self::UnauthorizedAccess => &Rule {
                alert: Self::UnauthorizedAccess,
                slug: "unauthorized-access",
                alarm: Some("UnauthorizedAccess"),
                severity: Severity::P1,
                category: Category::Attack,
                component: None,
                contains: Level::L0,
                title: "Somebody who is not allowed keeps trying",
                advice: "Look which server it is (`/admin audit`, the log) and block it if it is not a mistake.",
                hides: &[],
            },
            Self::AuthFailures => &Rule {
                alert: Self::AuthFailures,
                slug: "auth-failures",
                alarm: Some("AuthFailures"),
                severity: Severity::P1,
                category: Category::Attack,
                component: None,
                contains: Level::L0,
                title: "Many could not prove who they are",
                advice: "Look at the reasons in the log: forged signatures, or a key of ours that no longer fits.",
                hides: &[],
            },
            Self::SuspiciousActivity => &Rule {
                alert: Self::SuspiciousActivity,
                slug: "suspicious-activity",
                alarm: Some("SuspiciousActivity"),
                severity: Severity::P1,
                category: Category::Attack,
                component: None,
                contains: Level::L0,
                title: "The score of odd behaviour is high",
                advice: "Look which of its parts grew; a single server can be blocked.",
                hides: &[Self::GuildBanned],
            },
            Self::GuildBanned => &Rule {
                alert: Self::GuildBanned,
                slug: "guild-banned",
                alarm: None,
                severity: Severity::P2,
                category: Category::Attack,
                component: None,
                contains: Level::L0,
                title: "A server was banned for an hour",
                advice: "Look whether it should be blocked for good (`/admin deny`).",
                hides: &[],
            },
            Self::Finding => &Rule {
                alert: Self::Finding,
                slug: "finding",
                alarm: None,
                severity: Severity::P0,
                category: Category::Attack,
                component: None,
                contains: Level::L1,
                title: "AWS found something",
                advice: "Read the finding in the console; assume it is real until you know better.",
                hides: &[],
            },
            Self::SecretTouched => &Rule {
                alert: Self::SecretTouched,
                slug: "secret-touched",
                alarm: None,
                severity: Severity::P1,
                category: Category::Credentials,
                component: None,
                contains: Level::L0,
                title: "Somebody touched a secret by hand",
                advice: "Find out who it was. If nobody knows, rotate it as leaked (`timmy rotate --leaked`).",
                hides: &[],
            },
            Self::BreakGlass => &Rule {
                alert: Self::BreakGlass,
                slug: "break-glass",
                alarm: None,
                severity: Severity::P1,
                category: Category::Credentials,
                component: None,
                contains: Level::L0,
                title: "Somebody took the role for emergencies",
                advice: "Find out who it was and why. If nobody knows, end its sessions and give the role to nobody.",
                hides: &[],
            },
            Self::VerificationFailures => &Rule {
                alert: Self::VerificationFailures,
                slug: "verification-failures",
                alarm: Some("VerificationFailures"),
                severity: Severity::P1,
                category: Category::Credentials,
                component: Some(Component::Commands),
                contains: Level::L0,
                title: "Signatures do not verify",
                advice: "Compare the application's public key with the parameter DiscordPublicKeys.",
                hides: &[],
            },
            Self::WebhookUnconfigured => &Rule {
                alert: Self::WebhookUnconfigured,
                slug: "webhook-unconfigured",
                alarm: Some("WebhookUnconfigured"),
                severity: Severity::P2,
                category: Category::Credentials,
                component: Some(Component::Webhooks),
                contains: Level::L0,
                title: "A webhook's secret is missing",
                advice: "Put the secret where it belongs, or turn the source off over there.",
                hides: &[],
            },
            Self::RotationFailures => &Rule {
                alert: Self::RotationFailures,
                slug: "rotation-failures",
                alarm: Some("RotationFailures"),
                severity: Severity::P2,
                category: Category::Credentials,
                component: Some(Component::Accounts),
                contains: Level::L0,
                title: "Tokens or keys could not be renewed",
                advice: "Look at the night's summary and at the dead letters of the rotation.",
                hides: &[],
            },
            Self::SigningKeyAge => &Rule {
                alert: Self::SigningKeyAge,
                slug: "signing-key-age",
                alarm: Some("SigningKeyAge"),
                severity: Severity::P3,
                category: Category::Credentials,
                component: None,
                contains: Level::L0,
                title: "A key of ours is older than a year",
                advice: "Rotate it (`timmy rotate NAME`).",
                hides: &[],
            },
            Self::ThirdPartyKeyAge => &Rule {
                alert: Self::ThirdPartyKeyAge,
                slug: "third-party-key-age",
                alarm: Some("ThirdPartyKeyAge"),
                severity: Severity::P3,
                category: Category::Credentials,
                component: None,
                contains: Level::L0,
                title: "A key that only people can renew is old",
                advice: "Make a new one over there and put it into its secret (docs/OPERATIONS.md).",
                hides: &[],
            },
            Self::DeadLetters => &Rule {
                alert: Self::DeadLetters,
                slug: "dead-letters",
                alarm: Some("DeadLetters"),
                severity: Severity::P2,
                category: Category::Backlog,
                component: None,
                contains: Level::L0,
                title: "Work lies in a dead-letter queue",
                advice: "Read the messages, mend the cause, and send them again.",
                hides: &[],
            },
            Self::FunctionErrors => &Rule {
                alert: Self::FunctionErrors,
                slug: "function-errors",
                alarm: Some("FunctionErrors"),
                severity: Severity::P1,
                category: Category::Availability,
                component: Some(Component::Commands),
                contains: Level::L0,
                title: "A function fails",
                advice: "Read its log from the time of the alarm on.",
                hides: &[],
            },
            Self::FunctionThrottles => &Rule {
                alert: Self::FunctionThrottles,
                slug: "function-throttles",
                alarm: Some("FunctionThrottles"),
                severity: Severity::P2,
                category: Category::Availability,
                component: Some(Component::Commands),
                contains: Level::L0,
                title: "A function is throttled",
                advice: "Raise the account's concurrency or the function's reserved part.",
                hides: &[Self::FunctionErrors],
            },
            Self::StoreFailures => &Rule {
                alert: Self::StoreFailures,
                slug: "store-failures",
                alarm: Some("StoreFailures"),
                severity: Severity::P1,
                category: Category::Availability,
                component: Some(Component::Commands),
                contains: Level::L0,
                title: "A table does not answer",
                advice: "Look at DynamoDB's health in this region; nothing is lost meanwhile.",
                hides: &[Self::FunctionErrors],
            },
            Self::VoiceLate => &Rule {
                alert: Self::VoiceLate,
                slug: "voice-late",
                alarm: Some("VoiceLate"),
                severity: Severity::P3,
                category: Category::Availability,
                component: Some(Component::Music),
                contains: Level::L0,
                title: "Music stutters",
                advice: "Give the worker more CPU, or fewer servers.",
                hides: &[],
            },
            Self::VoiceFailures => &Rule {
                alert: Self::VoiceFailures,
                slug: "voice-failures",
                alarm: Some("VoiceFailures"),
                severity: Severity::P2,
                category: Category::Availability,
                component: Some(Component::Music),
                contains: Level::L0,
                title: "A voice worker cannot be reached",
                advice: "Look at the supervisor's log and at stopped tasks.",
                hides: &[Self::LeaseAge],
            },
            Self::LeaseAge => &Rule {
                alert: Self::LeaseAge,
                slug: "lease-age",
                alarm: Some("LeaseAge"),
                severity: Severity::P2,
                category: Category::Availability,
                component: Some(Component::Music),
                contains: Level::L0,
                title: "A worker cannot renew its lease",
                advice: "Look whether the table answers and whether the task lives.",
                hides: &[],
            },
            Self::WorkerStopped => &Rule {
                alert: Self::WorkerStopped,
                slug: "worker-stopped",
                alarm: None,
                severity: Severity::P3,
                category: Category::Availability,
                component: Some(Component::Music),
                contains: Level::L0,
                title: "A voice worker ended otherwise than planned",
                advice: "A new one starts by itself; look why if it happens again.",
                hides: &[],
            },
            Self::RepliesRefused => &Rule {
                alert: Self::RepliesRefused,
                slug: "replies-refused",
                alarm: Some("RepliesRefused"),
                severity: Severity::P2,
                category: Category::Availability,
                component: Some(Component::Commands),
                contains: Level::L0,
                title: "Discord refuses our answers",
                advice: "A fault of ours: look for `deadline` in the log.",
                hides: &[],
            },
            Self::Checkpoints => &Rule {
                alert: Self::Checkpoints,
                slug: "checkpoints",
                alarm: Some("Checkpoints"),
                severity: Severity::P1,
                category: Category::Evidence,
                component: None,
                contains: Level::L0,
                title: "The audit trail's ends are not signed",
                advice: "Look at the signing key and at the evidence bucket.",
                hides: &[],
            },
            Self::Budget => &Rule {
                alert: Self::Budget,
                slug: "budget",
                alarm: Some("Budget"),
                severity: Severity::P2,
                category: Category::Cost,
                component: None,
                contains: Level::L0,
                title: "It costs more than was agreed",
                advice: "Look at the dashboard and the bill; floods are stopped by a lower concurrency.",
                hides: &[],
            },
            Self::FanOut => &Rule {
                alert: Self::FanOut,
                slug: "fan-out",
                alarm: Some("FanOut"),
                severity: Severity::P1,
                category: Category::Watch,
                component: None,
                contains: Level::L0,
                title: "Alarms do not reach everybody",
                advice: "Look at the channels (`timmy channel list`) and at the dead letters of the alarms.",
                hides: &[],
            },
            Self::Unknown => &Rule {
                alert: Self::Unknown,
                slug: "unknown",
                alarm: None,
                severity: Severity::P2,
                category: Category::Watch,
                component: None,
                contains: Level::L0,
                title: "An alarm that nobody has named",
                advice: "Read what it says; give it a row, or take it away.",
                hides: &[],
            },
            Self::Malformed => &Rule {
                alert: Self::Malformed,
                slug: "malformed",
                alarm: None,
                severity: Severity::P2,
                category: Category::Watch,
                component: None,
                contains: Level::L0,
                title: "Something that is no alarm came as one",
                advice: "Look who may publish to the topic of the alarms.",
                hides: &[],
            },
        }
    }

    /// How long nothing may be heard of it until it is over by itself; `None`: it is told when it is over, or people decide.
    pub const fn fades_after(self) -> Option<SignedDuration> {
        match self {
            // A ban is for an hour.
            Self::GuildBanned | Self::WorkerStopped => Some(SignedDuration::from_hours(1)),
            Self::Unknown | Self::Malformed => Some(SignedDuration::from_hours(24)),
            _ => None,
        }
    }

    /// Its name.
    pub const fn slug(self) -> &'static str {
        self.rule().slug
    }
}

/// There is no alert of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no alert has that name")]
pub struct UnknownAlert;

impl FromStr for Alert {
    type Err = UnknownAlert;

    fn from_str(slug: &str) -> Result<Self, UnknownAlert> {
        Self::ALL.into_iter().find(|alert| alert.slug() == slug).ok_or(UnknownAlert)
    }
}

impl TryFrom<String> for Alert {
    type Error = UnknownAlert;

    fn try_from(slug: String) -> Result<Self, UnknownAlert> {
        slug.parse()
    }
}

impl From<Alert> for String {
    fn from(alert: Alert) -> Self {
        alert.slug().to_owned()
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        let slugs: BTreeSet<_> = Alert::ALL.iter().map(|alert| alert.slug()).collect();
        let alarms: BTreeSet<_> = Alert::ALL.iter().filter_map(|alert| alert.rule().alarm).collect();
        assert_eq!(slugs.len(), Alert::ALL.len());
        assert_eq!(alarms.len(), Alert::ALL.iter().filter(|alert| alert.rule().alarm.is_some()).count());
        for alert in Alert::ALL {
            assert_eq!(alert.slug().parse(), Ok(alert));
            assert_eq!(alert.rule().alert, alert);
        }
        assert_eq!("".parse::<Alert>(), Err(UnknownAlert));
    }

    /// SPEC T33: by itself an alarm pauses commands; L2 is for jobs, and everything above is for people.
    #[test]
    fn no_alert_contains_further_than_it_may() {
        for alert in Alert::ALL {
            let rule = alert.rule();
            assert!(rule.contains <= Level::L1, "{alert}");
            assert!(rule.contains == Level::L0 || rule.severity == Severity::P0, "{alert}");
        }
    }

    /// Nobody tells that an event is over; what might be a break-in is over only when people say so.
    #[test]
    fn only_events_fade_and_none_that_is_urgent() {
        for alert in Alert::ALL.into_iter().filter(|alert| alert.fades_after().is_some()) {
            assert_eq!(alert.rule().alarm, None, "{alert}");
            assert!(alert.rule().severity >= Severity::P2, "{alert}");
        }
        assert_eq!(Alert::Finding.fades_after(), None);
    }

    #[test]
    fn nothing_hides_what_is_more_urgent_or_itself() {
        for alert in Alert::ALL {
            for hidden in alert.rule().hides {
                assert_ne!(*hidden, alert);
                assert!(!hidden.rule().hides.contains(&alert), "{alert} and {hidden} hide each other");
            }
        }
    }
}
