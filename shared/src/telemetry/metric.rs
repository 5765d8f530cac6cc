//! What we count. A metric carries its own dimensions, as enums: a guild, a user or an address cannot be said.

use crate::privacy::{RetentionReason, SubjectKind};
use crate::security::event::Platform;
use crate::security::rate_limit::LimitScope;
use crate::security::signature::Refusal;

/// The namespace of every metric (SPEC T24).
pub const NAMESPACE: &str = "TimmyBot/Security";

/// A counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A guild or user that is not allowed tried something. Alarm at more than 10 in 300 s (SPEC T25).
    UnauthorizedAccess,
    /// Somebody could not prove who they are. Alarm at more than 20 in 900 s (SPEC T26).
    AuthFailures {
        /// Who was spoken to.
        platform: Platform,
        /// What was wrong.
        reason: AuthFailure,
    },
    /// The score of odd behaviour, 0 to 100; the alarms function computes it. Alarm at 80.
    SuspiciousActivity,
    /// A limit refused somebody.
    RateLimited {
        /// Which limit.
        scope: LimitScope,
    },
    /// A guild was banned (SPEC T16).
    GuildBanned,
    /// A permission was missing.
    AuthorizationDenied,
    /// A deferred reply was ended at its deadline (SPEC P8).
    DeadlineEnded {
        /// How.
        outcome: DeadlineOutcome,
    },
    /// A table did not answer.
    StoreFailures {
        /// What was asked of it.
        operation: StoreOperation,
    },
    /// The voice worker could not be told or asked for (SPEC P7).
    VoiceFailures {
        /// What was tried.
        call: VoiceCall,
    },
    /// Guilds that a worker plays in; once a minute, so that its absence is a sign, too.
    VoicePlayers,
    /// Frames of sound that were missing when they were due, since the last of these.
    VoiceLatePackets,
    /// Milliseconds since a worker's lease was renewed.
    VoiceLeaseAge,
    /// Tracks whose first sound was sent; once more each by a worker that goes on where another was.
    VoiceTracksStarted,
    /// Tracks that could not be played, or broke off: they were passed over, and the log says why.
    VoiceTracksFailed,
    /// Additions of which a full queue took not all (SPEC P9).
    QueueFull {
        /// What was full.
        limit: QueueLimit,
    },
    /// The ends of the audit chains were to be signed and kept outside of the tables (SPEC T36).
    Checkpoints {
        /// What became of it.
        outcome: CheckpointOutcome,
    },
    /// By night something had to go (SPEC T29).
    Retention {
        /// Why.
        reason: RetentionReason,
    },
    /// Somebody's data was erased (SPEC T30).
    Erasures {
        /// Whether it was a person's or a community's.
        subject: SubjectKind,
    },
    /// A webhook came (SPEC W18 to W21).
    Webhooks {
        /// From whom.
        platform: Platform,
        /// What became of it.
        outcome: WebhookOutcome,
    },
    /// A webhook came from a source without a usable secret: nothing was processed. Alarm at the first.
    WebhookUnconfigured {
        /// From whom.
        platform: Platform,
    },
    /// Links and keys that a night could not renew; zero for a night in which all went well, so that its alarm ends.
    RotationFailures,
    /// Whole days since the oldest key of ours was made. Alarm above 365 (SPEC W32).
    SigningKeyAge,
    /// Whole days since the oldest secret was changed that only people can renew. Alarm from 180 on (SPEC W32).
    ThirdPartyKeyAge,
    /// Channels that heard of something (SPEC T27).
    AlarmsTold,
    /// Channels that did not hear of something in any try. Alarm at the first, by a way of its own.
    AlarmsUntold,
}

