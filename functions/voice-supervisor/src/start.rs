//! Starting workers: read, plan, write the try, ask ECS, note the task.

use core::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use shared::domain::workers::{
    AttemptEnd, Cause, NoStart, Plan, Policy, ShardCount, ShardId, Situation, StartOp, StartedBy, WaitReason,
    plan,
};
use shared::ids::ApplicationId;
use shared::messages::StartCheck;
use shared::queues::{Delay, QueueError, ReplyDeadlineQueue};
use shared::store::flags::FlagStore;
use shared::store::leases::{Attempts, Noted};
use shared::store::{Applied, StoreError};
use shared::telemetry::Telemetry;

use crate::task_stopped::TaskStopped;
use crate::tasks::{Launched, TaskError, Tasks};

/// How often a plan is made again after somebody else's write, or after there was no capacity.
const TRIES: u32 = 4;
/// When a try is looked at: a little after its time, since clocks differ.
const CHECK_AFTER: Duration = Duration::from_secs(92);

/// What was done about a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "snake_case")]
pub enum Outcome {
    /// A worker is starting.
    Started,
    /// One will be looked for later.
    Waiting(&'static str),
    /// Nothing is to be done.
    Nothing(&'static str),
}

/// Why nothing was decided. Lambda brings the event again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// It is about a shard that does not exist: two parts of the deployment were told different numbers.
    #[error("there is no such shard")]
    NoSuchShard,
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// ECS failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// Others kept writing, or there was no capacity at all.
    #[error("no try came through")]
    Contended,
}

/// What starting needs. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Starter {
    pub(crate) attempts: Attempts,
    pub(crate) flags: FlagStore,
    pub(crate) tasks: Tasks,
    pub(crate) queue: ReplyDeadlineQueue,
    pub(crate) policy: Policy,
    pub(crate) shards: ShardCount,
    pub(crate) bot: ApplicationId,
}

impl Starter {
    /// Notes what ended, and replaces it if anybody misses it.
    pub(crate) async fn stopped(
        &self,
        task: &TaskStopped,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<Outcome, StartError> {
        let Some(of) = task.started_by() else { return Ok(Outcome::Nothing("foreign")) };
        self.attempts.end(of, task.end(), Some(task.task_arn())).await?;
        self.decide(of.shard, &task.cause(), log, now).await
    }

    /// Decides about a shard and does it.
    pub(crate) async fn decide(
        &self,
        shard: ShardId,
        cause: &Cause,
        log: &Telemetry,
        now: Timestamp,
    ) -> Result<Outcome, StartError> {
        if !self.shards.has(shard) {
            return Err(StartError::NoSuchShard);
        }
        for _ in 0..TRIES {
            let situation = self.situation(shard, now).await?;
            match plan(cause, &situation, now, self.policy) {
                Plan::Nothing(reason) => return Ok(nothing(reason)),
                Plan::Wait { until, reason, check } => {
                    if comes_again(cause, reason) {
                        let message = StartCheck::new(shard, check.0, check.1);
                        self.queue.schedule_check(message, Delay::until(until, now)).await?;
                    }
                    return Ok(Outcome::Waiting(reason.as_str()));
                }
                Plan::Start(op) => {
                    if self.start(&op, log).await? {
                        return Ok(Outcome::Started);
                    }
                }
            }
        }
        Err(StartError::Contended)
    }

    async fn situation(&self, shard: ShardId, now: Timestamp) -> Result<Situation, StoreError> {
        let (level, rows) = tokio::join!(self.flags.level(), self.attempts.rows(shard, self.bot, now));
        let (level, rows) = (level?, rows?);
        let (lease, attempt) = (rows.lease, rows.attempt);
        Ok(Situation { shard, lease, attempt, budget: rows.budget, resumable: rows.resumable, level })
    }

    /// Whether there is a task now; if not, plan again. The check is sent before the task is asked for: whatever dies
    /// after it, somebody looks.
    async fn start(&self, op: &StartOp, log: &Telemetry) -> Result<bool, StartError> {
        if self.attempts.begin(op).await? == Applied::Conflict {
            return Ok(false);
        }
        let of = StartedBy::from(&op.attempt);
        let check = StartCheck::new(of.shard, of.epoch, of.number);
        let delay = Delay::try_from(CHECK_AFTER).unwrap_or(Delay::LONGEST);
        self.queue.schedule_check(check, delay).await?;
        if let Some(task) = &op.supersedes
            && let Err(error) = self.tasks.stop(task).await
        {
            // It ends by itself when it finds its shard held, only later.
            log.fault(error.operation, &error.code);
        }
        let launched = self.tasks.run(&op.attempt).await?;
        note(op, &launched, log);
        self.settle(of, launched).await
    }

    async fn settle(&self, of: StartedBy, launched: Launched) -> Result<bool, StartError> {
        match launched {
            Launched::Task(arn) => {
                // Superseded: somebody found the try overdue meanwhile, and looks after what follows.
                let (Noted::Now | Noted::Superseded) = self.attempts.name(of, &arn).await?;
                Ok(true)
            }
            Launched::NoCapacity => {
                self.attempts.end(of, AttemptEnd::NoCapacity, None).await?;
                Ok(false)
            }
            Launched::Spent => {
                self.attempts.end(of, AttemptEnd::Stopped, None).await?;
                Ok(false)
            }
        }
    }
}

/// A wait for the budget is hours; each wake of it would begin a chain of messages of its own.
const fn comes_again(cause: &Cause, reason: WaitReason) -> bool {
    !matches!((cause, reason), (Cause::Wake, WaitReason::IdentifyBudget))
}

const fn nothing(reason: NoStart) -> Outcome {
    Outcome::Nothing(reason.as_str())
}

fn note(op: &StartOp, launched: &Launched, log: &Telemetry) {
    let outcome = match launched {
        Launched::Task(_) => "task",
        Launched::NoCapacity => "no_capacity",
        Launched::Spent => "spent",
    };
    let attempt = &op.attempt;
    let facts = [
        ("shard", u32::from(attempt.shard.get()).into()),
        ("epoch", i64::try_from(attempt.epoch.get()).unwrap_or(i64::MAX).into()),
        ("attempt", attempt.number.into()),
        ("capacity", attempt.capacity.provider().into()),
        ("outcome", outcome.into()),
    ];
    log.note("worker asked for", &facts);
}
