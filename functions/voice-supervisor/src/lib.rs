//! Starts voice workers, and ends deferred replies at their deadline (SPEC P6, P7, P8).
//!
//! **Replies.** Lambda hands over delayed messages, each of which names a reply row. A row that is still open is claimed,
//! the user is told in their language with a support id, and the row is finished. The claim comes first, so that two
//! deliveries never tell twice and an error never covers an answer; if we die after it, the claim runs out and the next
//! delivery goes on (`shared::store::deferred`).
//!
//! **Workers.** Whoever finds a shard without a live lease invokes us; so does a worker that has to go, and `EventBridge`
//! when a task has stopped. What is known is read, a pure plan decides (`shared::domain::workers`), the try is written
//! down, and only then ECS is asked, with a token that belongs to the try. This is the one function that may start and
//! stop tasks, so what it does with them is in one file (`tasks.rs`).

mod app;
mod config;
mod end;
mod event;
pub mod grants;
mod start;
mod task_stopped;
mod tasks;

pub use app::{App, AppError, Machine};
pub use config::Config;
pub use event::{Event, UnknownEvent};
pub use shared::sqs_event::{SqsBatchResponse, SqsEvent, SqsRecord};
pub use start::{Outcome, StartError};
pub use task_stopped::TaskStopped;
pub use tasks::{Placement, TaskError};

use serde::Serialize;
use serde_json::Value;
use shared::domain::workers::Cause;
use tokio::task::JoinSet;

use crate::end::Job;

/// What Lambda gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Which messages have to come again.
    Messages(SqsBatchResponse),
    /// What was done about a shard.
    Shard(Outcome),
}

/// Why an invocation failed. Lambda brings an asynchronous one again, twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// Nothing could be decided.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, request_id: &str) -> Result<Answer, Failure> {
    let now = app.clock().now();
    let job = app.job(request_id, now).await;
    let decided = match Event::try_from(event) {
        Ok(Event::Messages(messages)) => {
            return Ok(Answer::Messages(settle(app, &job, messages).await));
        }
        Ok(Event::Wake(wake)) => job.starter.decide(wake.shard(), &Cause::Wake, &job.log, now).await,
        Ok(Event::HandOver(asked)) => {
            job.starter.decide(asked.shard(), &Cause::HandOver(asked.epoch()), &job.log, now).await
        }
        Ok(Event::TaskStopped(task)) => job.starter.stopped(&task, &job.log, now).await,
        Err(unknown) => {
            job.log.fault("event", "unknown");
            return Err(unknown.into());
        }
    };
    job.say(&decided);
    Ok(Answer::Shard(decided?))
}

/// Handles a batch; the answer names the messages that have to come again.
async fn settle(app: &App, job: &Job, messages: SqsEvent) -> SqsBatchResponse {
    let now = app.clock().now();
    let mut running = JoinSet::new();
    let mut failed = Vec::new();
    for record in messages.records {
        let job = job.clone();
        // Until its task says otherwise a message has failed: a panic or a cancelled task loses none.
        failed.push(record.message_id.clone());
        running.spawn(async move { job.settle(&record, now).await.is_ok().then_some(record.message_id) });
    }
    while let Some(outcome) = running.join_next().await {
        if let Ok(Some(settled)) = outcome {
            failed.retain(|id| *id != settled);
        }
    }
    SqsBatchResponse::failing(failed)
}