/// Why an authentication failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// Not the method that is signed.
    Method,
    /// The body is too large.
    TooLarge,
    /// A header is missing.
    MissingHeader,
    /// A header is there twice.
    RepeatedHeader,
    /// A header does not parse.
    MalformedHeader,
    /// The signature does not fit.
    BadSignature,
    /// Too old or from the future.
    Stale,
    /// The id was seen before.
    Replayed,
    /// A linking that was not begun in this browser.
    OtherBrowser,
    /// Another service answers than was asked.
    MixUp,
    /// The service does not stand by what came in its name.
    NotHonoured,
    /// Signed, but not what it should be.
    MalformedBody,
    /// We have no key to verify with, or no way to remember: fail closed.
    Unavailable,
}

/// How a deferred reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineOutcome {
    /// The user was told.
    Told,
    /// Discord no longer knows the reply.
    Gone,
    /// Discord refused our words: a fault of ours.
    Refused,
}

/// What was asked of a table that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreOperation {
    /// Before the decision: replay, access, limits, flags.
    Guard,
    /// A read of state.
    Read,
    /// A change of state.
    Write,
    /// The audit trail.
    Audit,
}

/// What became of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointOutcome {
    /// It was signed and kept.
    Written,
    /// One of the same day says the same.
    Unchanged,
    /// Something that it needs failed; it is tried again.
    Failed,
}

/// What became of a webhook, at the door or behind the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Answered, and its work is in the queue.
    Queued,
    /// Answered, and there is nothing to do: a challenge, or an event that nobody here wants.
    Acknowledged,
    /// It came before and was handed on then.
    Repeated,
    /// Signed, and not what its sender documents.
    Malformed,
    /// Refused so that the sender tries again.
    Unavailable,
    /// Its work is done.
    Done,
    /// Its work is of no use any more, or has nowhere to go.
    Dropped,
    /// Its work failed and comes again.
    Failed,
    /// Its work waits, since the bot is locked down.
    Parked,
}

/// What there is only so much room in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueLimit {
    /// The whole queue.
    Queue,
    /// What one person may have in it.
    User,
}

/// What was tried in order that a worker hears of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceCall {
    /// Ringing its doorbell.
    Ring,
    /// Looking whether there is one.
    Look,
    /// Asking for one.
    Wake,
    /// Scheduling the end of a reply that it owes.
    Schedule,
}

impl Metric {
    /// The metric's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnauthorizedAccess => "unauthorized_access",
            Self::AuthFailures { .. } => "auth_failures",
            Self::SuspiciousActivity => "suspicious_activity",
            Self::RateLimited { .. } => "rate_limited",
            Self::GuildBanned => "guild_banned",
            Self::AuthorizationDenied => "authorization_denied",
            Self::DeadlineEnded { .. } => "deadline_ended",
            Self::StoreFailures { .. } => "store_failures",
            Self::VoiceFailures { .. } => "voice_failures",
            Self::VoicePlayers => "voice_players",
            Self::VoiceLatePackets => "voice_late_packets",
            Self::VoiceLeaseAge => "voice_lease_age",
            Self::VoiceTracksStarted => "voice_tracks_started",
            Self::VoiceTracksFailed => "voice_tracks_failed",
            Self::QueueFull { .. } => "queue_full",
            Self::Checkpoints { .. } => "checkpoints",
            Self::Retention { .. } => "retention",
            Self::Erasures { .. } => "erasures",
            Self::Webhooks { .. } => "webhooks",
            Self::WebhookUnconfigured { .. } => "webhook_unconfigured",
            Self::RotationFailures => "rotation_failures",
            Self::SigningKeyAge => "signing_key_age",
            Self::ThirdPartyKeyAge => "third_party_key_age",
            Self::AlarmsTold => "alarms_told",
            Self::AlarmsUntold => "alarms_untold",
        }
    }

    /// `CloudWatch`'s unit.
    pub(super) const fn unit(self) -> &'static str {
        match self {
            // CloudWatch has no unit for days.
            Self::SuspiciousActivity | Self::SigningKeyAge | Self::ThirdPartyKeyAge => "None",
            Self::VoiceLeaseAge => "Milliseconds",
            _ => "Count",
        }
    }

    /// Names and values of its dimensions; none for a plain counter.
    pub(super) fn dimensions(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::AuthFailures { platform, reason } => {
                vec![("platform", platform.as_str()), ("reason", reason.as_str())]
            }
            Self::RateLimited { scope } => vec![("scope", scope.as_str())],
            Self::QueueFull { limit } => vec![("scope", limit.as_str())],
            Self::DeadlineEnded { outcome } => vec![("outcome", outcome.as_str())],
            Self::StoreFailures { operation } => vec![("operation", operation.as_str())],
            Self::VoiceFailures { call } => vec![("call", call.as_str())],
            Self::Checkpoints { outcome } => vec![("outcome", outcome.as_str())],
            Self::Retention { reason } => vec![("reason", reason.as_str())],
            Self::Erasures { subject } => vec![("scope", subject.as_str())],
            Self::Webhooks { platform, outcome } => {
                vec![("platform", platform.as_str()), ("outcome", outcome.as_str())]
            }
            Self::WebhookUnconfigured { platform } => vec![("platform", platform.as_str())],
            Self::UnauthorizedAccess
            | Self::SuspiciousActivity
            | Self::GuildBanned
            | Self::AuthorizationDenied
            | Self::VoicePlayers
            | Self::VoiceLatePackets
            | Self::VoiceLeaseAge
            | Self::VoiceTracksStarted
            | Self::VoiceTracksFailed
            | Self::RotationFailures
            | Self::SigningKeyAge
            | Self::ThirdPartyKeyAge
            | Self::AlarmsTold
            | Self::AlarmsUntold => Vec::new(),
        }
    }
}

