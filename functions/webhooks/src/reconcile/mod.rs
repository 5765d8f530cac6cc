//! Once a night: subscriptions that end by themselves are made again, so that nobody has to remember them.

pub(crate) mod twitch;
pub(crate) mod websub;

use jiff::Timestamp;
use shared::telemetry::Telemetry;

use crate::Failure;
use crate::app::App;
use crate::handle::HandleError;
use crate::messages::is_closed;

/// Tries all of them, whichever fails. While schedules are stopped nothing is done: there is another night.
pub(crate) async fn run(app: &App, log: &Telemetry, now: Timestamp) -> Result<(), Failure> {
    if is_closed(app, log).await {
        log.note("webhooks_night", &[("outcome", "closed".into())]);
        return Ok(());
    }
    let done = [websub::run(app, log, now).await, Box::pin(twitch::run(app, log, now)).await];
    for HandleError::Later { what, code } in done.iter().filter_map(|one| one.as_ref().err()) {
        log.fault(what, code);
    }
    if done.iter().all(Result::is_ok) { Ok(()) } else { Err(Failure::Incomplete) }
}
