//! Which guilds may use the bot: a request, a decision by an operator, and who, when and why (SPEC T15, P10).

mod ban;
mod reason;
mod step;
mod tenant;

use core::fmt;
use core::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::domain::queue::NOBODY;
use crate::ids::UserId;

pub use ban::Ban;
pub use reason::{Reason, ReasonError};
pub use step::Step;
pub use tenant::Tenant;

/// How long a guild waits after a denial or a revocation before it may ask again: one answer a day, no nagging.
pub const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Where a guild stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Asked, not decided.
    Pending,
    /// May use the bot. The only status that grants anything.
    Approved,
    /// An operator said no.
    Denied,
    /// An operator took an approval back.
    Revoked,
}

/// The text is none of the four statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a status")]
pub struct UnknownStatus;

impl Status {
    /// Every status, for lists and tests.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Denied, Self::Revoked];

    /// As it is stored and typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

/// The latest request of a guild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requested {
    /// Who asked.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// The latest decision about a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The operator.
    pub by: UserId,
    /// What the operator wrote.
    pub reason: Reason,
    /// When.
    pub at: Timestamp,
}

/// A guild's approval, as a state machine by value: each step takes the old state and gives the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildAccess {
    status: Status,
    requested: Requested,
    decided: Option<Decision>,
    premium: bool,
}

/// The step does not exist from here; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    /// Nobody has asked for this guild.
    #[error("the guild has never asked")]
    NeverRequested,
    /// A request is already waiting.
    #[error("a request is already waiting")]
    AlreadyPending,
    /// The guild is approved already.
    #[error("the guild is already approved")]
    AlreadyApproved,
    /// There is no open request to decide.
    #[error("there is no open request")]
    NotPending,
    /// Only an approved guild can lose approval or become premium.
    #[error("the guild is not approved")]
    NotApproved,
    /// The guild was refused less than [`ASK_AGAIN_AFTER`] ago.
    #[error("too soon to ask again")]
    TooSoon {
        /// From when on it may ask.
        until: Timestamp,
    },
}

impl GuildAccess {
    /// The first request of a guild.
    pub const fn request(by: UserId, at: Timestamp) -> Self {
        Self { status: Status::Pending, requested: Requested { by, at }, decided: None, premium: false }
    }

    /// Asks once more after a denial or a revocation, at the earliest [`ASK_AGAIN_AFTER`] later. The old decision
    /// stays on the row, so that the reviewer sees it.
    pub fn request_again(self, by: UserId, at: Timestamp) -> Result<Self, InvalidTransition> {
        match (self.status, &self.decided) {
            (Status::Pending, _) => Err(InvalidTransition::AlreadyPending),
            (Status::Approved, _) => Err(InvalidTransition::AlreadyApproved),
            (_, Some(decided)) if at.duration_since(decided.at) < ASK_AGAIN_AFTER => {
                Err(InvalidTransition::TooSoon {
                    until: decided.at.saturating_add(ASK_AGAIN_AFTER).unwrap_or(Timestamp::MAX),
                })
            }
            _ => Ok(Self { status: Status::Pending, requested: Requested { by, at }, ..self }),
        }
    }

    /// Approves an open request, or reverses a denial.
    pub fn approve(self, decision: Decision) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Pending | Status::Denied => Ok(self.decide(Status::Approved, decision)),
            Status::Approved => Err(InvalidTransition::AlreadyApproved),
            Status::Revoked => Err(InvalidTransition::NotPending),
        }
    }

    /// Refuses an open request.
    pub fn deny(self, decision: Decision) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Pending => Ok(self.decide(Status::Denied, decision)),
            _ => Err(InvalidTransition::NotPending),
        }
    }

    /// Takes an approval back, and premium with it.
    pub fn revoke(self, decision: Decision) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Approved => Ok(self.decide(Status::Revoked, decision)),
            _ => Err(InvalidTransition::NotApproved),
        }
    }

    /// Turns the higher limits of SPEC W23 on or off for an approved guild.
    pub fn set_premium(self, premium: bool) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Approved => Ok(Self { premium, ..self }),
            _ => Err(InvalidTransition::NotApproved),
        }
    }

    /// The same, but whoever is to be forgotten is nobody, and what was written about the guild with them is gone (SPEC
    /// T30). Where the guild stands does not change.
    #[must_use]
    pub fn disown(self, forgotten: impl Fn(UserId) -> bool) -> Self {
        let is_forgotten = |one: UserId| one != NOBODY && forgotten(one);
        let asked = is_forgotten(self.requested.by);
        let decided = self.decided.as_ref().is_some_and(|decision| is_forgotten(decision.by));
        let by = |forgotten: bool, one| if forgotten { NOBODY } else { one };
        let requested = Requested { by: by(asked, self.requested.by), ..self.requested };
        let erased = self.decided.map(|decision| Decision {
            by: by(decided, decision.by),
            reason: if asked || decided { Reason::erased() } else { decision.reason },
            at: decision.at,
        });
        Self { requested, decided: erased, ..self }
    }

    /// Where the guild stands.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The latest request.
    pub const fn requested(&self) -> Requested {
        self.requested
    }

    /// The latest decision. It may be older than the latest request.
    pub const fn decided(&self) -> Option<&Decision> {
        self.decided.as_ref()
    }

    /// Whether the guild's members have the premium limit. False unless approved.
    pub const fn premium(&self) -> bool {
        self.premium
    }

    /// When the status last changed.
    pub fn changed_at(&self) -> Timestamp {
        match (self.status, &self.decided) {
            (Status::Pending, _) | (_, None) => self.requested.at,
            (_, Some(decided)) => decided.at,
        }
    }

    /// A state read from a row. `None` when no sequence of steps leads to it: a decided status without a decision,
    /// or premium without approval.
    #[cfg_attr(
        not(any(feature = "store", test)),
        expect(dead_code, reason = "only the store restores states")
    )]
    pub(crate) fn restore(
        status: Status,
        requested: Requested,
        decided: Option<Decision>,
        premium: bool,
    ) -> Option<Self> {
        let decided_or_open = status == Status::Pending || decided.is_some();
        let premium_or_not = !premium || status == Status::Approved;
        (decided_or_open && premium_or_not).then_some(Self { status, requested, decided, premium })
    }

    fn decide(self, status: Status, decision: Decision) -> Self {
        Self { status, decided: Some(decision), premium: false, requested: self.requested }
    }
}

#[cfg(test)]
mod tests;
