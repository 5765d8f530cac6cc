//! `/admin request`: somebody who manages a server asks for access to it (SPEC P10).

use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::domain::access::{InvalidTransition, Step};

use super::audited::{Deed, carry_out};
use super::review::access_error;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let guild = visit.caller.guild().ok_or(Refused::GuildOnly)?;
    let step = Step::Request { by: visit.caller.user() };
    let deed = Deed { action: "guild.request", resource: "guild", guild: Some(guild) };
    let done = carry_out(visit, deed, || async {
        let planned = visit.app.access.plan(guild, &step, visit.now).await;
        let planned = planned.map_err(|error| access_error(visit, guild, error))?;
        Ok((planned.change, ()))
    })
    .await;
    visit.app.standings.forget(guild);
    match done {
        Ok(()) => Ok(visit.whisper(&Message::RequestMade)),
        Err(Refused::Transition { why, .. }) => Err(already(why)),
        Err(refused) => Err(refused),
    }
}

fn already(why: InvalidTransition) -> Refused {
    Refused::Because(match why {
        InvalidTransition::AlreadyPending => Message::RequestAlreadyPending,
        InvalidTransition::AlreadyApproved => Message::RequestAlreadyApproved,
        InvalidTransition::TooSoon { until } => Message::RequestTooSoon { until: Moment(until) },
        _ => Message::AccessDenied,
    })
}
