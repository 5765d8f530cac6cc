//! Keeps what has to be kept, for as long as it has to be (SPEC T36).
//!
//! **Checkpoints.** By night, and at most five minutes after somebody has acted, it writes down where all audit chains end,
//! has that signed, and keeps it where nobody can change it. It takes no notice of what invoked it: it reads the heads
//! and names the checkpoint after them, so that what is repeated, late or concurrent writes the same name or a true
//! one. A batch that is lost is made up for by the next one, or by the night.

mod app;
mod checkpoint;
mod config;
mod event;
pub mod grants;

pub use app::{App, Machine};
pub use checkpoint::{CheckpointError, Written};
pub use config::Config;
pub use event::{Event, UnknownEvent};

use serde_json::Value;

/// Why an invocation failed. Lambda brings it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// No checkpoint was written, or nobody knows.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, request_id: &str) -> Result<Written, Failure> {
    let log = app.log(request_id, app.clock.now()).await;
    match Event::try_from(event) {
        Ok(Event::Nightly | Event::HeadsMoved) => Ok(checkpoint::write(app, &log).await?),
        Err(unknown) => {
            log.fault("event", "unknown");
            Err(unknown.into())
        }
    }
}
