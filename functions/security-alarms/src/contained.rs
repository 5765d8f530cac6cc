//! Containment because of an incident (SPEC T33): the flag first, since everything obeys it; then the account follows it,
//! with evidence, while people are told. Alarms go no further than the rule of their alert says.

use shared::domain::access::Reason;
use shared::domain::containment::{self, Act, InvalidMove, Level};
use shared::domain::incident::{By, Happening, Incident};
use shared::security::audit::AuditEvent;
use shared::security::pseudonym::Pseudonym;
use shared::store::audit::AppendError;
use shared::store::containments::ContainmentStore;
use shared::store::flags::{FlagError, Move};
use shared::store::incidents::Seen;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::change::{TRIES, change, change_seen};
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
    // Evidence may take its time: nobody waits for it to be told.
    let seen = noted.unwrap_or(seen);
    let (followed, told) =
        tokio::join!(follow(app, Some(&seen.incident), log), telling::tell(app, seen.clone(), log));
    outcome.take(followed);
    outcome.take(told);
    outcome.end()
}

/// Raises the flag with its row in the audit trail; if it is that high already, nothing.
async fn raise(app: &App, incident: &Incident, level: Level, log: &Telemetry) -> Result<(), NotDone> {
    let now = app.clock.now();
    let reason: Reason = format!("incident {}", incident.id.short())
        .parse()
        .map_err(|_| NotDone::new("containment.raise", "construction"))?;
    let wanted = Move::Raise(level, Act { by: containment::By::Alarms, at: now }, reason);
    let event = AuditEvent::new(
        Pseudonym::alarms(),
        "containment.raise",
        "containment",
        "alarms",
        now,
        app.rng.bytes()?,
    );
    let event = event.detail("alert", incident.alert.slug()).detail("incident", incident.id);
    let event = event.detail("level", u32::from(level.number()));
    for _ in 0..TRIES {
        let planned = match app.flags.plan(&wanted).await {
            Ok(planned) => planned,
            Err(FlagError::Move(InvalidMove::NotHigher)) => return Ok(()),
            Err(FlagError::Move(_)) => return Err(NotDone::new("containment.raise", "refused")),
            Err(FlagError::Store(error)) => return Err(error.into()),
        };
        let items = planned.change.into_items();
        match app.audit.append_with(OPERATORS, event.clone(), items, app.rng).await {
            Ok(_) => {
                log.audit(None, &event);
                return Ok(());
            }
            Err(AppendError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(NotDone::contended("containment.raise"))
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
    if let Some(incident) = cause.filter(|_| followed.level > Level::L0) {
        outcome.take(note_evidence(app, incident, followed.evidence).await);
    }
    if followed.done && followed.level == Level::L0 {
        outcome.take(restored(app).await);
    }
    if !followed.done {
        outcome.take(app.rule.turn_on(app.clock.now()).await);
    }
    outcome.end().map(|()| followed.done)
}

/// Writes on an incident what was put aside for it: now, or by somebody who was killed before they could write it.
async fn note_evidence(app: &App, incident: &Incident, now: Option<String>) -> Result<(), NotDone> {
    let has_some = incident.timeline.iter().any(|entry| matches!(entry.what, Happening::Evidence(_)));
    let name = match now {
        None if has_some => None,
        None => {
            let row = ContainmentStore::new(app.db.clone()).read().await?;
            row.contained.evidence.map(|kept| kept.name)
        }
        name => name,
    };
    let Some(name) = name else { return Ok(()) };
    change(app, incident.id, |incident, now| incident.evidence(&name, now)).await.map(drop)
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
