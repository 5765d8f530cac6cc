//! Containment because of an incident (SPEC T33). What the alarms do by themselves: evidence first, for a second at most;
//! then the flag, since everything obeys it; then the account follows it, while people are told. Alarms go no further than
//! the rule of their alert says.
//!
//! An order of people's is about a flag that they have moved already, so nothing of theirs waits for evidence: it is put
//! aside before the first step of the account.

use jiff::Timestamp;
use shared::domain::access::Reason;
use shared::domain::contained::Raise;
use shared::domain::containment::{self, Act, InvalidMove, Level};
use shared::domain::incident::{By, Incident};
use shared::security::audit::AuditEvent;
use shared::security::pseudonym::Pseudonym;
use shared::store::audit::CarryOutError;
use shared::store::flags::{FlagError, Move};
use shared::store::incidents::Seen;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::change::{change, change_seen};
use crate::not_done::{NotDone, Outcome};
use crate::{contain, telling};

/// Whose chain of the audit trail it is.
const OPERATORS: &str = "operators";

/// Contains the bot because of an incident, and tells people.
pub(crate) async fn contain(app: &App, seen: Seen, level: Level, log: &Telemetry) -> Result<(), NotDone> {
    let mut outcome = Outcome::default();
    let raised = outcome.take(raise(app, &seen.incident, level, log).await).is_some();
    let noted = if raised {
        let noted = change_seen(app, seen.clone(), |incident, now| incident.contain(level, By::Itself, now));
        outcome.take(noted.await)
    } else {
        None
    };
    // What could not be put aside before may take its time now: nobody waits for it to be told.
    let seen = noted.unwrap_or(seen);
    let (followed, told) =
        tokio::join!(follow(app, Some(&seen.incident), log), telling::tell(app, seen.clone(), log));
    outcome.take(followed);
    outcome.take(told);
    outcome.end()
}

/// Puts evidence aside, then raises the flag with its row in the audit trail; if it is that high already, nothing.
async fn raise(app: &App, incident: &Incident, level: Level, log: &Telemetry) -> Result<(), NotDone> {
    let at = to_the_millisecond(app.clock.now());
    let reason: Reason = format!("incident {}", incident.id.short())
        .parse()
        .map_err(|_| NotDone::new("containment.raise", "construction"))?;
    let wanted = Move::Raise(level, Act { by: containment::By::Alarms, at }, reason);
    let event = AuditEvent::new(
        Pseudonym::alarms(),
        "containment.raise",
        "containment",
        "alarms",
        at,
        app.rng.bytes()?,
    );
    let event = event.detail("alert", incident.alert.slug()).detail("incident", incident.id);
    let event = event.detail("level", u32::from(level.number()));
    contain::preserve(app, level, Raise { level: level.number(), at }, incident, log).await;
    let plan = || async { app.flags.plan(&wanted).await.map(|planned| (planned.change, ())) };
    match app.audit.carry_out(OPERATORS, &event, app.rng, plan).await {
        Ok(()) => {
            log.audit(None, &event);
            Ok(())
        }
        Err(CarryOutError::Plan(FlagError::Move(InvalidMove::NotHigher))) => Ok(()),
        Err(CarryOutError::Plan(FlagError::Move(_))) => Err(NotDone::new("containment.raise", "refused")),
        Err(CarryOutError::Plan(FlagError::Store(error)) | CarryOutError::Store(error)) => Err(error.into()),
        Err(CarryOutError::Contended) => Err(NotDone::contended("containment.raise")),
    }
}

/// As the flag's row keeps times: evidence is that of a raise by its time.
fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Makes the account follow the flag, and writes on the incident what was put aside; whether all of it is done. What is not
/// goes on at the next tick.
pub(crate) async fn follow(app: &App, cause: Option<&Incident>, log: &Telemetry) -> Result<bool, NotDone> {
    let followed = Box::pin(contain::follow(app, cause, log, app.clock.now())).await;
    let mut outcome = Outcome::default();
    let Some(followed) = outcome.take(followed.map_err(NotDone::from)) else {
        outcome.take(app.rule.turn_on(app.clock.now()).await);
        return outcome.end().map(|()| false);
    };
    if let (Some(incident), Some(name)) = (cause, &followed.evidence) {
        outcome.take(note_evidence(app, incident, name).await);
    }
    if followed.done && followed.level == Level::L0 {
        outcome.take(restored(app).await);
    }
    if !followed.done {
        outcome.take(app.rule.turn_on(app.clock.now()).await);
    }
    outcome.end().map(|()| followed.done)
}

/// Writes on an incident, once, what was put aside for it: before the flag was up, now, or by somebody who was killed
/// before they could write it.
async fn note_evidence(app: &App, incident: &Incident, name: &str) -> Result<(), NotDone> {
    // Most often it stands there already, and nobody has to be asked.
    if incident.evidence(name, app.clock.now()).is_none() {
        return Ok(());
    }
    change(app, incident.id, |incident, now| incident.evidence(name, now)).await.map(drop)
}

/// What had contained the bot says that it runs again.
async fn restored(app: &App) -> Result<(), NotDone> {
    let contained = app.incidents.unsettled().await?;
    for seen in contained.into_iter().filter(|seen| seen.incident.contained > Level::L0) {
        change(app, seen.incident.id, |incident, now| incident.restore(By::Itself, now)).await?;
    }
    Ok(())
}

/// The flag was moved by somebody, perhaps for an incident.
pub(crate) async fn ordered(app: &App, cause: Option<Incident>, log: &Telemetry) -> Result<(), NotDone> {
    let mut outcome = Outcome::default();
    let cause = match cause {
        Some(incident) => outcome.take(by_somebody(app, incident, log).await),
        None => None,
    };
    outcome.take(follow(app, cause.as_ref(), log).await);
    outcome.end()
}

/// Writes on an incident that people have contained the bot because of it; who they are is a pseudonym.
async fn by_somebody(app: &App, incident: Incident, log: &Telemetry) -> Result<Incident, NotDone> {
    let flag = app.flags.read().await?;
    let Some(raised) = flag.raised() else { return Ok(incident) };
    let by = match raised.act().by.person() {
        Some(user) => By::Person(log.pseudonyms().admin(user).to_string()),
        None => By::Itself,
    };
    let noted =
        change(app, incident.id, |incident, now| incident.contain(flag.level(), by.clone(), now)).await?;
    let Some(seen) = noted else { return Ok(incident) };
    let incident = seen.incident.clone();
    telling::tell(app, seen, log).await?;
    Ok(incident)
}
