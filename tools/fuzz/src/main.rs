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
        "long" => {
            let outcomes = runner.run_all(Budget::LONG)?;
            testkit::write_section(&root.join("docs/BENCHMARKS.md"), "fuzz", &table(&outcomes))?;
            outcomes
        }
        name => {
            let target = targets::named(name).with_context(|| format!("there is no target {name}"))?;
            let budget = Budget { runs: arguments.runs, seconds: 0, least: arguments.runs };
            vec![(target.name, runner.run(&target, budget)?)]
        }
    };
    report(&outcomes)
}

/// Prints the table; then an error where a target failed.
fn report(outcomes: &[(&str, Result<Figures, Failure>)]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", table(outcomes))?;
    let failed: Vec<_> =
        outcomes.iter().filter_map(|(name, outcome)| Some((name, outcome.as_ref().err()?))).collect();
    for (name, failure) in &failed {
        writeln!(out, "{name}: {failure}\n")?;
    }
    if failed.is_empty() { Ok(()) } else { bail!("{} of {} targets failed", failed.len(), outcomes.len()) }
}

/// The figures in Markdown.
fn table(outcomes: &[(&str, Result<Figures, Failure>)]) -> String {
    let mut text =
        "| target | inputs | inputs/s | branches of the seeds | at the end |\n|---|--:|--:|--:|--:|\n"
            .to_owned();
    for (name, outcome) in outcomes {
        let row = match outcome {
            Ok(Figures { runs, per_second, coverage_before, coverage }) => {
                format!("| `{name}` | {runs} | {per_second} | {coverage_before} | {coverage} |\n")
            }
            Err(_) => format!("| `{name}` | **failed** | | | |\n"),
        };
        text.push_str(&row);
    }
    text
}
