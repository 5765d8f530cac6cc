//! By night (SPEC T29): what has outlived its purpose goes. Rows whose end has come and that TTL has not taken yet,
//! sign-ins that are over, settings of communities that have left long ago, when keys were used last, users' secrets that
//! no link leads to, log groups that would keep for ever.
//!
//! What is found is planned, and a plan is done: [`plan`](fn@plan) is pure, each op is conditional on what was seen, and
//! nothing counts on having been done once. A page is in memory, never a table. A minute before our own end we write down
//! how far we have come and invoke ourselves.
//!
//! Exports leave their bucket by its lifecycle. The cache of tracks has no table, and what functions count are metrics
//! without ids, so of statistics there is only when an API key was used last.

mod apply;
mod checkpoint;
mod clients;
mod logs;
mod plan;
mod policy;
mod run;
mod store;
mod summary;
mod tally;
mod users;

pub use checkpoint::{BadCheckpoint, Checkpoint, Place};
pub use plan::{Found, Op, Plan, Tokens, plan};
pub use policy::{Policy, Room};
pub use run::{Night, NightError};
pub use store::{Store, UnknownStore};
pub use tally::Tally;

pub(crate) use clients::Clients;
pub(crate) use run::run;
