//! Keeps what has to be kept, for as long as it has to be (SPEC T36), and nothing for longer (SPEC T28 to T31).
//!
//! **Checkpoints.** By night, and at most five minutes after somebody has acted, it writes down where all audit chains end,
//! has that signed, and keeps it where nobody can change it. It takes no notice of what invoked it: it reads the heads
//! and names the checkpoint after them, so that what is repeated, late or concurrent writes the same name or a true
//! one. A batch that is lost is made up for by the next one, or by the night.
//!
//! **The night.** At 03:00 UTC, after that, what has outlived its purpose goes.
//!
//! **Erasure.** A request goes through steps, each of which may be done any number of times; how far it is stands in one
//! row. What is not done when the time of an invocation is over goes on with the next message.
//!
//! **Export.** What is stored about somebody is gathered into one file in a bucket, once a day; what is in memory stays small
//! whatever there is. Whoever asks how far it is gets a link for ten minutes, made when they ask.

mod app;
mod cases;
mod checkpoint;
mod config;
mod erase;
mod event;
mod export;
pub mod grants;
mod messages;
mod next;
pub mod night;
mod restored;
mod sources;
mod status;

pub use app::{App, AppError, Machine};
pub use checkpoint::{CheckpointError, Written};
pub use config::Config;
pub use event::{Event, UnknownEvent};
pub use night::{Night, NightError};
pub use restored::{ErasedAgain, RestoredError};
pub use shared::invocation::Invocation;
pub use shared::sqs_event::{SqsBatchResponse, SqsEvent, SqsRecord};

use serde::Serialize;
use serde_json::Value;

/// What Lambda gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// What was written down.
    Checkpoint(Written),
    /// What became of a run.
    Night(Night),
    /// How many are erased again.
    Restored(ErasedAgain),
    /// Which messages have to come again.
    Messages(SqsBatchResponse),
}

/// Why an invocation failed. Lambda brings it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// No checkpoint was written, or nobody knows.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A run could not go on.
    #[error(transparent)]
    Night(#[from] NightError),
    /// Not everybody could be erased again.
    #[error(transparent)]
    Restored(#[from] RestoredError),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, invocation: &Invocation) -> Result<Answer, Failure> {
    let log = app.logbook.of(&invocation.id, app.clock.now()).await;
    match Event::try_from(event) {
        Ok(Event::Nightly(run)) => {
            let ended = Box::pin(night::run(app, &run, invocation.deadline, &log)).await;
            if let Err(error) = &ended {
                log.fault("retention", error.code());
            }
            Ok(Answer::Night(ended?))
        }
        Ok(Event::Restored(restored)) => Ok(Answer::Restored(restored::run(app, restored, &log).await?)),
        Ok(Event::HeadsMoved) => Ok(Answer::Checkpoint(checkpoint::write(app, &log).await?)),
        Ok(Event::Privacy(messages)) => {
            Ok(Answer::Messages(messages::settle(app, messages, invocation, &log).await))
        }
        Err(unknown) => {
            log.fault("event", "unknown");
            Err(unknown.into())
        }
    }
}
