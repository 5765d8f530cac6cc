//! Whether a worker is started, and how.
//!
//! The caller writes the try into its row first, on condition that the row is still the one that was read, and then asks
//! ECS with the try's token. Whoever dies in between leaves a row without a task, and the next one asks again with the
//! same token; so a shard never pays for two.

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, AttemptEnd, Capacity, Epoch, IdentifyBudget, Lease, LeaseTimes, ShardId};
use crate::domain::containment::Level;

/// Why somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something is to be played and nobody holds the shard.
    Wake,
    /// The holder of this epoch has to go and asks for somebody to follow.
    HandOver(Epoch),
    /// A task has stopped.
    Stopped {
        /// Which.
        task_arn: String,
        /// It ended by itself and without an error: it had nothing to do.
        clean: bool,
    },
    /// A try had its time, or a wait is over.
    Check {
        /// The epoch that a worker would take.
        epoch: Epoch,
        /// The last try for it, 0 without one.
        number: u32,
    },
}

/// What was read. It is judged as it was at one moment; the write's condition notices a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The shard.
    pub shard: ShardId,
    /// Its lease, if it ever had one.
    pub lease: Option<Lease>,
    /// The last try to start a worker.
    pub attempt: Option<Attempt>,
    /// The bot's identifies.
    pub budget: Option<IdentifyBudget>,
    /// Whether there is a gateway session to go on with, which costs no identify.
    pub resumable: bool,
    /// How far things are shut down.
    pub level: Level,
}

/// What may differ between deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Those of the leases.
    pub times: LeaseTimes,
    /// After so many starts in a row nobody tries again but somebody who wants to hear something.
    pub automatic: u32,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Start a worker.
    Start(Box<StartOp>),
    /// Not yet.
    Wait {
        /// When to look again.
        until: Timestamp,
        /// Why.
        reason: WaitReason,
        /// What to look for then: the epoch that a worker would take, and the last try for it (0 without one).
        check: (Epoch, u32),
    },
    /// Nothing.
    Nothing(NoStart),
}

/// A try to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartOp {
    /// The row to write.
    pub attempt: Attempt,
    /// Epoch and number of the row that it replaces, if there was one.
    pub replaces: Option<(Epoch, u32)>,
    /// The task of that row, if it is not known to have ended: stop it.
    pub supersedes: Option<String>,
}

/// Why not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The last start was a moment ago.
    BackOff,
    /// Identifying again would risk the bot's token (SPEC P12).
    IdentifyBudget,
}

/// Why not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStart {
    /// Workers are shut down (SPEC T33, L3).
    Contained,
    /// A worker holds the shard.
    Live,
    /// A worker waits for the holder to let go.
    Followed,
    /// One is starting.
    Starting,
    /// It is about a holder or a try that is not the last any more.
    Superseded,
    /// Nobody has a session and nobody asked for one.
    NotWanted,
    /// It was tried too often in a row.
    GaveUp,
}

impl Policy {
    /// The times of the leases, and six starts.
    pub const DEFAULT: Self = Self { times: LeaseTimes::DEFAULT, automatic: 6 };
}

impl WaitReason {
    /// For the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BackOff => "back_off",
            Self::IdentifyBudget => "identify_budget",
        }
    }
}

impl NoStart {
    /// For the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::Live => "live",
            Self::Followed => "followed",
            Self::Starting => "starting",
            Self::Superseded => "superseded",
            Self::NotWanted => "not_wanted",
            Self::GaveUp => "gave_up",
        }
    }
}

/// How long the one who wrote a try is left alone with asking ECS for its task.
const ASKING: SignedDuration = SignedDuration::from_secs(5);

/// Decides.
pub fn plan(cause: &Cause, seen: &Situation, now: Timestamp, policy: Policy) -> Plan {
    if seen.level >= Level::L3 {
        return Plan::Nothing(NoStart::Contained);
    }
    match wanted_epoch(cause, seen, now, policy) {
        Ok(epoch) => next_try(cause, seen, epoch, now, policy),
        Err(reason) => Plan::Nothing(reason),
    }
}

/// The epoch that a new worker would take.
fn wanted_epoch(cause: &Cause, seen: &Situation, now: Timestamp, policy: Policy) -> Result<Epoch, NoStart> {
    let held = seen.lease.as_ref().map_or(Epoch::default(), |lease| lease.epoch);
    let live = seen.lease.as_ref().is_some_and(|lease| lease.is_live(now) && !is_owner(cause, lease));
    match cause {
        Cause::HandOver(epoch) if *epoch != held => return Err(NoStart::Superseded),
        Cause::HandOver(_) => {
            let waiting = seen.lease.as_ref().is_some_and(|lease| lease.waiting(now, policy.times).is_some());
            return if live && waiting { Err(NoStart::Followed) } else { Ok(held.next()) };
        }
        _ if live => return Err(NoStart::Live),
        Cause::Check { epoch, number } if *epoch != held.next() || last_number(seen, *epoch) != *number => {
            return Err(NoStart::Superseded);
        }
        Cause::Stopped { task_arn, clean } if !misses(seen, task_arn, *clean, held.next()) => {
            return Err(NoStart::NotWanted);
        }
        Cause::Wake | Cause::Check { .. } | Cause::Stopped { .. } => {}
    }
    Ok(held.next())
}

