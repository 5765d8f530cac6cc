//! The whole function: tables, keys and buckets with their real semantics in the emulators.

#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod checkpoints;
#[path = "../support/mod.rs"]
mod support;
mod world;
