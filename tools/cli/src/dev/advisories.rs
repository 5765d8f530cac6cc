//! Known vulnerabilities of our dependencies, against a copy of the `RustSec` database as data (SPEC W4, W37).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::python::{AUDIT, tool};
use super::shell::{program, quiet, root};
use super::step::{Ctx, Outcome};

/// A lock file with a crate that has had critical advisories since 2019; the check must fail on it.
const KNOWN_BAD: &str = r#"version = 4

[[package]]
name = "smallvec"
version = "0.6.9"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;

/// First that a known-bad lock file fails, then that ours does not.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let Some(given) = &ctx.advisories else {
        return Ok(Outcome::Skipped("no advisories: give --advisories or TIMMY_ADVISORY_DB".into()));
    };
    let log = ctx.log("advisories");
    let database = folder(given, &log)?;
    ensure!(!harmless(&database)?, "the check let a known-bad lock file through");
    quiet(command(&database, &root().join("Cargo.lock"))?, &log)?;
    Ok(Outcome::Passed)
}

fn harmless(database: &Path) -> Result<bool> {
    let lock = root().join("target/advisories/known-bad.lock");
    std::fs::write(&lock, KNOWN_BAD)?;
    let output = command(database, &lock)?.output().context("cannot start cargo-audit")?;
    // Any failure would look like a finding, so the finding itself is asked for.
    let found = String::from_utf8_lossy(&output.stdout).contains("RUSTSEC-2019-0012");
    Ok(output.status.success() || !found)
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
