//! Every minute while anything is open: what has come due is told, what was begun and not ended goes on, and when nothing
//! is left, the rule that wakes us is turned off. A minute is the finest that a rule can: deadlines are met by it, and who
//! died is followed soon.

use jiff::{SignedDuration, Timestamp};
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::contained::follow;
use crate::looking::look;
use crate::not_done::{NotDone, Outcome};
use crate::status;

/// So long before the end nothing more is begun: it goes on with the next tick.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// Looks at everything with which something has still to be done.
pub(crate) async fn tick(app: &App, deadline: Timestamp, log: &Telemetry) -> Result<(), NotDone> {
    let mut outcome = Outcome::default();
    let unsettled = app.incidents.unsettled().await?;
    let cause = unsettled.iter().map(|seen| &seen.incident).find(|one| one.is_containing());
    let followed = outcome.take(Box::pin(follow(app, cause, log)).await);
    for seen in &unsettled {
        if deadline.duration_since(app.clock.now()) < RESERVE {
            break;
        }
        outcome.take(Box::pin(look(app, seen.incident.id, log)).await);
    }
    outcome.take(status::publish(app, log, app.clock.now()).await.map_err(NotDone::from));
    let rests = outcome.is_done() && followed == Some(true);
    outcome.take(rest(app, rests).await);
    outcome.end()
}

/// Turns the rule off if nothing is left. Somebody may have begun an incident and turned it on in between: it is looked
/// at once more afterwards.
async fn rest(app: &App, may: bool) -> Result<(), NotDone> {
    if !may || !app.incidents.unsettled().await?.is_empty() {
        return app.rule.turn_on(app.clock.now()).await;
    }
    app.rule.turn_off().await?;
    if app.incidents.unsettled().await?.is_empty() { Ok(()) } else { app.rule.turn_on(app.clock.now()).await }
}
