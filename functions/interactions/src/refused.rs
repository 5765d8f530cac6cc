//! Every way in which an interaction is refused after the door, and the one mapping from it to words. Reading this
//! enum is reading the contract: all of them are an ephemeral 200, but [`Refused::Replayed`], which is a 401.

use jiff::Timestamp;
use shared::discord::envelope::OptionError;
use shared::discord::escape::Escaped;
use shared::discord::words::{Message, Moment, Span};
use shared::domain::access::{InvalidTransition, Reason, ReasonError};
use shared::domain::queue::QueueRefusal;
use shared::ids::{GuildId, RoleId};
use shared::security::access::Denied;
use shared::security::input::{InputError, URL_MAX};
use shared::security::permissions::Permission;
use shared::security::rate_limit::LimitScope;
use shared::security::support_id::SupportId;
use shared::security::track_url::{QueryError, UrlError};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    /// The interaction's id was seen before: 401, as for any forgery.
    Replayed,
    /// The guild is not let in (SPEC T15, T16).
    Access(Denied),
    /// The command needs a guild.
    GuildOnly,
    /// Contained (SPEC T33).
    Paused,
    /// A window is full (SPEC W23, W24).
    Limited { scope: LimitScope, retry_at: Timestamp },
    /// The caller lacks a permission (SPEC W14).
    NotPermitted { needs: Permission, dj_role: Option<RoleId> },
    /// A command or option that we do not know: Discord's copy of our commands is older than we are.
    UnknownCommand,
    /// A component that is not ours for this guild, or too old.
    ComponentExpired,
    /// An option is missing or of another type (SPEC W33).
    Option(OptionError),
    /// What was typed is neither a fit URL nor a fit search (SPEC T17, T18).
    Query(QueryError),
    /// A playlist's name is not fit (SPEC T17).
    PlaylistName(InputError),
    /// A reward's title or id is not fit (SPEC P11).
    Reward(InputError),
    /// A number is out of its range.
    Range { min: u64, max: u64 },
    /// The queue said no (SPEC P9).
    Queue(QueueRefusal),
    /// An operator's reason is not fit.
    Reason(ReasonError),
    /// A guild's access does not go from where it is to there.
    Transition { guild: GuildId, why: InvalidTransition },
    /// Anything that needs no more than its own words.
    Because(Message),
    /// Others kept changing the same thing.
    Busy,
    /// Something that we need failed or took too long; nothing, or everything, of it was done.
    Unavailable,
}

impl Refused {
    /// The words for the person, who can do something about it; the cause is in the log.
    pub(crate) fn message(&self, support: SupportId) -> Message {
        match self {
            Self::Access(denied) => access(*denied),
            Self::GuildOnly => Message::NotInDm,
            Self::Paused => Message::ContainmentPaused,
            Self::Limited { scope, retry_at } => limited(*scope, Moment(*retry_at)),
            Self::NotPermitted { needs, dj_role } => permission(*needs, *dj_role),
            Self::UnknownCommand => Message::UnknownCommand,
            Self::ComponentExpired => Message::ComponentExpired,
            Self::Option(error) => option(error),
            Self::Query(QueryError::Url(error)) => url(*error),
            Self::Query(QueryError::Search(error)) | Self::PlaylistName(error) | Self::Reward(error) => {
                text(*error)
            }
            Self::Range { min, max } => Message::NumberRange { min: *min, max: *max },
            Self::Queue(refusal) => queue(*refusal),
            Self::Reason(error) => reason(*error),
            Self::Transition { guild, .. } => Message::AdminWrongState { guild: *guild },
            Self::Because(message) => message.clone(),
            Self::Busy => Message::Busy,
            Self::Replayed | Self::Unavailable => {
                Message::StoreUnavailable { support: Escaped::new(support.as_str()) }
            }
        }
    }
}

