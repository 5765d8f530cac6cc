//! What becomes of a signal (SPEC T27, T32): what is known of its cause is read, a pure function decides, one conditional
//! write keeps it, and only whoever has written acts. A signal that comes again finds its own work done.

use shared::domain::incident::grouping::{Known, Outcome as Decided, Policy, decide};
use shared::domain::incident::{IncidentId, Signal};
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::change::TRIES;
use crate::looking::{Step, act, hidden};
use crate::not_done::NotDone;

/// Hears one signal.
pub(crate) async fn hear(app: &App, signal: &Signal, log: &Telemetry) -> Result<(), NotDone> {
    for _ in 0..TRIES {
        if Box::pin(once(app, signal, log)).await? {
            return Ok(());
        }
    }
    Err(NotDone::contended("incidents.hear"))
}

/// Whether it is done; otherwise somebody else was first.
async fn once(app: &App, signal: &Signal, log: &Telemetry) -> Result<bool, NotDone> {
    let now = app.clock.now();
    let cause = app.incidents.of_cause(signal.fingerprint(), now).await?;
    let hidden = hidden(app, signal.alert).await?;
    let latest = cause.latest.as_ref();
    let known = Known { latest: latest.map(|seen| &seen.incident), cleared_at: cause.cleared_at, hidden };
    let decision = decide(now, IncidentId::new(now, app.rng)?, known, signal, &Policy::DEFAULT);
    let written = match (decision.outcome, latest) {
        (Decided::Remember(at), _) => {
            return Ok(app.incidents.remember_cleared(&cause, at, now).await?.is_some());
        }
        (Decided::Begin(incident), _) => app.incidents.begin(&incident, &cause).await?.map(Step::began),
        (Decided::Change(next), Some(seen)) => {
            app.incidents.save(seen, *next).await?.map(|saved| Step::changed(&seen.incident, saved))
        }
        (Decided::Ignore, Some(seen)) => Some(Step::same(seen.clone())),
        (Decided::Ignore | Decided::Change(_), None) => return Ok(true),
    };
    let Some(step) = written else { return Ok(false) };
    act(app, step.then(decision.tell.is_some(), decision.flush_at), log).await?;
    Ok(true)
}
