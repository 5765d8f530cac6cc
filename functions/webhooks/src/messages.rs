//! Messages of our queue. Those that failed come again one by one, and after twenty times end where somebody looks.

use futures_util::future::join_all;
use jiff::Timestamp;
use shared::domain::containment::Level;
use shared::messages::WebhookJob;
use shared::telemetry::{StoreOperation, Telemetry, WebhookOutcome};

use crate::app::App;
use crate::handle::{self, HandleError, Settled};
use crate::report::Report;
use shared::sqs_event::{SqsBatchResponse, SqsEvent, SqsRecord};

/// From here on nothing is taken from queues.
pub(crate) const CLOSED: Level = Level::L2;

/// Handles a batch; the answer names the messages that have to come again.
pub(crate) async fn settle(app: &App, batch: SqsEvent, log: &Telemetry, now: Timestamp) -> SqsBatchResponse {
    if is_closed(app, log).await {
        for record in &batch.records {
            if let Ok(job) = WebhookJob::parse(&record.body) {
                Report::new(log.clone(), job.source()).ended(WebhookOutcome::Parked);
            }
        }
        return SqsBatchResponse::failing(batch.records.into_iter().map(|record| record.message_id));
    }
    let settled = join_all(batch.records.iter().map(|record| one(app, record, log, now))).await;
    let failed = batch.records.into_iter().zip(settled).filter(|(_, settled)| !settled);
    SqsBatchResponse::failing(failed.map(|(record, _)| record.message_id))
}

/// Whether the bot is locked down so far that queues are not read. Nobody knows: as if it were.
pub(crate) async fn is_closed(app: &App, log: &Telemetry) -> bool {
    match app.flags.level().await {
        Ok(level) => level >= CLOSED,
        Err(error) => {
            log.store_failed(StoreOperation::Guard, &error);
            true
        }
    }
}

/// Whether there is nothing left to do.
async fn one(app: &App, record: &SqsRecord, log: &Telemetry, now: Timestamp) -> bool {
    let Ok(job) = WebhookJob::parse(&record.body) else {
        log.fault("webhook_job", "malformed");
        return false;
    };
    let report = Report::new(log.clone(), job.source());
    match Box::pin(handle::run(app, &job, log, now)).await {
        Ok(settled) => {
            report.ended(match settled {
                Settled::Done => WebhookOutcome::Done,
                Settled::Dropped => WebhookOutcome::Dropped,
            });
            true
        }
        Err(HandleError::Later { what, code }) => {
            report.fault(what, &code);
            report.ended(WebhookOutcome::Failed);
            false
        }
    }
}
