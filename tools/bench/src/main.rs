//! `cargo run --release -p bench`: measures and writes `docs/BENCHMARKS.md`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use bench::parts::{How, Part};
use bench::{machine, process, voice};
use clap::Parser;
use shared::clock::Clock;

/// Measures what docs/BENCHMARKS.md says and writes it there.
#[derive(Debug, Parser)]
struct Arguments {
    /// Which parts; all but load and soak unless said.
    parts: Vec<Part>,
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u8).range(5..=20))]
    runs: u8,
    /// How many minutes the steady use of the part soak goes on.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(2..=600))]
    minutes: u64,
    /// The deployed binary, unless it is where `./timmy build` leaves it.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The deployed worker, unless it is where `./timmy build` leaves it.
    #[arg(long, value_name = "FILE")]
    worker: Option<PathBuf>,
    /// Only print; leave the page alone.
    #[arg(long)]
    dry_run: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = testkit::workspace_root();
    let binary = arguments.binary.unwrap_or_else(|| process::default_binary(&root));
    let worker = arguments.worker.unwrap_or_else(|| voice::default_worker(&root));
    let how = How { runs: arguments.runs.into(), minutes: arguments.minutes, root, binary, worker };
    let write = |name: &str, text: &str| -> Result<()> {
        writeln!(std::io::stdout().lock(), "## {name}\n\n{text}")?;
        if !arguments.dry_run {
            testkit::write_section(&how.root.join("docs/BENCHMARKS.md"), name, text)?;
        }
        Ok(())
    };
    let today = Clock::system().now().strftime("%Y-%m-%d");
    let run = format!("{today}, {}", machine::commit(&how.root));
    let is_whole = arguments.parts.is_empty();
    let parts = if is_whole { Part::usual() } else { arguments.parts };
    if is_whole {
        write("run", &format!("Run of {run}, on {}.", machine::describe()))?;
    }
    let mut missed = vec![];
    for part in parts {
        let section = part.run(&how)?;
        write(part.name(), &format!("Run of {run}.\n\n{}", section.text))?;
        missed.extend(section.missed);
    }
    if missed.is_empty() { Ok(()) } else { bail!("missed:\n{}", missed.join("\n")) }
}
