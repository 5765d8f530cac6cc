//! Builds the libFuzzer binary with coverage on the stable compiler, runs targets in it and judges their figures.

mod build;
mod figures;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

pub use build::build;
pub use figures::{Failure, Figures, judge};

use crate::corpus;
use crate::targets::{DELIBERATE_CRASH, TARGETS, Target};

/// How much a run does before it ends by itself.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Inputs.
    pub runs: u64,
    /// Seconds; 0 is no limit.
    pub seconds: u64,
    /// Fewer inputs than this are a failure: the target is too slow, or did not run.
    pub least: u64,
}

impl Budget {
    /// For every change: at most 20 s a target.
    pub const SMOKE: Self = Self { runs: 50_000, seconds: 20, least: 500 };
    /// For `./timmy prove`: at least a million inputs, however long they take.
    pub const LONG: Self = Self { runs: 1_050_000, seconds: 0, least: 1_000_000 };
    /// The deliberate crash is found in about ten thousand inputs.
    const SELF_TEST: Self = Self { runs: 2_000_000, seconds: 20, least: 0 };
}

impl Budget {
    /// After so long a run has hung.
    fn patience(self) -> Duration {
        if self.seconds == 0 { Duration::from_hours(1) } else { Duration::from_secs(self.seconds + 40) }
    }
}

/// A binary and the folders that its runs use.
#[derive(Clone, Debug)]
pub struct Runner {
    root: PathBuf,
    binary: PathBuf,
    work: PathBuf,
}

impl Runner {
    /// Runs `binary`, keeping what it finds under `target/fuzz` of the workspace at `root`.
    pub fn new(root: &Path, binary: PathBuf) -> Self {
        Self { root: root.to_owned(), binary, work: root.join("target/fuzz") }
    }

    /// Demands that the deliberate crash is found, since a run that cannot fail proves nothing.
    pub fn self_test(&self) -> Result<()> {
        match self.run(&DELIBERATE_CRASH, Budget::SELF_TEST)? {
            Err(Failure::Crashed { .. }) => Ok(()),
            Err(other) => Err(other).context("the deliberate crash was not found"),
            Ok(figures) => anyhow::bail!("the deliberate crash was not found in {} inputs", figures.runs),
        }
    }

    /// Runs every target, as many at once as there are cores, in the order of the list.
    pub fn run_all(&self, budget: Budget) -> Result<Vec<(&'static str, Result<Figures, Failure>)>> {
        let queue = Mutex::new(TARGETS.iter().enumerate());
        let next = || queue.lock().ok()?.next();
        let work = || {
            std::iter::from_fn(next)
                .map(|(at, target)| Ok((at, target.name, self.run(target, budget)?)))
                .collect::<Result<Vec<_>>>()
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut done = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let ended = workers.into_iter().map(ScopedJoinHandle::join);
            let ended =
                ended.map(|end| end.map_err(|_| anyhow::anyhow!("a worker of the runner panicked"))?);
            ended.collect::<Result<Vec<_>>>()
        })?
        .concat();
        done.sort_by_key(|(at, ..)| *at);
        Ok(done.into_iter().map(|(_, name, outcome)| (name, outcome)).collect())
    }

    /// Runs one target: the outer error is ours, the inner one the target's.
    pub fn run(&self, target: &Target, budget: Budget) -> Result<Result<Figures, Failure>> {
        let folder = self.work.join(target.name);
        let (seeds, found) = (folder.join("seeds"), folder.join("found"));
        // Each run starts from the committed corpus alone, so that it says the same on every machine.
        for stale in [&seeds, &found] {
            let _ = std::fs::remove_dir_all(stale);
            std::fs::create_dir_all(stale)?;
        }
        corpus::write(&corpus::seeds(&self.root, target)?, &seeds)?;
        let log = folder.join("log");
        let begin = Instant::now();
        let mut child = self
            .command(target, budget, &folder)
            .args([&found, &seeds])
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        let success = wait(&mut child, begin + budget.patience())?;
        let text = std::fs::read(&log)?;
        Ok(judge(success, &String::from_utf8_lossy(&text), begin.elapsed(), budget))
    }

    fn command(&self, target: &Target, budget: Budget, folder: &Path) -> Command {
        let dictionary =
            self.root.join("tools/fuzz/dictionaries").join(target.dictionary).with_extension("dict");
        let mut command = Command::new(&self.binary);
        command.env(crate::TARGET_VARIABLE, target.name).current_dir(folder).args([
            format!("-runs={}", budget.runs),
            format!("-max_total_time={}", budget.seconds),
            format!("-max_len={}", target.max_len),
            format!("-dict={}", dictionary.display()),
            "-seed=1".to_owned(),
            // An input that takes this long is a finding too.
            "-timeout=10".to_owned(),
            "-rss_limit_mb=2048".to_owned(),
            "-print_final_stats=1".to_owned(),
            format!("-artifact_prefix={}/", folder.display()),
        ]);
        command
    }
}

/// Whether it ended well. libFuzzer can hang in its own signal handler; then it is ended, and that is a failure.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests;
