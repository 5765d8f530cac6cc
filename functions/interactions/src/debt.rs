//! A reply that a worker, the oauth function or data-retention owes (SPEC P8). Its row and its deadline come before the change that it is about and before the
//! deferral, so that whatever dies in between, the reply ends: without the change the supervisor ends it, without the
//! bell the worker finds it.
//!
//! There is no deferral without a row, and no open row without a deferral: an answer of any other kind ends the row
//! first ([`Debt::cancel`]).

use core::time::Duration;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::SdkConfig;
use shared::discord::response::{Answer, Visibility};
use shared::messages::{AccountJob, ReplyDeadline};
use shared::queues::{Delay, ReplyDeadlineQueue};
use shared::store::Db;
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::telemetry::{StoreOperation, VoiceCall};
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::refused::Refused;
use crate::report::Report;
use crate::visit::Visit;

/// When the supervisor ends a reply that no worker has answered. A worker starts within two minutes, or never.
pub(crate) const REPLY_DEADLINE: Duration = Duration::from_mins(5);

/// What one interaction owes. Written once.
#[derive(Debug, Default)]
pub(crate) struct Debt {
    owed: OnceLock<DeferredReply>,
    made: AtomicBool,
}

impl Debt {
    /// Whether a worker has to answer.
    pub(crate) fn is_open(&self) -> bool {
        self.owed.get().is_some()
    }

    /// The change that the reply is about is made: from now on the reply is the worker's.
    pub(crate) fn made(&self) {
        self.made.store(true, Ordering::Relaxed);
    }

    /// "Thinking…", if a worker is sure to say more.
    pub(crate) fn deferral(&self) -> Option<Answer> {
        let owed = self.owed.get()?;
        let visibility = match owed.kind() {
            ReplyKind::Public => Visibility::Public,
            ReplyKind::Ephemeral => Visibility::Private,
        };
        Some(Answer::Deferred(visibility))
    }

    /// The same, if only the time ran out after the change was made.
    pub(crate) fn deferral_if_made(&self) -> Option<Answer> {
        if self.made.load(Ordering::Relaxed) { self.deferral() } else { None }
    }

    /// The answer is given directly: nobody may answer once more. What has not ended when the answer is `due`, the
    /// supervisor ends.
    pub(crate) async fn cancel(&self, app: &App, report: &Report, due: Instant) {
        if let (Some(owed), Some(replies)) = (self.owed.get(), &app.replies)
            && timeout_at(due, replies.end(owed, app, report)).await.is_err()
        {
            report.out_of_time();
        }
    }
}

/// The rows of replies, and what ends them.
#[derive(Debug)]
pub(crate) struct Replies {
    rows: DeferredReplies,
    deadlines: ReplyDeadlineQueue,
}

impl Replies {
    pub(crate) fn new(sdk: &SdkConfig, db: &Db, queue_url: &str) -> Self {
        Self { rows: DeferredReplies::new(db.clone()), deadlines: ReplyDeadlineQueue::new(sdk, queue_url) }
    }

    /// Whether it has ended by now.
    async fn end(&self, owed: &DeferredReply, app: &App, report: &Report) -> bool {
        match self.rows.end(owed.tenant(), owed.interaction(), app.now()).await {
            Ok(_) => true,
            Err(error) => {
                report.store_failed(StoreOperation::Write, &error);
                false
            }
        }
    }
}

impl Visit<'_> {
    /// Owes the caller a reply by somebody else, before anything is changed. `false`: its end could not be scheduled, so
    /// that nothing is owed and the caller has to be answered directly.
    pub(crate) async fn owe(&self, purpose: Purpose, kind: ReplyKind) -> Result<bool, Refused> {
        let replies = self.app.replies.as_ref().ok_or(Refused::Unavailable)?;
        let reply = DeferredReply::new(self.deferral(purpose, kind), self.now, REPLY_DEADLINE)
            .map_err(|_| Refused::Unavailable)?;
        let message = ReplyDeadline::new(reply.tenant(), self.interaction.id);
        let delay = Delay::until(reply.deadline_at(), self.now);
        let (opened, scheduled) =
            tokio::join!(replies.rows.open(&reply), replies.deadlines.schedule(&message, delay));
        self.wrote(opened.map(drop))?;
        if let Err(error) = scheduled {
            self.report.voice_failed(VoiceCall::Schedule, error.code());
            let ended = replies.end(&reply, self.app, self.report).await;
            return if ended { Ok(false) } else { Err(Refused::Unavailable) };
        }
        // One interaction owes once: the cell is empty.
        Ok(self.debt.owed.set(reply).is_ok())
    }

    fn deferral(&self, purpose: Purpose, kind: ReplyKind) -> Deferral {
        let tenant = match purpose {
            Purpose::Play { .. } | Purpose::Join | Purpose::VoteSkip { .. } => self.tenant.clone(),
            Purpose::Unlink { .. }
            | Purpose::Import { .. }
            | Purpose::Channel { .. }
            | Purpose::PrivacyStatus { .. } => AccountJob::tenant(self.caller.user()),
        };
        Deferral {
            tenant,
            interaction: self.interaction.id,
            caller: self.caller.user(),
            purpose,
            application: self.interaction.application_id,
            token: self.interaction.token.clone(),
            locale: self.words.locale().code().to_owned(),
            kind,
            support_id: self.support,
        }
    }
}
