//! A worker that is there and has nothing to play.

use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::process::Child;

use super::Kit;
use super::cores::Cores;
use super::stage::Stage;

/// Guilds that it is in.
const GUILDS: u32 = 20;

/// A worker, and the Discord and the AWS that it is connected to.
pub(crate) struct Idle {
    stage: Stage,
    worker: Child,
    _kit: Kit,
}

impl Idle {
    /// Starts it.
    pub(crate) async fn start(root: &Path, worker: &Path) -> Result<Self> {
        let kit = Kit::on(Cores::shared(), root, worker).await?;
        let stage = Stage::start(GUILDS).await?;
        let worker = stage.worker(&kit)?;
        Ok(Self { stage, worker, _kit: kit })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Result<u32> {
        self.worker.id().context("the worker has ended")
    }

    /// Ends it and waits until nothing of it is left.
    pub(crate) async fn end(self) -> Result<()> {
        self.stage.end(self.worker).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_worker_says_how_to_make_it() {
        let started = Idle::start(&testkit::workspace_root(), Path::new("no/such/worker")).await;
        let error = started.err().unwrap().to_string();
        assert!(error.contains("./timmy build"), "{error}");
    }
}
