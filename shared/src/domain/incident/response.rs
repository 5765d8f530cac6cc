//! What is done about an incident of each severity (SPEC T32 to T34): the one place that decides by it. The matches are
//! exhaustive, so a severity or an alert that is new has to be decided here.
//!
//! | | by itself | by people |
//! |---|---|---|
//! | P0 | evidence, containment, everybody is told at once, the ban of an hour | within 5 minutes; reviewed within a week |
//! | P1 | everybody is told, the ban of an hour | within 2 hours: assess, block for good; reviewed within a week |
//! | P2 | everybody is told, the ban of an hour | within a day: investigate, plan; reviewed within two weeks |
//! | P3 | everybody is told, it is recorded | within a week |
//!
//! Who hears of which severity is up to each channel. "More logging" and "watch closer" (L0) switch nothing: each refusal
//! has its line in the log at any time, none is sampled or left out, so there is nothing that an attack could turn on.

use jiff::SignedDuration;

use super::{Alert, Severity};
use crate::domain::containment::Level;

/// What is done about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// How far it contains the bot by itself; L0: not at all. Evidence of what there was is put aside with it.
    pub contains: Level,
    /// What is done by itself against whoever it is.
    pub counter_measure: CounterMeasure,
    /// When people hear that it began.
    pub tells: Tells,
    /// How long somebody may take to acknowledge it before it escalates. "Now" is 5 minutes.
    pub answer_within: SignedDuration,
    /// How long after its end somebody has to have reviewed it; `None`: the record is enough.
    pub review_within: Option<SignedDuration>,
    /// Whether members may see it on the status page, if they notice anything of it.
    pub shows_members: bool,
}

/// When people hear that an incident began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// At once.
    AtOnce,
    /// After a short wait, so that what begins together is one notice.
    AfterWait,
}

/// What is done by itself against whoever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterMeasure {
    /// Nothing.
    None,
    /// A server that was refused too often is banned for an hour (SPEC T16).
    BanForAnHour,
}

impl Response {
    /// After its end, for what had to be answered within hours: P0 and P1.
    pub const POST_MORTEM_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// After its end, for what had to be answered within a day: P2.
    pub const REVIEW_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

    /// About an alert that is this urgent: its own severity, or what it has escalated to.
    pub const fn of(alert: Alert, severity: Severity) -> Self {
        match severity {
            Severity::P0 => Self {
                contains: alert.rule().contains,
                counter_measure: CounterMeasure::against(alert),
                tells: Tells::AtOnce,
                answer_within: SignedDuration::from_mins(5),
                review_within: Some(Self::POST_MORTEM_WITHIN),
                shows_members: true,
            },
            Severity::P1 => Self {
                contains: Level::L0,
                counter_measure: CounterMeasure::against(alert),
                tells: Tells::AfterWait,
                answer_within: SignedDuration::from_hours(2),
                review_within: Some(Self::POST_MORTEM_WITHIN),
                shows_members: true,
            },
            Severity::P2 => Self {
                contains: Level::L0,
                counter_measure: CounterMeasure::against(alert),
                tells: Tells::AfterWait,
                answer_within: SignedDuration::from_hours(24),
                review_within: Some(Self::REVIEW_WITHIN),
                shows_members: true,
            },
            Severity::P3 => Self {
                contains: Level::L0,
                counter_measure: CounterMeasure::None,
                tells: Tells::AfterWait,
                answer_within: SignedDuration::from_hours(7 * 24),
                review_within: None,
                shows_members: false,
            },
        }
    }
}

impl CounterMeasure {
    /// Where servers are refused, the ban of an hour holds; nothing else is done to anybody by itself.
    const fn against(alert: Alert) -> Self {
        match alert {
            Alert::UnderAttack
            | Alert::UnauthorizedAccess
            | Alert::SuspiciousActivity
            | Alert::GuildBanned => Self::BanForAnHour,
            Alert::AuthFailures
            | Alert::Finding
            | Alert::SecretTouched
            | Alert::BreakGlass
            | Alert::VerificationFailures
            | Alert::WebhookUnconfigured
            | Alert::RotationFailures
            | Alert::SigningKeyAge
            | Alert::ThirdPartyKeyAge
            | Alert::DeadLetters
            | Alert::FunctionErrors
            | Alert::FunctionThrottles
            | Alert::StoreFailures
            | Alert::VoiceLate
            | Alert::VoiceFailures
            | Alert::LeaseAge
            | Alert::WorkerStopped
            | Alert::RepliesRefused
            | Alert::Checkpoints
            | Alert::Budget
            | Alert::FanOut
            | Alert::Unknown
            | Alert::Malformed => Self::None,
        }
    }

    /// What is done by itself, and which command does it for good, in two sentences.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::BanForAnHour => Some(
                "A server that is refused more than 10 times in an hour is banned for an hour. To block it for good: \
                 `/admin deny`.",
            ),
        }
    }
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
