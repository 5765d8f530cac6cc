use jiff::Timestamp;

use super::{Decision, GuildAccess, InvalidTransition, Reason, Status};
use crate::ids::UserId;

/// What somebody wants to happen to a guild's access. Parsed from `/admin`; planned by the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for approval, the first time or again.
    Request {
        /// The member with `MANAGE_GUILD` who asks.
        by: UserId,
    },
    /// Approve.
    Approve {
        /// The operator.
        by: UserId,
        /// Why.
        reason: Reason,
    },
    /// Approve with or without the premium limits; of an approved guild, set just those.
    ApproveAs {
        /// The operator.
        by: UserId,
        /// Why.
        reason: Reason,
        /// Whether its members have the premium limits.
        premium: bool,
    },
    /// Refuse.
    Deny {
        /// The operator.
        by: UserId,
        /// Why.
        reason: Reason,
    },
    /// Take the approval back.
    Revoke {
        /// The operator.
        by: UserId,
        /// Why.
        reason: Reason,
    },
    /// Turn the premium limits on or off.
    Premium(bool),
}

impl Step {
    /// The state after this step. `before` is `None` for a guild without a row, which can only ask.
    pub fn take(self, before: Option<GuildAccess>, at: Timestamp) -> Result<GuildAccess, InvalidTransition> {
        match (self, before) {
            (Self::Request { by }, None) => Ok(GuildAccess::request(by, at)),
            (_, None) => Err(InvalidTransition::NeverRequested),
            (Self::Request { by }, Some(guild)) => guild.request_again(by, at),
            (Self::Approve { by, reason }, Some(guild)) => guild.approve(Decision { by, reason, at }),
            (Self::ApproveAs { by, reason, premium }, Some(guild)) => {
                approve_as(guild, Decision { by, reason, at }, premium)
            }
            (Self::Deny { by, reason }, Some(guild)) => guild.deny(Decision { by, reason, at }),
            (Self::Revoke { by, reason }, Some(guild)) => guild.revoke(Decision { by, reason, at }),
            (Self::Premium(on), Some(guild)) => guild.set_premium(on),
        }
    }
}

fn approve_as(
    guild: GuildAccess,
    decision: Decision,
    premium: bool,
) -> Result<GuildAccess, InvalidTransition> {
    let approved = if guild.status() == Status::Approved { guild } else { guild.approve(decision)? };
    approved.set_premium(premium)
}
