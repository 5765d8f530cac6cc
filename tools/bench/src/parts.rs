//! The parts of a run, in the order of the page.

use std::path::PathBuf;

use anyhow::Result;
use tokio::runtime::Builder;

use crate::figure::Section;
use crate::{accounts, alarms, api, audit, calls, cpu, page, peers, process, retention, voice};

/// A section of `docs/BENCHMARKS.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// CPU of one request inside the function.
    Cpu,
    /// `DynamoDB` calls of one request.
    Calls,
    /// Start, memory and size of the deployed binary.
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
    /// The API: a request, the limiter, the start.
    Api,
    /// Retention: the speed of a plan, the memory of a night, an erasure.
    Retention,
    /// Alarms: how soon everybody hears of one, a storm, the start.
    Alarms,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Cpu,
        Self::Calls,
        Self::Process,
        Self::Peers,
        Self::Voice,
        Self::Page,
        Self::Accounts,
        Self::Audit,
        Self::Api,
        Self::Retention,
        Self::Alarms,
    ];

    /// The section's name in the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Calls => "calls",
            Self::Process => "process",
            Self::Peers => "peers",
            Self::Voice => "voice",
            Self::Page => "page",
            Self::Accounts => "accounts",
            Self::Audit => "audit",
            Self::Api => "api",
            Self::Retention => "retention",
            Self::Alarms => "alarms",
        }
    }

    /// Measures it.
    pub fn run(self, how: &How) -> Result<Section> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        match self {
            Self::Cpu => cpu::run(how.runs),
            Self::Calls => runtime.block_on(calls::run()),
            Self::Process => runtime.block_on(process::run(how.runs, &how.binary)),
            Self::Peers => runtime.block_on(peers::run(how.runs, &how.root, &how.binary)),
            Self::Voice => runtime.block_on(Box::pin(voice::run(how.runs, &how.root, &how.worker))),
            Self::Page => runtime.block_on(page::run(&how.root)),
            Self::Accounts => runtime.block_on(Box::pin(accounts::run(how.runs, &how.root))),
            Self::Audit => runtime.block_on(audit::run(how.runs)),
            Self::Retention => runtime.block_on(Box::pin(retention::run(how.runs, &how.root))),
            Self::Alarms => runtime.block_on(Box::pin(alarms::run(how.runs, &how.root))),
            Self::Api => {
                let local = tokio::task::LocalSet::new();
                runtime.block_on(local.run_until(Box::pin(api::run(how.runs, &how.root))))
            }
        }
    }
}

/// What a run is told.
#[derive(Clone, Debug)]
pub struct How {
    /// How often a measurement is repeated.
    pub runs: usize,
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
