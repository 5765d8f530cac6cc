//! Known vulnerabilities of our dependencies, against a copy of the `RustSec` database as data (SPEC W4, W37).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::python::{AUDIT, tool};
use super::shell::{program, quiet, root};
use super::step::{Ctx, Outcome};

/// A lock file with crates that have had advisories for years; the check must fail on it.
const KNOWN_BAD: &str = r#"version = 4

[[package]]
name = "ansi_term"
version = "0.12.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "smallvec"
version = "0.6.9"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;

/// One of each kind that has to be found there: a vulnerability, an unsound crate, an unmaintained one.
const KINDS: [&str; 3] = ["RUSTSEC-2019-0012", "RUSTSEC-2018-0018", "RUSTSEC-2021-0139"];

/// What we live with, each with its reason.
const EXCEPTIONS: &str = ".cargo/audit.toml";

/// First that a known-bad lock file fails, then that ours does not, then that each exception is still needed.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let Some(given) = &ctx.advisories else {
        return Ok(Outcome::Skipped("no advisories: give --advisories or TIMMY_ADVISORY_DB".into()));
    };
    let log = ctx.log("advisories");
    let database = folder(&root().join(given), &log)?;
    let (bad, ours) = (root().join("target/advisories/known-bad.lock"), root().join("Cargo.lock"));
    std::fs::write(&bad, KNOWN_BAD)?;
    let missed = missed(&findings(&database, &bad)?);
    ensure!(missed.is_empty(), "the check let a known-bad lock file through: {}", missed.join(", "));
    quiet(command(&database, &ours)?, &log)?;
    let exceptions = std::fs::read_to_string(root().join(EXCEPTIONS))?;
    let idle = idle(&exceptions, &findings(&database, &ours)?);
    ensure!(idle.is_empty(), "{EXCEPTIONS} excepts what is found no more: {}", idle.join(", "));
    Ok(Outcome::Passed)
}

/// What is found while nothing is excepted; nothing where cargo-audit is content.
fn findings(database: &Path, lock: &Path) -> Result<String> {
    let mut command = command(database, lock)?;
    // The exceptions are read from where it is started.
    command.current_dir(root().join("target/advisories"));
    let output = command.output().context("cannot start cargo-audit")?;
    if output.status.success() { Ok(String::new()) } else { Ok(String::from_utf8(output.stdout)?) }
}

/// Any failure would look like a finding, so the findings themselves are asked for.
fn missed(findings: &str) -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| !findings.contains(kind)).collect()
}

fn idle<'a>(exceptions: &'a str, findings: &str) -> Vec<&'a str> {
    excepted(exceptions).filter(|id| !findings.contains(id)).collect()
}

/// The ids of the list, one a line.
fn excepted(exceptions: &str) -> impl Iterator<Item = &str> {
    exceptions.lines().filter_map(|line| Some(line.trim_start().strip_prefix('"')?.split_once('"')?.0))
}

/// Unmaintained and unsound crates fail too; what we live with stands in `.cargo/audit.toml` with its reason.
fn command(database: &Path, lock: &Path) -> Result<Command> {
    let mut command = tool(AUDIT, "cargo-audit")?;
    command.args(["audit", "--no-fetch", "--stale", "--deny", "warnings", "--db"]).arg(database);
    command.arg("--file").arg(lock);
    Ok(command)
}

/// A folder is taken as it is, an archive is unpacked under `target/`.
fn folder(given: &Path, log: &Path) -> Result<PathBuf> {
    let target = root().join("target/advisories");
    std::fs::create_dir_all(&target)?;
    if given.is_dir() {
        return Ok(given.to_owned());
    }
    let name = given.file_name().with_context(|| format!("{} is no archive", given.display()))?;
    let unpacked = target.join(name).with_extension("d");
    if !unpacked.join("crates").is_dir() {
        // Python's reader knows xz, which not every machine's tar does.
        let mut unpack = program("python3");
        unpack.args(["-m", "tarfile", "-e"]).arg(given).arg(&unpacked);
        quiet(unpack, log)?;
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_finds_nothing_or_not_all_of_the_known_bad_has_missed_it() {
        assert_eq!(missed(""), KINDS);
        assert_eq!(missed("ID: RUSTSEC-2019-0012\nID: RUSTSEC-2018-0018"), ["RUSTSEC-2021-0139"]);
        assert!(missed(&KINDS.join("\n")).is_empty());
    }

    #[test]
    fn an_exception_that_nothing_needs_any_more_is_named() {
        let exceptions =
            "ignore = [\n    # why\n    \"RUSTSEC-2026-0001\",\n    \"RUSTSEC-2026-0002\", # why\n]\n";
        assert_eq!(idle(exceptions, "ID:        RUSTSEC-2026-0002\n"), ["RUSTSEC-2026-0001"]);
        assert!(idle(exceptions, "RUSTSEC-2026-0001 RUSTSEC-2026-0002").is_empty());
    }

    #[test]
    fn each_exception_of_ours_is_read() {
        let exceptions = std::fs::read_to_string(root().join(EXCEPTIONS)).unwrap();
        assert_eq!(excepted(&exceptions).count(), exceptions.matches("\"RUSTSEC-").count());
    }

    #[test]
    fn a_folder_is_taken_as_it_is() {
        let given = tempfile::tempdir().unwrap();
        assert_eq!(folder(given.path(), Path::new("")).unwrap(), given.path());
    }

    #[test]
    fn an_archive_is_unpacked() {
        let made = tempfile::tempdir().unwrap();
        std::fs::create_dir(made.path().join("crates")).unwrap();
        // Of a name that no other run has, since what is unpacked is kept.
        let name = made.path().file_name().unwrap();
        let archive = made.path().join(name).with_extension("tar.xz");
        let mut pack = program("python3");
        pack.current_dir(made.path()).args(["-m", "tarfile", "-c"]).arg(&archive).arg("crates");
        assert!(pack.status().unwrap().success());
        let unpacked = folder(&archive, &made.path().join("log")).unwrap();
        assert!(unpacked.join("crates").is_dir());
        std::fs::remove_dir_all(unpacked).unwrap();
    }

    #[test]
    fn what_is_neither_is_an_error() {
        let made = tempfile::tempdir().unwrap();
        let missing = made.path().join("missing.tar.xz");
        assert!(folder(&missing, &made.path().join("log")).is_err());
    }
}
