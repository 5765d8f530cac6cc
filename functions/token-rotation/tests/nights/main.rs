//! The whole function: nights and rotations, with the services as the simulator plays them and the real semantics of
//! tables, secrets and topics in the emulators.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod iam;
mod keys;
mod many;
mod night;
mod world;
