//! `/admin lockdown`: one operator pauses everything; two take it back (SPEC T33, first level).

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::domain::access::Reason;
use shared::domain::containment::{Act, Containment, InvalidMove, Level, RESUME_OPEN_FOR, Raised};
use shared::security::permissions::SetContainment;
use shared::store::flags::{FlagError, Move};

use super::audited::{Deed, carry_out};
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn on(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    visit.authorize::<SetContainment>()?;
    let reason = command.options().string("reason").map_err(Refused::Option)?;
    let reason: Reason = reason.parse().map_err(Refused::Reason)?;
    make(visit, "containment.raise", &Move::Raise(Level::L1, act(visit), reason)).await?;
    Ok(visit.whisper(&Message::LockdownOn))
}

/// The first operator asks; a second one's call confirms.
pub(super) async fn resume(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.authorize::<SetContainment>()?;
    let flag = visit.read(visit.app.flags.read().await)?;
    if open_request_of_another(visit, &flag) {
        make(visit, "containment.resume", &Move::ConfirmResume(act(visit))).await?;
        return Ok(visit.whisper(&Message::LockdownResumed));
    }
    make(visit, "containment.request-resume", &Move::RequestResume(act(visit))).await?;
    Ok(visit.whisper(&Message::LockdownResumeAsked { until: Moment(visit.now + RESUME_OPEN_FOR) }))
}

fn act(visit: &Visit<'_>) -> Act {
    Act { by: visit.caller.user(), at: visit.now }
}

fn open_request_of_another(visit: &Visit<'_>, flag: &Containment) -> bool {
    let asked = flag.raised().and_then(Raised::resume);
    asked.is_some_and(|asked| asked.by != visit.caller.user() && visit.now < asked.at + RESUME_OPEN_FOR)
}

async fn make(visit: &Visit<'_>, action: &'static str, wanted: &Move) -> Result<(), Refused> {
    let deed = Deed { action, resource: "containment", guild: None };
    let after = carry_out(visit, deed, async || {
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
        FlagError::Store(error) => visit.failure(&error),
    }
}
