//! Two people with something in every store. One asks for what is theirs, then wants it gone: all of it is found, then none
//! of it, and the other one's is as it was, to the byte (SPEC T30, T31).

#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod canary;
mod scan;
mod seed;
#[path = "../support/mod.rs"]
mod support;
mod world;
