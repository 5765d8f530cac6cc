//! A deferred reply as a value.

use core::time::Duration;

use jiff::Timestamp;

use serde::{Deserialize, Serialize};

use crate::domain::accounts::Provider;
use crate::domain::playlist_address::PlaylistAddress;
use crate::domain::queue::EntryId;
use crate::ids::{ApplicationId, GuildId, InteractionId, UserId};
use crate::messages::PrivacyRequestId;
use crate::security::input::PlaylistName;
use crate::security::secret::Secret;
use crate::security::support_id::SupportId;

/// How long Discord takes answers with an interaction's token.
pub const TOKEN_LIFE: Duration = Duration::from_mins(15);

/// The last moment for a deadline, so that an error told at it, and told again after a failure, still arrives.
pub const LATEST_DEADLINE: Duration = Duration::from_mins(13);

/// Fixed at the deferral; it cannot be changed afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// Only the caller sees it.
    Ephemeral,
    /// Everybody sees it.
    Public,
}

impl ReplyKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ephemeral => "ephemeral",
            Self::Public => "public",
        }
    }
}

/// What the person waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Purpose {
    /// That the entry is heard.
    Play {
        /// The entry; it may never have come into the queue.
        entry: EntryId,
    },
    /// That the bot is in their voice channel.
    Join,
    /// That their vote counts, or that the track is skipped.
    VoteSkip {
        /// The run of the entry.
        run: u64,
        /// The entry that was current when they voted.
        entry: EntryId,
    },
    /// That their account at another service is unlinked. Not a worker's.
    Unlink {
        /// Which service.
        provider: Provider,
    },
    /// That a playlist of theirs at another service is one of the guild's. Not a worker's.
    Import {
        /// Whose playlist it becomes.
        guild: GuildId,
        /// Which one.
        address: PlaylistAddress,
        /// What it is called here; as it is called there, if nothing was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PlaylistName>,
    },
    /// That viewers of their Twitch channel ask for songs here, or do not any more. Not a worker's.
    Channel {
        /// Where the requests go.
        guild: GuildId,
        /// Whether they do.
        on: bool,
    },
    /// How far what they asked about their data is. Not a worker's.
    PrivacyStatus {
        /// Which request; without one, their last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<PrivacyRequestId>,
    },
}

/// What is needed to answer an interaction later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferredReply {
    pub(super) tenant: String,
    pub(super) interaction: InteractionId,
    pub(super) caller: UserId,
    pub(super) purpose: Purpose,
    pub(super) application: ApplicationId,
    pub(super) token: Secret,
    pub(super) locale: String,
    pub(super) kind: ReplyKind,
    pub(super) support_id: SupportId,
    pub(super) deadline_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// What the signed payload says about the reply.
#[derive(Clone, Debug)]
pub struct Deferral {
    /// Whose row: the tenant's key text.
    pub tenant: String,
    /// The interaction.
    pub interaction: InteractionId,
    /// Who asked.
    pub caller: UserId,
    /// What they wait for.
    pub purpose: Purpose,
    /// Our application.
    pub application: ApplicationId,
    /// Discord's token for this one interaction.
    pub token: Secret,
    /// The caller's locale as Discord names it.
    pub locale: String,
    /// Who sees the reply.
    pub kind: ReplyKind,
    /// What the user may quote.
    pub support_id: SupportId,
}

/// A deadline that the token would not outlive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a deadline after 13 minutes cannot be kept: the token dies after 15")]
pub struct DeadlineTooLate;

impl DeferredReply {
    /// A reply to an interaction of `now` that ends by itself after `within`, at most [`LATEST_DEADLINE`].
    pub fn new(deferral: Deferral, now: Timestamp, within: Duration) -> Result<Self, DeadlineTooLate> {
        if within > LATEST_DEADLINE {
            return Err(DeadlineTooLate);
        }
        let after = |delay: Duration| now.saturating_add(delay).map_err(|_| DeadlineTooLate);
        let Deferral { tenant, interaction, caller, purpose, application, token, locale, kind, support_id } =
            deferral;
        let (deadline_at, expires_at) = (after(within)?, after(TOKEN_LIFE)?);
        Ok(Self {
            tenant,
            interaction,
            caller,
            purpose,
            application,
            token,
            locale,
            kind,
            support_id,
            deadline_at,
            expires_at,
        })
    }

    /// Whose row: the tenant's key text.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The interaction.
    pub const fn interaction(&self) -> InteractionId {
        self.interaction
    }

    /// Who asked.
    pub const fn caller(&self) -> UserId {
        self.caller
    }

    /// What they wait for.
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Our application.
    pub const fn application(&self) -> ApplicationId {
        self.application
    }

    /// Discord's token for this one interaction.
    pub const fn token(&self) -> &Secret {
        &self.token
    }

    /// The caller's locale as Discord names it.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// Who sees the reply.
    pub const fn kind(&self) -> ReplyKind {
        self.kind
    }

    /// What the user may quote.
    pub const fn support_id(&self) -> SupportId {
        self.support_id
    }

    /// When it ends by itself.
    pub const fn deadline_at(&self) -> Timestamp {
        self.deadline_at
    }

    /// Whether it is time to end it, give or take what two machines' clocks differ.
    pub fn is_due(&self, now: Timestamp) -> bool {
        const CLOCKS_DIFFER: Duration = Duration::from_secs(5);
        now.saturating_add(CLOCKS_DIFFER).is_ok_and(|now| now >= self.deadline_at)
    }
}
