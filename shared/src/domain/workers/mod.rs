//! Voice workers: which shard a guild is on, who holds a shard, and when another worker is started. Pure rules; the rows
//! are in `store::leases`.
//!
//! A shard has one worker. Who that is says a lease; who may write says its epoch, which only grows. A worker that
//! cannot renew is silent (10 s) long before another may follow (15 s), so that clocks may differ by seconds and still
//! nobody hears two.

mod attempt;
mod budget;
mod errand;
mod gateway;
mod lease;
mod shard;
mod start;
#[cfg(test)]
mod start_tests;
mod started_by;
mod task_end;

pub use attempt::{Attempt, AttemptEnd, Capacity, ClientToken};
#[cfg(feature = "store")]
pub(crate) use budget::WINDOW;
pub use budget::{DEFAULT_SESSION_STARTS, IdentifyBudget, SessionStartLimit};
pub use errand::{Errand, Holder};
pub use gateway::GatewaySession;
pub use lease::{Epoch, Lease, LeaseTimes, ParseWorkerIdError, Successor, TimesError, WorkerId};
pub use shard::{ShardCount, ShardError, ShardId};
pub use start::{Cause, NoStart, Plan, Policy, Situation, StartOp, WaitReason, plan};
pub use started_by::{ParseStartedByError, StartedBy};
pub use task_end::TaskEnd;
