//! What libFuzzer prints at its end, and what is demanded of it.

use std::time::Duration;

use super::Budget;

/// A run without findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Inputs that ran.
    pub runs: u64,
    /// Branches of our code that the seeds reached.
    pub coverage_before: u64,
    /// Branches that were reached in the end.
    pub coverage: u64,
    /// Inputs a second.
    pub per_second: u64,
}

/// A run that does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A promise was broken, or an input took too long or too much memory.
    #[error("an input was found; it is kept at {artifact}\n{tail}")]
    Crashed {
        /// The file with the input.
        artifact: String,
        /// The end of the log.
        tail: String,
    },
    /// It ended otherwise than by its budget.
    #[error("it did not run\n{tail}")]
    Broken {
        /// The end of the log.
        tail: String,
    },
    /// The binary has no coverage counters of our code; it only guessed.
    #[error("the binary is not instrumented")]
    NotInstrumented,
    /// Fewer inputs than demanded.
    #[error("only {runs} inputs of {least}")]
    TooFew {
        /// Inputs that ran.
        runs: u64,
        /// Inputs that were demanded.
        least: u64,
    },
}

/// Reads the log of a run that took so long.
pub fn judge(success: bool, log: &str, took: Duration, budget: Budget) -> Result<Figures, Failure> {
    if let Some((_, rest)) = log.split_once("Test unit written to ") {
        let artifact = rest.lines().next().unwrap_or_default().to_owned();
        return Err(Failure::Crashed { artifact, tail: tail(log) });
    }
    let statistic =
        |name: &str| log.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    let runs = statistic("stat::number_of_executed_units:").filter(|_| success);
    let Some(runs) = runs else { return Err(Failure::Broken { tail: tail(log) }) };
    let mut coverage = log.lines().filter_map(coverage);
    let (Some(before), true) = (coverage.next(), log.contains("inline 8-bit counters")) else {
        return Err(Failure::NotInstrumented);
    };
    if runs < budget.least {
        return Err(Failure::TooFew { runs, least: budget.least });
    }
    let per_second = runs * 1000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    Ok(Figures {
        runs,
        coverage_before: before,
        coverage: coverage.next_back().unwrap_or(before),
        per_second,
    })
}

/// The number after `cov:` of a status line.
fn coverage(line: &str) -> Option<u64> {
    line.split_once(" cov: ")?.1.split_whitespace().next()?.parse().ok()
}

/// Enough of the log to see the panic.
fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { runs: 100, seconds: 1, least: 100 };
    const TOOK: Duration = Duration::from_secs(2);
    const GOOD: &str = "INFO: Loaded 1 modules   (900 inline 8-bit counters): 900 [0x1, 0x2),\n\
        #3\tINITED cov: 41 ft: 42 corp: 1/1b exec/s: 0 rss: 30Mb\n\
        #100\tDONE   cov: 57 ft: 80 corp: 9/90b lim: 4 exec/s: 50 rss: 30Mb\n\
        stat::number_of_executed_units: 100\n";

    #[test]
    fn a_good_run_gives_its_figures() {
        let figures = Figures { runs: 100, coverage_before: 41, coverage: 57, per_second: 50 };
        assert_eq!(judge(true, GOOD, TOOK, BUDGET), Ok(figures));
    }

    #[test]
    fn a_finding_is_a_failure_that_names_the_input() {
        let log = format!("{GOOD}thread panicked\nTest unit written to /x/crash-1\nBase64: AA==\n");
        let failure = judge(true, &log, TOOK, BUDGET).unwrap_err();
        assert!(matches!(&failure, Failure::Crashed { artifact, .. } if artifact == "/x/crash-1"));
        assert!(failure.to_string().contains("thread panicked"));
    }

    #[test]
    fn ending_early_is_a_failure() {
        assert!(matches!(judge(false, GOOD, TOOK, BUDGET), Err(Failure::Broken { .. })));
        assert!(matches!(judge(true, "", TOOK, BUDGET), Err(Failure::Broken { .. })));
    }

    #[test]
    fn blind_guessing_is_a_failure() {
        let blind = GOOD.replace("inline 8-bit counters", "nothing").replace("cov:", "nothing:");
        assert_eq!(judge(true, &blind, TOOK, BUDGET), Err(Failure::NotInstrumented));
    }

    #[test]
    fn too_few_inputs_are_a_failure() {
        let budget = Budget { least: 101, ..BUDGET };
        assert_eq!(judge(true, GOOD, TOOK, budget), Err(Failure::TooFew { runs: 100, least: 101 }));
    }
}
