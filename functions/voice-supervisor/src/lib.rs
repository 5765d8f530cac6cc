//! Ends deferred replies at their deadline (SPEC P8), so that nobody is left with "thinking…".
//!
//! Lambda hands over delayed messages, each of which names a reply row. A row that is still open is claimed, the user is
//! told in their language with a support id, and the row is finished. The claim comes first, so that two deliveries
//! never tell twice and an error never covers an answer; if we die after it, the claim runs out and the next delivery
//! goes on (`shared::store::deferred`).

mod app;
mod config;
mod end;
pub mod grants;
mod sqs;

pub use app::{App, AppError, Machine};
pub use config::Config;
pub use sqs::{SqsBatchResponse, SqsEvent, SqsRecord};

use tokio::task::JoinSet;

/// Handles a batch; the answer names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent, request_id: &str) -> SqsBatchResponse {
    let now = app.clock().now();
    let job = app.job(request_id, now).await;
    let mut running = JoinSet::new();
    let mut failed = Vec::new();
    for record in event.records {
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
