//! `/admin lockdown`: one operator pauses everything, up to the third level; two take it back (SPEC T33). What is above
//! takes somebody at the account itself (`timmy lockdown`).
//!
//! The flag is the truth, and what asks it obeys at once. The order that follows it is a doorbell for what has to be
//! switched besides; if it is lost, the next order or tick does it.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::domain::access::Reason;
use shared::domain::containment::{Act, Containment, InvalidMove, Level, RESUME_OPEN_FOR, Raised};
use shared::domain::incident::IncidentId;
use shared::messages::Order;
use shared::security::permissions::SetContainment;
use shared::store::flags::{FlagError, Move};

use super::audited::{Deed, carry_out};
use crate::commands::options::in_range;
use crate::orders;
use crate::refused::Refused;
use crate::visit::Visit;

/// The highest level that is to be had in Discord.
const HIGHEST: Level = Level::L3;

pub(super) async fn on(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    visit.authorize::<SetContainment>()?;
    let reason = command.options().string("reason").map_err(Refused::Option)?;
    let reason: Reason = reason.parse().map_err(Refused::Reason)?;
    let level = level(command)?;
    make(visit, "containment.raise", &Move::Raise(level, act(visit), reason)).await?;
    ring(visit, None).await;
    Ok(visit.whisper(&match level {
        Level::L0 | Level::L1 => Message::LockdownOn,
        higher => Message::LockdownLevel { level: higher.number().into() },
    }))
}

fn level(command: &CommandData) -> Result<Level, Refused> {
    let asked = command.options().optional_integer("level").map_err(Refused::Option)?;
    let Some(asked) = asked else { return Ok(Level::L1) };
    let number: u8 = in_range(asked, 1, HIGHEST.number().into())?;
    Level::try_from(number).map_err(|_| Refused::Range { min: 1, max: HIGHEST.number().into() })
}

/// Whether it was heard or not, the flag stands.
async fn ring(visit: &Visit<'_>, incident: Option<IncidentId>) {
    let _ = orders::give(visit.app, visit.report, Order::Contain { incident }, visit.now).await;
}

/// By a button of an incident's card. The flag alone is the first level, so it stands whatever becomes of the order.
pub(super) async fn because_of(visit: &Visit<'_>, incident: IncidentId) -> Result<Answer, Refused> {
    visit.authorize::<SetContainment>()?;
    let reason: Reason = format!("incident {}", incident.short()).parse().map_err(Refused::Reason)?;
    let raised = make(visit, "containment.raise", &Move::Raise(Level::L1, act(visit), reason)).await;
    // A press before this one may have raised it and died before it could say so.
    if matches!(raised, Ok(()) | Err(Refused::Because(Message::LockdownAlready))) {
        ring(visit, Some(incident)).await;
    }
    raised.map(|()| visit.whisper(&Message::IncidentContained))
}

/// The first operator asks; a second one's call confirms.
pub(super) async fn resume(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.authorize::<SetContainment>()?;
    let flag = visit.read(visit.app.flags.read().await)?;
    if open_request_of_another(visit, &flag) {
        make(visit, "containment.resume", &Move::ConfirmResume(act(visit))).await?;
        ring(visit, None).await;
        return Ok(visit.whisper(&Message::LockdownResumed));
    }
    make(visit, "containment.request-resume", &Move::RequestResume(act(visit))).await?;
    Ok(visit.whisper(&Message::LockdownResumeAsked { until: Moment(visit.now + RESUME_OPEN_FOR) }))
}

fn act(visit: &Visit<'_>) -> Act {
    Act { by: visit.caller.user().into(), at: visit.now }
}

fn open_request_of_another(visit: &Visit<'_>, flag: &Containment) -> bool {
    let asked = flag.raised().and_then(Raised::resume);
    asked
        .is_some_and(|asked| asked.by != visit.caller.user().into() && visit.now < asked.at + RESUME_OPEN_FOR)
}

async fn make(visit: &Visit<'_>, action: &'static str, wanted: &Move) -> Result<(), Refused> {
    let deed = Deed { action, resource: "containment", guild: None };
    let after = carry_out(visit, deed, || async {
        let planned = visit.app.flags.plan(wanted).await.map_err(|error| refused(visit, error))?;
        Ok((planned.change, planned.after))
    })
    .await?;
    visit.app.standings.put_level(after.level(), visit.now);
    Ok(())
}

fn refused(visit: &Visit<'_>, error: FlagError) -> Refused {
    match error {
        FlagError::Move(InvalidMove::NotHigher) => Refused::Because(Message::LockdownAlready),
        FlagError::Move(InvalidMove::NotRaised | InvalidMove::NotRequested) => {
            Refused::Because(Message::LockdownNotOn)
        }
        FlagError::Move(InvalidMove::SamePerson) => Refused::Because(Message::LockdownSamePerson),
        // Whoever comes here is a person.
        FlagError::Move(InvalidMove::ForPeople) => Refused::Unavailable,
        FlagError::Store(error) => visit.failure(&error),
    }
}