/// ECS knows that the holder is gone before its lease runs out.
fn is_owner(cause: &Cause, lease: &Lease) -> bool {
    let Cause::Stopped { task_arn, .. } = cause else { return false };
    lease.owner.as_ref().is_some_and(|owner| owner.as_str() == task_arn)
}

fn last_number(seen: &Situation, epoch: Epoch) -> u32 {
    seen.attempt.as_ref().filter(|last| last.epoch == epoch).map_or(0, |last| last.number)
}

/// Whether anybody misses a task that stopped: those who were listening, or who waited for it to start.
fn misses(seen: &Situation, task_arn: &str, clean: bool, next: Epoch) -> bool {
    let listening = seen.lease.as_ref().is_some_and(|lease| lease.sessions > 0);
    let awaited = seen
        .attempt
        .as_ref()
        .is_some_and(|attempt| attempt.epoch == next && attempt.task_arn.as_deref() == Some(task_arn));
    listening || (awaited && !clean)
}

fn next_try(cause: &Cause, seen: &Situation, epoch: Epoch, now: Timestamp, policy: Policy) -> Plan {
    let last = seen.attempt.as_ref();
    let wait = |until, reason| Plan::Wait { until, reason, check: (epoch, last_number(seen, epoch)) };
    let pending = last.filter(|last| last.epoch == epoch && last.end.is_none() && !last.is_overdue(now));
    if let Some(pending) = pending {
        let asking = now.duration_since(pending.started_at) < ASKING;
        if pending.task_arn.is_some() || asking {
            return Plan::Nothing(NoStart::Starting);
        }
    }
    if seen.budget.is_some_and(|budget| budget.is_spent(now)) && !seen.resumable {
        return wait(seen.budget.map_or(now, |budget| budget.resets_at), WaitReason::IdentifyBudget);
    }
    if let Some(pending) = pending {
        return again(pending);
    }
    let recent = last.filter(|last| now.duration_since(last.started_at) < Attempt::QUIET);
    match recent {
        Some(recent) if is_automatic(cause) && recent.streak >= policy.automatic => {
            Plan::Nothing(NoStart::GaveUp)
        }
        Some(recent) if now < recent.next_at() && !only_spot_is_gone(recent) => {
            wait(recent.next_at(), WaitReason::BackOff)
        }
        _ => fresh(seen, epoch, now, recent),
    }
}

const fn is_automatic(cause: &Cause) -> bool {
    matches!(cause, Cause::Check { .. } | Cause::Stopped { .. })
}

fn only_spot_is_gone(last: &Attempt) -> bool {
    last.end == Some(AttemptEnd::NoCapacity) && last.capacity == Capacity::FargateSpot
}

/// The same try once more: whoever wrote it did not live to note its task.
fn again(pending: &Attempt) -> Plan {
    let replaces = Some((pending.epoch, pending.number));
    Plan::Start(Box::new(StartOp { attempt: pending.clone(), replaces, supersedes: None }))
}

fn fresh(seen: &Situation, epoch: Epoch, now: Timestamp, recent: Option<&Attempt>) -> Plan {
    let last = seen.attempt.as_ref();
    let same_epoch = last.filter(|last| last.epoch == epoch);
    let attempt = Attempt {
        shard: seen.shard,
        epoch,
        number: same_epoch.map_or(1, |last| last.number.saturating_add(1)),
        streak: recent.map_or(1, |recent| recent.streak.saturating_add(1)),
        started_at: now,
        capacity: capacity(epoch, recent),
        task_arn: None,
        end: None,
    };
    let unended = same_epoch.filter(|last| last.end.is_none());
    let supersedes = unended.and_then(|last| last.task_arn.clone());
    let replaces = last.map(|last| (last.epoch, last.number));
    Plan::Start(Box::new(StartOp { attempt, replaces, supersedes }))
}

/// Spot first. Once it was refused, or did not come in time, the streak goes on without it.
fn capacity(epoch: Epoch, recent: Option<&Attempt>) -> Capacity {
    let Some(last) = recent else { return Capacity::FargateSpot };
    let late = last.epoch == epoch && last.end.is_none();
    if late || last.end == Some(AttemptEnd::NoCapacity) { Capacity::Fargate } else { last.capacity }
}
