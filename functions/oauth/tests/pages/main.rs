//! The whole function: requests as an HTTP API sends them, jobs as another function asks for them, the services and
//! Discord as the simulator plays them, the real table semantics in the emulator.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod channels;
mod contained;
mod door;
mod iam;
mod jobs;
mod linking;
mod log;
mod revoked;
mod sign_in;
mod world;
