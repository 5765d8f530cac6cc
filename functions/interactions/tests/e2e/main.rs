//! The function as it is deployed: a process under a Runtime API, and what it asks of AWS.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod door;
mod fronts;
mod grants;
mod log;
mod rie;
mod thresholds;
mod world;
