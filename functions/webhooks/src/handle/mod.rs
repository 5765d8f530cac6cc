//! What is done about a webhook, once its sender has been answered. Each may be done twice.

mod announce;
pub(crate) mod song_request;

use jiff::{SignedDuration, Timestamp};
use shared::invoke::InvokeError;
use shared::messages::{
    AccountsRevoked, PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource, WebhookJob, WebhookTask,
};
use shared::privacy::DataSubject;
use shared::queues::QueueError;
use shared::store::StoreError;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::reconcile::twitch;

/// How old a song request may be: nobody waits for one longer, and what waited through a lockdown is nobody's wish.
const REQUEST_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// Why a job has to come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandleError {
    /// Something that we need is not there. What was done is done.
    #[error("the job cannot be done now: {code}")]
    Later {
        /// For the log: what was asked.
        what: &'static str,
        /// For the log: what it said.
        code: String,
    },
}

impl HandleError {
    /// `what` failed with `code`, in constant words or a service's code.
    pub(crate) fn later(what: &'static str, code: &str) -> Self {
        Self::Later { what, code: code.to_owned() }
    }
}

impl From<StoreError> for HandleError {
    fn from(error: StoreError) -> Self {
        Self::later(error.operation(), error.code())
    }
}

impl From<QueueError> for HandleError {
    fn from(error: QueueError) -> Self {
        Self::later("queue", error.code())
    }
}

impl From<InvokeError> for HandleError {
    fn from(error: InvokeError) -> Self {
        Self::later("invoke", error.code())
    }
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is done.
    Done,
    /// It is of no use any more, or has nowhere to go.
    Dropped,
}

/// Does what a job says.
pub(crate) async fn run(
    app: &App,
    job: &WebhookJob,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Settled, HandleError> {
    match job.task() {
        WebhookTask::SongRequest { .. } if now.duration_since(job.at()) > REQUEST_LIFE => {
            return Ok(Settled::Dropped);
        }
        WebhookTask::SongRequest { notification } => {
            let delivery = job.delivery().as_str();
            Box::pin(song_request::run(app, notification, delivery, log, now)).await?;
        }
        WebhookTask::Reconcile { broadcaster } => {
            Box::pin(twitch::channel(app, broadcaster, log, now)).await?;
        }
        WebhookTask::Unlink { provider, subjects } => {
            // Whose they are is oauth's to find: we read no links.
            app.oauth.revoked(&AccountsRevoked::new(*provider, subjects.clone())).await?;
        }
        WebhookTask::Announce { announcement } => {
            return announce::run(app, job, announcement, log, now).await;
        }
        WebhookTask::Erase { user } => {
            let id = PrivacyRequestId::of_digest(&job.delivery().digest());
            let source = PrivacySource::Deauthorized;
            app.privacy
                .ask(&PrivacyRequest::new(id, DataSubject::User(*user), PrivacyAction::Erase, source))
                .await?;
        }
    }
    Ok(Settled::Done)
}