impl AuthFailure {
    /// The reason's name in dimensions and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::TooLarge => "too_large",
            Self::MissingHeader => "missing_header",
            Self::RepeatedHeader => "repeated_header",
            Self::MalformedHeader => "malformed_header",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::Replayed => "replayed",
            Self::OtherBrowser => "other_browser",
            Self::MixUp => "mix_up",
            Self::NotHonoured => "not_honoured",
            Self::MalformedBody => "malformed_body",
            Self::Unavailable => "unavailable",
        }
    }
}

impl From<Refusal> for AuthFailure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::MalformedEvent => Self::MalformedBody,
            Refusal::WrongMethod => Self::Method,
            Refusal::TooLarge => Self::TooLarge,
            Refusal::MissingHeader => Self::MissingHeader,
            Refusal::RepeatedHeader => Self::RepeatedHeader,
            Refusal::MalformedSignature | Refusal::MalformedTimestamp => Self::MalformedHeader,
            Refusal::BadSignature => Self::BadSignature,
            Refusal::Stale | Refusal::Future => Self::Stale,
            Refusal::Replayed => Self::Replayed,
        }
    }
}

impl DeadlineOutcome {
    /// The outcome's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Gone => "gone",
            Self::Refused => "refused",
        }
    }
}

impl StoreOperation {
    /// The operation's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::Read => "read",
            Self::Write => "write",
            Self::Audit => "audit",
        }
    }
}

impl CheckpointOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Written, Self::Unchanged, Self::Failed];

    /// The outcome's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

impl WebhookOutcome {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Acknowledged,
        Self::Repeated,
        Self::Malformed,
        Self::Unavailable,
        Self::Done,
        Self::Dropped,
        Self::Failed,
        Self::Parked,
    ];

    /// The outcome's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Acknowledged => "acknowledged",
            Self::Repeated => "repeated",
            Self::Malformed => "malformed",
            Self::Unavailable => "unavailable",
            Self::Done => "done",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
            Self::Parked => "parked",
        }
    }
}

impl QueueLimit {
    /// The limit's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::User => "user",
        }
    }
}

impl VoiceCall {
    /// The call's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Look => "look",
            Self::Wake => "wake",
            Self::Schedule => "schedule",
        }
    }
}
