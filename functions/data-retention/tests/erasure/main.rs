//! Erasing somebody, over the emulators of everything that holds something about them (SPEC T30).

#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod faults;
mod guilds;
mod iam;
mod life;
mod many;
mod people;
mod queues;
mod races;
mod restored;
mod services;
#[path = "../support/mod.rs"]
mod support;
mod world;
