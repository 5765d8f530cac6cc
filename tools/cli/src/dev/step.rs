//! A list of named steps, run in order, each with its time; the first failure ends the run and says how to repeat it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::shell::root;
use crate::say;

/// One thing that a command does.
pub(crate) struct Step {
    /// What `--only` and `--skip` call it.
    pub(crate) name: &'static str,
    /// What it checks, in a few words.
    pub(crate) what: &'static str,
    /// Does it.
    pub(crate) run: fn(&Ctx) -> Result<Outcome>,
}

/// How a step ended, short of failing.
pub(crate) enum Outcome {
    /// It held.
    Passed,
    /// It did not run, for this reason; said openly, since a skipped check is no check.
    Skipped(String),
}

/// What steps know about the run.
pub(crate) struct Ctx {
    command: &'static str,
    /// The `RustSec` advisories as data: a folder or an archive, if there is one.
    pub(crate) advisories: Option<PathBuf>,
}

/// Which steps to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    /// Run this step alone (can be repeated).
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Leave this step out (can be repeated).
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
    /// The known vulnerabilities as data: a folder or a .tar.xz of one.
    #[arg(long, value_name = "PATH", env = "TIMMY_ADVISORY_DB")]
    advisories: Option<PathBuf>,
}

impl Ctx {
    /// Where a step of this run writes its output.
    pub(crate) fn log(&self, step: &str) -> PathBuf {
        root().join("target").join(self.command).join(format!("{step}.log"))
    }
}

/// Runs the chosen ones of `steps` in order. `command` is what the user typed after `timmy`.
pub(crate) fn run(command: &'static str, steps: &[Step], choice: &Choice) -> Result<()> {
    let ctx = Ctx { command, advisories: choice.advisories.clone() };
    let chosen = choose(steps, choice)?;
    let (all, started) = (chosen.len(), Instant::now());
    for (index, step) in chosen.into_iter().enumerate() {
        say::line(&format!("[{}/{all}] {}: {}", index + 1, step.name, step.what));
        one(&ctx, step)?;
    }
    say::line(&format!("timmy {command}: {all} steps in {}", seconds(started.elapsed())));
    Ok(())
}

fn one(ctx: &Ctx, step: &Step) -> Result<()> {
    forget(&ctx.log(step.name))?;
    let started = Instant::now();
    match (step.run)(ctx) {
        Ok(Outcome::Passed) => say::line(&format!("      ok, {}", seconds(started.elapsed()))),
        Ok(Outcome::Skipped(reason)) => say::line(&format!("      SKIPPED: {reason}")),
        Err(error) => bail!(
            "{error:#}\n\nstep {} failed after {}; again: ./timmy {} --only {}",
            step.name,
            seconds(started.elapsed()),
            ctx.command,
            step.name
        ),
    }
    Ok(())
}

fn forget(log: &Path) -> Result<()> {
    if log.exists() { std::fs::remove_file(log).context("an old log stays") } else { Ok(()) }
}

fn choose<'a>(steps: &'a [Step], choice: &Choice) -> Result<Vec<&'a Step>> {
    let names: Vec<_> = steps.iter().map(|step| step.name).collect();
    for name in choice.only.iter().chain(&choice.skip) {
        ensure!(names.contains(&name.as_str()), "no step {name}; there are: {}", names.join(", "));
    }
    let lists = |list: &[String], step: &Step| list.iter().any(|name| name == step.name);
    let wanted =
        |step: &&Step| (choice.only.is_empty() || lists(&choice.only, step)) && !lists(&choice.skip, step);
    Ok(steps.iter().filter(wanted).collect())
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..100 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(only: &[&str], skip: &[&str]) -> Choice {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Choice { only: owned(only), skip: owned(skip), advisories: None }
    }

    fn chosen(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        const STEPS: [Step; 3] = [
            Step { name: "a", what: "", run: |_| Ok(Outcome::Passed) },
            Step { name: "b", what: "", run: |_| Ok(Outcome::Skipped("why".into())) },
            Step { name: "c", what: "", run: |_| bail!("broken") },
        ];
        Ok(choose(&STEPS, &choice(only, skip))?.into_iter().map(|step| step.name).collect())
    }

    #[test]
    fn all_steps_run_in_order_unless_chosen() {
        assert_eq!(chosen(&[], &[]).unwrap(), ["a", "b", "c"]);
        assert_eq!(chosen(&["c", "a"], &[]).unwrap(), ["a", "c"]);
        assert_eq!(chosen(&[], &["b"]).unwrap(), ["a", "c"]);
    }

    #[test]
    fn a_misspelt_step_is_an_error_and_not_an_empty_run() {
        let error = chosen(&["d"], &[]).unwrap_err().to_string();
        assert_eq!(error, "no step d; there are: a, b, c");
        assert!(chosen(&[], &["d"]).is_err());
    }

    #[test]
    fn the_first_failure_ends_the_run_and_says_how_to_repeat_it() {
        let steps = [
            Step { name: "broken", what: "", run: |_| bail!("the cause") },
            Step { name: "never", what: "", run: |_| panic!("ran after a failure") },
        ];
        let error = run("test", &steps, &choice(&[], &[])).unwrap_err().to_string();
        assert!(error.starts_with("the cause\n"), "{error}");
        assert!(error.ends_with("again: ./timmy test --only broken"), "{error}");
    }

    #[test]
    fn times_read_well() {
        assert_eq!(seconds(Duration::from_millis(3_210)), "3.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
