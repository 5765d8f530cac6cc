//! The whole function: requests as an HTTP API sends them, messages as Lambda hands them over, the night; Discord as the
//! simulator plays it, the real semantics of tables, queues and secrets in the emulator.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod door;
mod fixtures;
mod foreign;
mod hub;
mod iam;
mod night;
mod queue;
mod song_requests;
mod world;