fn access(denied: Denied) -> Message {
    match denied {
        Denied::Missing => Message::AccessMissing,
        Denied::Pending => Message::AccessPending,
        Denied::Refused => Message::AccessDenied,
        Denied::Revoked => Message::AccessRevoked,
        Denied::Banned { until } => Message::AccessBanned { until: Moment(until) },
        Denied::Unreadable => Message::AccessUnreadable,
    }
}

fn limited(scope: LimitScope, until: Moment) -> Message {
    match scope {
        LimitScope::User | LimitScope::Autocomplete | LimitScope::Address => Message::RateUser { until },
        LimitScope::Command => Message::RateCommand { until },
        LimitScope::Guild => Message::RateGuild { until },
    }
}

fn permission(needs: Permission, dj_role: Option<RoleId>) -> Message {
    match (needs, dj_role) {
        (Permission::QueueEdit | Permission::PlaybackControl, Some(role)) => Message::NeedDj { role },
        (Permission::SettingsEdit | Permission::CommunityRequest, _) => Message::NeedManageGuild,
        (
            Permission::AccessReview
            | Permission::ContainmentSet
            | Permission::AuditRead
            | Permission::IncidentRead
            | Permission::IncidentManage,
            _,
        ) => Message::NeedOperator,
        _ => Message::NeedModerator,
    }
}

fn option(error: &OptionError) -> Message {
    match error.field() {
        Some(field) => Message::OptionBad { field: Escaped::new(field) },
        None => Message::UnknownCommand,
    }
}

fn url(error: UrlError) -> Message {
    match error {
        UrlError::TooLong => Message::UrlTooLong { max: URL_MAX as u64 },
        UrlError::Malformed => Message::UrlMalformed,
        UrlError::Scheme => Message::UrlScheme,
        UrlError::Userinfo => Message::UrlUserinfo,
        UrlError::PrivateHost => Message::UrlPrivate,
        UrlError::Port => Message::UrlPort,
    }
}

fn text(error: InputError) -> Message {
    match error {
        InputError::Blank => Message::TextBlank,
        InputError::TooLong { max } => Message::TextTooLong { max: max as u64 },
        InputError::ControlCharacter => Message::TextControl,
        InputError::BidiCharacter => Message::TextBidi,
        InputError::Form => Message::TextForm,
    }
}

fn queue(refusal: QueueRefusal) -> Message {
    match refusal {
        QueueRefusal::Empty | QueueRefusal::NoSuchPosition { len: 0 } => Message::QueueEmpty,
        QueueRefusal::NoSuchPosition { len } => Message::NoSuchPosition { len: len as u64 },
        // Nobody erases anybody by a command of the queue.
        QueueRefusal::NoSuchEntry | QueueRefusal::MovedOn | QueueRefusal::NothingOfTheirs => {
            Message::EntryGone
        }
        QueueRefusal::NothingPlaying => Message::NothingPlaying,
        QueueRefusal::NoHistory => Message::PreviousNone,
        QueueRefusal::AlreadyPaused => Message::AlreadyPaused,
        QueueRefusal::AlreadyPlaying => Message::AlreadyPlaying,
        QueueRefusal::NotThere => Message::NotThere,
        QueueRefusal::NotYours => Message::NeedModerator,
        QueueRefusal::TooManyForUser { limit } => Message::UserLimit { limit: limit.into() },
        QueueRefusal::QueueFull { limit } => Message::QueueFull { limit: limit.into() },
        QueueRefusal::TooLong { limit_s } => Message::TrackTooLong { length: Span(limit_s) },
        QueueRefusal::BlockedArtist => Message::ArtistBlocked,
        QueueRefusal::ExplicitNotAllowed => Message::ExplicitRefused,
    }
}

fn reason(error: ReasonError) -> Message {
    match error {
        ReasonError::Empty => Message::TextBlank,
        ReasonError::TooLong => Message::TextTooLong { max: Reason::MAX as u64 },
        ReasonError::Unprintable => Message::TextControl,
    }
}
