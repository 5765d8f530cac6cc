//! The parts of a run, in the order of the page.

use std::path::PathBuf;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::figure::Section;
use crate::{
    accounts, alarms, api, audit, calls, cpu, functions, load, page, peers, process, retention, soak, voice,
};

/// A section of `docs/BENCHMARKS.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// CPU of one request inside the function.
    Cpu,
    /// `DynamoDB` calls of one request.
    Calls,
    /// Start, memory and size of every function as it is deployed.
    Functions,
    /// Memory of the function that answers people, after it has worked.
    Process,
    /// The same work done by Node and Python.
    Peers,
    /// The voice worker: what a player costs, how long a listener waits, and others at the same work.
    Voice,
    /// The local stack's page: how soon it is there, and how long a person waits.
    Page,
    /// Linked accounts: the speed and the memory of a night, and reads of the vault.
    Accounts,
    /// The audit trail: how fast an export is checked.
    Audit,
    /// The API: a request, the limiter.
    Api,
    /// Retention: the speed of a plan, the memory of a night, an erasure.
    Retention,
    /// Alarms: how soon everybody hears of one, a storm.
    Alarms,
    /// A thousand requests in a second for a minute.
    Load,
    /// Half an hour of steady use.
    Soak,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Cpu,
        Self::Calls,
        Self::Functions,
        Self::Process,
        Self::Peers,
        Self::Voice,
        Self::Page,
        Self::Accounts,
        Self::Audit,
        Self::Api,
        Self::Retention,
        Self::Alarms,
        Self::Load,
        Self::Soak,
    ];

    /// The section's name in the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Calls => "calls",
            Self::Functions => "functions",
            Self::Process => "process",
            Self::Peers => "peers",
            Self::Voice => "voice",
            Self::Page => "page",
            Self::Accounts => "accounts",
            Self::Audit => "audit",
            Self::Api => "api",
            Self::Retention => "retention",
            Self::Alarms => "alarms",
            Self::Load => "load",
            Self::Soak => "soak",
        }
    }

    /// Whether a run has it that names no parts. What takes long and is about errors more than about figures has a step of
    /// its own in `./timmy prove`.
    const fn is_usual(self) -> bool {
        !matches!(self, Self::Load | Self::Soak)
    }

    /// Those of a run that names none.
    pub fn usual() -> Vec<Self> {
        Self::ALL.into_iter().filter(|part| part.is_usual()).collect()
    }

    /// Measures it.
    pub fn run(self, how: &How) -> Result<Section> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        match self {
            Self::Cpu => cpu::run(how.runs),
            Self::Calls => runtime.block_on(calls::run()),
            Self::Process => runtime.block_on(process::run(how.runs, &how.binary)),
            Self::Peers => runtime.block_on(Box::pin(peers::run(how.runs, &how.root, &how.binary))),
            Self::Voice => runtime.block_on(Box::pin(voice::run(how.runs, &how.root, &how.worker))),
            Self::Page => runtime.block_on(page::run(&how.root)),
            Self::Accounts => runtime.block_on(Box::pin(accounts::run(how.runs, &how.root))),
            Self::Audit => runtime.block_on(audit::run(how.runs)),
            Self::Retention => runtime.block_on(Box::pin(retention::run(how.runs, &how.root))),
            Self::Alarms => runtime.block_on(Box::pin(alarms::run(how.runs))),
            Self::Functions => runtime.block_on(Box::pin(functions::run(how.runs, &how.root, &how.binary))),
            Self::Api => in_place(&runtime, api::run(how.runs)),
            Self::Load => in_place(&runtime, load::run(&how.binary)),
            Self::Soak => in_place(&runtime, soak::run(how.minutes, &how.root, &how.binary, &how.worker)),
        }
    }
}

/// With tasks that stay on this thread.
fn in_place(runtime: &Runtime, measure: impl Future<Output = Result<Section>>) -> Result<Section> {
    let local = LocalSet::new();
    runtime.block_on(local.run_until(Box::pin(measure)))
}

/// What a run is told.
#[derive(Clone, Debug)]
pub struct How {
    /// How often a measurement is repeated.
    pub runs: usize,
    /// How long the steady use is.
    pub minutes: u64,
    /// The workspace.
    pub root: PathBuf,
    /// The deployed binary.
    pub binary: PathBuf,
    /// The deployed worker.
    pub worker: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_long_has_to_be_asked_for() {
        let usual = Part::usual();
        let unusual: Vec<Part> = Part::ALL.into_iter().filter(|part| !usual.contains(part)).collect();
        assert_eq!(unusual, [Part::Load, Part::Soak]);
    }

    #[test]
    fn the_page_has_a_section_for_each_part() {
        let page = std::fs::read_to_string(testkit::workspace_root().join("docs/BENCHMARKS.md")).unwrap();
        let names = Part::ALL.map(Part::name);
        for name in ["run", "fuzz"].iter().chain(&names) {
            for mark in [format!("<!-- begin {name} -->"), format!("<!-- end {name} -->")] {
                assert_eq!(page.matches(&mark).count(), 1, "{mark}");
            }
        }
    }
}
