//! Keeps tokens and keys young (SPEC T11, T12, W11, W32).
//!
//! **By night.** At 02:00 UTC the index says which links end; no secret is listed. Each is renewed, a few at a time; who
//! asks us to wait is left alone. A minute before our own end we write down how far we have come and invoke ourselves. The
//! run ends with one event in the log, and with one alert if somebody has to know.
//!
//! **Keys of our own.** Secrets Manager calls the four steps of a rotation. Each may come again, and in any order.
//!
//! Everything here may be done twice: what was done is seen in the rows and in the versions.

mod ages;
mod app;
mod checkpoint;
mod config;
mod event;
pub mod grants;
mod pace;
mod steps;
mod summary;
mod walk;

pub use ages::{Origin, secret_age, signing_key_age};
pub use app::{App, AppError, Machine};
pub use checkpoint::{Checkpoint, Counts};
pub use config::Config;
pub use event::UnknownEvent;
pub use shared::invocation::Invocation;
pub use steps::StepError;
pub use walk::RunError;

use serde_json::Value;
use shared::telemetry::Metric;

use crate::event::Event;

/// Why an invocation failed. Lambda brings an asynchronous one again, twice; then it is a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// The walk through the links could not go on.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A step of a rotation could not be done. Secrets Manager tries again.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, invocation: &Invocation) -> Result<Value, Failure> {
    let now = app.clock.now();
    let log = app.logbook.of(&invocation.id, now).await;
    let checkpoint = match Event::try_from(event) {
        Ok(Event::Nightly) => Checkpoint::nightly(now),
        Ok(Event::Now) => Checkpoint::of_all(now),
        Ok(Event::Continue(checkpoint)) => checkpoint,
        Ok(Event::Step(step)) => {
            let done = Box::pin(steps::run(app, &step, &log, now)).await;
            if let Err(error) = &done {
                log.fault("rotation_step", error.code());
                // What comes too early or is none of ours is refused, and nothing has failed.
                if matches!(error, StepError::Unusable | StepError::Unavailable { .. }) {
                    log.count(Metric::RotationFailures);
                }
            }
            return Ok(done.map(|()| Value::Null)?);
        }
        Err(unknown) => {
            log.fault("event", "unknown");
            return Err(unknown.into());
        }
    };
    let walked = Box::pin(walk::run(app, checkpoint, invocation.deadline, &log)).await;
    if let Err(error) = &walked {
        log.fault("rotation", error.code());
    }
    Ok(serde_json::to_value(walked?).unwrap_or_default())
}
