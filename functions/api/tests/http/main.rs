//! The API as its clients see it, on the emulators.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod audit;
mod containment;
mod credentials;
mod door;
mod fixtures;
mod foreign;
mod guilds;
mod iam;
mod incidents;
mod keys;
mod limits;
mod music;
mod privacy;
mod public;
mod roles;
mod sessions;
mod status;
mod tenants;
mod world;
