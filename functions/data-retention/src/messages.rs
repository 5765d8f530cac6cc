//! What comes out of the queue of requests about people's own data (SPEC T30, T31). A message is deleted when nothing is
//! left of it, or when what goes on with it is in the queue: whoever is killed is followed by the same message.

use shared::messages::{PrivacyAction, PrivacyMessage, PrivacyRequest};
use shared::queues::QueueError;
use shared::sqs_event::{SqsBatchResponse, SqsEvent};
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::erase::{self, EraseError};
use crate::next::Next;
use crate::{Invocation, export, status};

/// Why a message has to come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum NotDone {
    /// It is none of ours. After a few times somebody looks at it.
    #[error("not a message of ours")]
    Unknown,
    /// An erasure cannot go on now.
    #[error(transparent)]
    Erase(#[from] EraseError),
    /// An export cannot.
    #[error(transparent)]
    Export(#[from] export::ExportError),
    /// Nobody could be told how far it is.
    #[error(transparent)]
    Status(#[from] status::StatusError),
    /// What goes on with it could not be sent.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl NotDone {
    /// What failed, and how; neither holds anything of anybody.
    fn told(&self) -> (&'static str, &str) {
        match self {
            Self::Unknown => ("privacy.message", "unknown"),
            Self::Erase(error) => (error.what(), error.code()),
            Self::Export(error) => ("privacy.export", error.code()),
            Self::Status(error) => ("privacy.status", error.code()),
            Self::Queue(error) => ("privacy.queue", error.code()),
        }
    }
}

/// Handles a batch; the answer names the messages that have to come again.
pub(crate) async fn settle(
    app: &App,
    messages: SqsEvent,
    invocation: &Invocation,
    log: &Telemetry,
) -> SqsBatchResponse {
    let mut failed = Vec::new();
    for record in messages.records {
        if let Err(error) = handle(app, &record.body, invocation, log).await {
            let (what, code) = error.told();
            log.fault(what, code);
            failed.push(record.message_id);
        }
    }
    SqsBatchResponse::failing(failed)
}

async fn handle(app: &App, body: &str, invocation: &Invocation, log: &Telemetry) -> Result<(), NotDone> {
    match PrivacyMessage::parse(body).map_err(|_| NotDone::Unknown)? {
        PrivacyMessage::Request(request) => work(app, &request, invocation, log).await,
        PrivacyMessage::Status(asked) => Ok(Box::pin(status::run(app, &asked, log, app.clock.now())).await?),
    }
}

async fn work(
    app: &App,
    request: &PrivacyRequest,
    invocation: &Invocation,
    log: &Telemetry,
) -> Result<(), NotDone> {
    let next = match request.action() {
        PrivacyAction::Erase => Box::pin(erase::run(app, request, invocation.deadline, log)).await?,
        PrivacyAction::Export => Box::pin(export::run(app, request, log, app.clock.now())).await?,
    };
    match next {
        Next::Done => Ok(()),
        // The next one is there before this one goes: two of them do no more than one.
        Next::Later(delay) => Ok(app.privacy.ask_later(request, delay).await?),
    }
}
