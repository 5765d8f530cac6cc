//! `cargo run -p fuzz -- smoke | long | TARGET`: builds the targets with coverage and runs them.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use fuzz::runner::{Budget, Failure, Figures, Runner, build};
use fuzz::targets;

/// Fuzzes the parsers of attacker bytes.
#[derive(Debug, Parser)]
struct Arguments {
    /// `smoke` (seconds), `long` (a million inputs each), or the name of one target.
    what: String,
    /// With one target: how many inputs.
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = testkit::workspace_root();
    let runner = Runner::new(&root, build(&root)?);
    runner.self_test()?;
    let outcomes = match arguments.what.as_str() {
        "smoke" => runner.run_all(Budget::SMOKE)?,
        "long" => runner.run_all(Budget::LONG)?,
        name => {
            let target = targets::named(name).with_context(|| format!("there is no target {name}"))?;
            let budget = Budget { runs: arguments.runs, seconds: 0, least: arguments.runs };
            vec![(target.name, runner.run(&target, budget)?)]
        }
    };
    report(&outcomes)
}

/// A table of the figures, which is also what `docs/BENCHMARKS.md` takes; then an error where a target failed.
fn report(outcomes: &[(&str, Result<Figures, Failure>)]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "| target | inputs | inputs/s | branches of seeds | branches at the end |\n|---|--:|--:|--:|--:|")?;
    for (name, outcome) in outcomes {
        match outcome {
            Ok(Figures { runs, per_second, coverage_before, coverage }) => {
                writeln!(out, "| {name} | {runs} | {per_second} | {coverage_before} | {coverage} |")?;
            }
            Err(failure) => writeln!(out, "| {name} | failed | | | |\n\n{failure}\n")?,
        }
    }
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}
