//! `timmy`: wiring only; see the library.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    timmy::Cli::parse().run()
}
