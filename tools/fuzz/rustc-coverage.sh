#!/bin/sh
# RUSTC_WORKSPACE_WRAPPER of the fuzz build: cargo puts it before rustc for our own crates only, so that libFuzzer sees
# the branches of our code and the dependencies stay those of the ordinary build. The flags are what cargo-fuzz passes;
# as code generation options they need no nightly compiler.
rustc=$1
shift
case "$*" in
    # These run inside the build, where nobody provides the callbacks of the coverage pass.
    *"--crate-name build_script_"* | *"--crate-type proc-macro"*) exec "$rustc" "$@" ;;
esac
exec "$rustc" "$@" --cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
