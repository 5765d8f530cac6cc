//! One message. A reply's: claim, tell, finish. A check's: look whether a worker came.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::discord::escape::Escaped;
use shared::discord::rest::{DiscordRest, RestError};
use shared::discord::words::{Message, Words};
use shared::domain::workers::Cause;
use shared::messages::{BadMessage, ReplyDeadline, StartCheck};
use shared::store::StoreError;
use shared::store::deferred::{Claim, Claimed, DeferredReplies, DeferredReply};
use shared::telemetry::{DeadlineOutcome, Metric, StoreOperation, Telemetry};

use crate::start::{Outcome, StartError, Starter};
use shared::sqs_event::SqsRecord;

/// Why a message has to come again, and after five times goes to the dead-letter queue.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Again {
    /// It is not a message of ours. It comes again only to end in the dead-letter queue, where somebody looks.
    #[error(transparent)]
    Malformed(#[from] BadMessage),
    /// It came before its time.
    #[error("the deadline is not reached")]
    Early,
    /// Another delivery is telling the user; if it dies, this message is what goes on.
    #[error("another delivery has the claim")]
    Busy,
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord failed.
    #[error("Discord did not take it: {0}")]
    Discord(&'static str),
    /// Nothing could be decided about a shard.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// What one request works with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) replies: DeferredReplies,
    pub(crate) discord: DiscordRest,
    pub(crate) starter: Starter,
    pub(crate) log: Telemetry,
}

impl Job {
    /// Ends what the message names; `Ok` if there is nothing left to do.
    pub(crate) async fn settle(&self, record: &SqsRecord, now: Timestamp) -> Result<(), Again> {
        let settled = match StartCheck::parse(&record.body) {
            Ok(check) => self.check(check, now).await,
            Err(BadMessage) => self.end(record, now).await,
        };
        if let Err(again) = &settled {
            self.complain(again);
        }
        settled
    }

    async fn check(&self, check: StartCheck, now: Timestamp) -> Result<(), Again> {
        let cause = Cause::Check { epoch: check.epoch(), number: check.attempt() };
        let decided = self.starter.decide(check.shard(), &cause, &self.log, now).await;
        self.say(&decided);
        Ok(decided.map(drop)?)
    }

    /// Tells the log what was decided about a shard.
    pub(crate) fn say(&self, decided: &Result<Outcome, StartError>) {
        match decided {
            Ok(Outcome::Started) => self.log.note("worker", &[("outcome", "started".into())]),
            Ok(Outcome::Waiting(reason) | Outcome::Nothing(reason)) => {
                self.log.note("worker", &[("outcome", (*reason).into())]);
            }
            Err(StartError::Store(error)) => self.log.store_failed(StoreOperation::Write, error),
            Err(StartError::Task(error)) => self.log.fault(error.operation, &error.code),
            Err(StartError::Queue(error)) => self.log.fault("start_check message", error.code()),
            Err(StartError::NoSuchShard) => self.log.fault("worker", "no_such_shard"),
            Err(StartError::Contended) => self.log.fault("worker", "contended"),
        }
    }

    async fn end(&self, record: &SqsRecord, now: Timestamp) -> Result<(), Again> {
        let message = ReplyDeadline::parse(&record.body)?;
        let (tenant, id) = (message.tenant(), message.interaction_id());
        let Some(reply) = self.replies.read(tenant, id, now).await? else {
            return Ok(());
        };
        if !reply.is_due(now) {
            return Err(Again::Early);
        }
        match self.replies.claim(tenant, id, now).await? {
            Claim::Mine(claimed) => self.tell(&claimed).await,
            Claim::Ended | Claim::Missing => Ok(()),
            Claim::Busy => Err(Again::Busy),
        }
    }

    async fn tell(&self, claimed: &Claimed) -> Result<(), Again> {
        let reply = claimed.reply();
        let told = self.discord.edit_original(reply.application(), reply.token(), &too_late(reply)).await;
        let outcome = match told {
            Ok(()) => DeadlineOutcome::Told,
            Err(RestError::Gone) => DeadlineOutcome::Gone,
            Err(error @ RestError::Refused { .. }) => {
                self.log.fault("discord.edit_original", &error.code());
                DeadlineOutcome::Refused
            }
            // The claim runs out by itself before the message comes again.
            Err(RestError::GaveUp { cause }) => return Err(Again::Discord(cause)),
        };
        self.replies.finish(claimed).await?;
        let facts = [("support_id", reply.support_id().into()), ("outcome", outcome.as_str().into())];
        self.log.note("deferred reply ended", &facts);
        self.log.count(Metric::DeadlineEnded { outcome });
        Ok(())
    }

    fn complain(&self, again: &Again) {
        match again {
            Again::Malformed(_) => self.log.fault("reply-deadline message", "malformed"),
            Again::Early => self.log.fault("reply-deadline message", "early"),
            // A start was complained about where it was decided.
            Again::Busy | Again::Start(_) => {}
            Again::Discord(cause) => self.log.fault("discord.edit_original", cause),
            Again::Store(error) => self.log.store_failed(StoreOperation::Write, error),
        }
    }
}

/// What replaces "thinking…". It pings nobody and has no buttons; public or ephemeral was fixed at the deferral.
fn too_late(reply: &DeferredReply) -> Value {
    let support = Escaped::new(reply.support_id().as_str());
    let text = Words::for_locale(Some(reply.locale()), None).say(&Message::ReplyDeadline { support });
    json!({ "content": text, "components": [], "allowed_mentions": { "parse": [] } })
}
