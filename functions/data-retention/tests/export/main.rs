//! Exports and what people are told about their requests: tables, buckets and secrets with their real semantics in the
//! emulators, Discord in the simulator.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod gathered;
mod rows;
mod saga;
mod status;
#[path = "../support/mod.rs"]
mod support;
mod world;
