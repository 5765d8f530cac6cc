//! Rule: a guild uses the bot only with an approved row and without a ban (SPEC T15, T16).
//! Threat: a stranger's server that runs on our bill; a server that lost its approval and goes on.
//! Refusal: ephemeral, with 200; the reason is known to us, the words stay bland. A row that cannot be read denies.
//!
//! [`Allowed`] has private fields and [`judge`] is its only source: whoever holds one was let in.

mod cache;
mod open;

use jiff::Timestamp;

use crate::domain::access::{Ban, GuildAccess, Status};
use crate::ids::GuildId;

pub use cache::AccessCache;
pub use open::{Place, works_without_approval};

/// What our rows say about a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildView {
    /// The guild that the rows were read for.
    pub guild: GuildId,
    /// Its approval row.
    pub access: Option<GuildAccess>,
    /// Its ban row, which may be over.
    pub ban: Option<Ban>,
}

/// The rows could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the guild's rows could not be read")]
pub struct Unreadable;

/// Proof that a guild was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed<T> {
    id: T,
    premium: bool,
}

/// Why a guild is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It has never asked.
    #[error("access_missing")]
    Missing,
    /// It has asked and waits.
    #[error("access_pending")]
    Pending,
    /// An operator said no.
    #[error("access_denied")]
    Refused,
    /// An operator took the approval back.
    #[error("access_revoked")]
    Revoked,
    /// It kept trying.
    #[error("access_banned")]
    Banned {
        /// The first instant at which the ban is over.
        until: Timestamp,
    },
    /// We do not know, so no.
    #[error("access_unreadable")]
    Unreadable,
}

/// Lets a guild in or says why not. A ban comes first: it holds whatever the approval says.
pub fn judge(view: Result<&GuildView, Unreadable>, now: Timestamp) -> Result<Allowed<GuildId>, Denied> {
    let view = view.map_err(|Unreadable| Denied::Unreadable)?;
    if let Some(ban) = view.ban.filter(|ban| ban.holds(now)) {
        return Err(Denied::Banned { until: ban.until() });
    }
    let access = view.access.as_ref().ok_or(Denied::Missing)?;
    match access.status() {
        Status::Approved => Ok(Allowed { id: view.guild, premium: access.premium() }),
        Status::Pending => Err(Denied::Pending),
        Status::Denied => Err(Denied::Refused),
        Status::Revoked => Err(Denied::Revoked),
    }
}

impl<T: Copy> Allowed<T> {
    /// Who was let in.
    pub const fn id(self) -> T {
        self.id
    }

    /// Whether its members have the premium limit (SPEC W23).
    pub const fn premium(self) -> bool {
        self.premium
    }
}

impl Denied {
    /// The reason's name in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Pending => "pending",
            Self::Refused => "denied",
            Self::Revoked => "revoked",
            Self::Banned { .. } => "banned",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether it counts towards a ban. Our own failure is not the guild's attempt, and a ban is not made longer
    /// by trying during it.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Unreadable | Self::Banned { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Decision;
    use crate::ids::UserId;

    const GUILD: GuildId = GuildId::new(7);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn view(status: Option<Status>, ban: Option<Ban>) -> GuildView {
        let by = UserId::new(1);
        let decision = || Decision { by, reason: "because".parse().unwrap(), at: noon() };
        let pending = GuildAccess::request(by, noon());
        let access = status.map(|status| match status {
            Status::Pending => pending,
            Status::Approved => pending.approve(decision()).unwrap(),
            Status::Denied => pending.deny(decision()).unwrap(),
            Status::Revoked => pending.approve(decision()).unwrap().revoke(decision()).unwrap(),
        });
        GuildView { guild: GUILD, access, ban }
    }

    #[test]
    fn only_an_approved_guild_gets_in() {
        let verdict = |status| judge(Ok(&view(status, None)), noon()).map(Allowed::id);
        assert_eq!(verdict(Some(Status::Approved)), Ok(GUILD));
        assert_eq!(verdict(None), Err(Denied::Missing));
        assert_eq!(verdict(Some(Status::Pending)), Err(Denied::Pending));
        assert_eq!(verdict(Some(Status::Denied)), Err(Denied::Refused));
        assert_eq!(verdict(Some(Status::Revoked)), Err(Denied::Revoked));
    }

    #[test]
    fn what_cannot_be_read_is_denied() {
        assert_eq!(judge(Err(Unreadable), noon()), Err(Denied::Unreadable));
    }

    #[test]
    fn a_ban_beats_an_approval_until_it_is_over() {
        let until = noon() + Ban::LENGTH;
        for status in Status::ALL.map(Some).into_iter().chain([None]) {
            let banned = view(status, Some(Ban::starting(noon())));
            assert_eq!(judge(Ok(&banned), noon()), Err(Denied::Banned { until }));
            assert_eq!(judge(Ok(&banned), until), judge(Ok(&view(status, None)), until));
        }
    }

    #[test]
    fn premium_comes_from_the_row() {
        let mut view = view(Some(Status::Approved), None);
        assert!(!judge(Ok(&view), noon()).unwrap().premium());
        view.access = view.access.map(|access| access.set_premium(true).unwrap());
        assert!(judge(Ok(&view), noon()).unwrap().premium());
    }

    #[test]
    fn our_failures_and_bans_do_not_count() {
        let counted = [Denied::Missing, Denied::Pending, Denied::Refused, Denied::Revoked];
        assert!(counted.into_iter().all(Denied::counts));
        assert!(!Denied::Unreadable.counts() && !Denied::Banned { until: noon() }.counts());
    }
}
