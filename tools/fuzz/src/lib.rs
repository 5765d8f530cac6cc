//! A fuzz target for each parser of attacker bytes.
//!
//! A target is a plain function over bytes that panics when a promise is broken, so it runs in three ways: on the
//! committed corpus in `cargo test`, for seconds in `cargo run -p fuzz -- smoke`, for a million inputs and more in
//! `cargo run -p fuzz -- long`. What a run finds becomes a file of `corpus/<target>/`.

pub mod corpus;
pub mod edit;
pub mod function;
pub mod request;
pub mod runner;
pub mod stores;
pub mod targets;

/// Names the target to the libFuzzer binary.
pub const TARGET_VARIABLE: &str = "FUZZ_TARGET";
