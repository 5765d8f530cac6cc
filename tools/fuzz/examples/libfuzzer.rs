//! libFuzzer around every target. One binary for all of them: it links in seconds, eight would take a minute.
//!
//! Started by `cargo run -p fuzz`, which says in `FUZZ_TARGET` what to run; the arguments are libFuzzer's.
#![no_main]

use std::sync::LazyLock;

use fuzz::targets::{self, Check};
use libfuzzer_sys::fuzz_target;

/// A name that is not there must not look like a target without findings.
#[expect(clippy::panic, reason = "libFuzzer has no other way to be told that it cannot start")]
static CHECK: LazyLock<Check> = LazyLock::new(|| {
    let env = shared::env::Env::of_process();
    let name = env.get(fuzz::TARGET_VARIABLE).unwrap_or_default();
    targets::check(name).unwrap_or_else(|| panic!("{} names no target: {name:?}", fuzz::TARGET_VARIABLE))
});

fuzz_target!(|data: &[u8]| CHECK(data));
