//! `/admin approve`, `deny` and `revoke`: an operator decides about a server, with a reason (SPEC P10).

use shared::discord::envelope::{CommandData, OptionError};
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::access::{InvalidTransition, Reason, Step};
use shared::ids::GuildId;
use shared::security::permissions::{Authorized, ReviewAccess};
use shared::store::access::AccessError;

use super::audited::{Deed, carry_out};
use crate::refused::Refused;
use crate::visit::Visit;

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Let it in, and say whether its members have the premium limits (SPEC W23); of a guild that is in, say just that.
    Approve {
        /// `None` leaves them as they are, which at first is off.
        premium: Option<bool>,
    },
    /// Refuse its request.
    Deny,
    /// Take its approval back.
    Revoke,
}

pub(super) async fn run(
    visit: &Visit<'_>,
    command: &CommandData,
    verdict: Verdict,
) -> Result<Answer, Refused> {
    let proof = visit.authorize::<ReviewAccess>()?;
    let options = command.options();
    let guild = options.string("server").map_err(Refused::Option)?;
    let guild = guild.trim().parse().map_err(|_| Refused::Because(Message::GuildIdBad))?;
    let given = options.optional_string("reason").map_err(Refused::Option)?;
    let premium = options.optional_boolean("premium").map_err(Refused::Option)?;
    let verdict = if let Verdict::Approve { .. } = verdict { Verdict::Approve { premium } } else { verdict };
    let message = decide(visit, proof, guild, verdict, given).await?;
    Ok(visit.whisper(&message))
}

/// Decides, by command or by button. An approval needs no reason; what takes something away does.
pub(crate) async fn decide(
    visit: &Visit<'_>,
    _proof: Authorized<ReviewAccess>,
    guild: GuildId,
    verdict: Verdict,
    reason: Option<&str>,
) -> Result<Message, Refused> {
    let step = verdict.step(visit, self::reason(verdict, reason)?);
    let deed = Deed { action: verdict.action(), resource: "guild", guild: Some(guild) };
    carry_out(visit, deed, || async {
        let planned = visit.app.access.plan(guild, &step, visit.now).await;
        let planned = planned.map_err(|error| access_error(visit, guild, error))?;
        Ok((planned.change, ()))
    })
    .await?;
    visit.app.standings.forget(guild);
    Ok(verdict.said(guild))
}

fn reason(verdict: Verdict, given: Option<&str>) -> Result<Reason, Refused> {
    let text = match (given, verdict) {
        (Some(text), _) => text,
        (None, Verdict::Approve { .. }) => "approved",
        (None, Verdict::Deny | Verdict::Revoke) => {
            return Err(Refused::Option(OptionError::Missing { field: "reason" }));
        }
    };
    text.parse().map_err(Refused::Reason)
}

impl Verdict {
    fn step(self, visit: &Visit<'_>, reason: Reason) -> Step {
        let by = visit.caller.user();
        match self {
            Self::Approve { premium: None } => Step::Approve { by, reason },
            Self::Approve { premium: Some(premium) } => Step::ApproveAs { by, reason, premium },
            Self::Deny => Step::Deny { by, reason },
            Self::Revoke => Step::Revoke { by, reason },
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Approve { premium: None } => "guild.approve",
            Self::Approve { premium: Some(true) } => "guild.approve_premium",
            Self::Approve { premium: Some(false) } => "guild.approve_standard",
            Self::Deny => "guild.deny",
            Self::Revoke => "guild.revoke",
        }
    }

    const fn said(self, guild: GuildId) -> Message {
        match self {
            Self::Approve { premium: None } => Message::AdminApproved { guild },
            Self::Approve { premium: Some(true) } => Message::AdminApprovedPremium { guild },
            Self::Approve { premium: Some(false) } => Message::AdminApprovedStandard { guild },
            Self::Deny => Message::AdminDenied { guild },
            Self::Revoke => Message::AdminRevoked { guild },
        }
    }
}

pub(super) fn access_error(visit: &Visit<'_>, guild: GuildId, error: AccessError) -> Refused {
    match error {
        AccessError::Transition(InvalidTransition::NeverRequested) => {
            Refused::Because(Message::AdminNotFound { guild })
        }
        AccessError::Transition(why) => Refused::Transition { guild, why },
        AccessError::CapReached { cap } => Refused::Because(Message::AdminCap { cap: cap.into() }),
        AccessError::Store(error) => visit.failure(&error),
    }
}
