//! The night: tables, secrets and log groups with their real semantics in the emulators.

#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod faults;
mod logs;
mod many;
mod rows;
#[path = "../support/mod.rs"]
mod support;
mod users;
mod world;
