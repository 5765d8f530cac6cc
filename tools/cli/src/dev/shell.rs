//! Running other programs from the checkout's root.

use std::ffi::OsStr;
use std::fs::{File, create_dir_all, read_to_string};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
pub(crate) use testkit::workspace_root as root;

/// Lines of a failed program's output that are shown; the log has the rest.
const TAIL: usize = 60;

/// A program that starts in the checkout's root, not knowing that cargo started us: build scripts that watch cargo's
/// variables would otherwise run again each time.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    for (variable, _) in std::env::vars_os() {
        if variable.to_str().is_some_and(set_by_cargo_run) {
            command.env_remove(variable);
        }
    }
    command
}

fn set_by_cargo_run(variable: &str) -> bool {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    prefixes.iter().any(|prefix| variable.starts_with(prefix)) || variable == "CARGO_PRIMARY_PACKAGE"
}

/// `cargo` with these arguments.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program("cargo");
    command.args(arguments);
    command
}

/// Runs it with its output in the open, for output that people and CI want to see as it comes.
pub(crate) fn loud(mut command: Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(&command)))?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", name(&command)) }
}

/// Runs it with its output added to `log`; on failure the error ends with the last lines of it.
pub(crate) fn quiet(mut command: Command, log: &Path) -> Result<()> {
    if let Some(folder) = log.parent() {
        create_dir_all(folder)?;
    }
    let file = File::options().create(true).append(true).open(log)?;
    command.stdout(file.try_clone()?).stderr(file);
    let status = command.status().with_context(|| format!("cannot start {}", name(&command)))?;
    if status.success() {
        return Ok(());
    }
    let output = read_to_string(log).unwrap_or_default();
    bail!("{}\n{} failed ({status}); all of it: {}", tail(&output), name(&command), log.display())
}

fn tail(output: &str) -> String {
    let lines: Vec<_> = output.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

/// The program and its first arguments, as one would type them.
fn name(command: &Command) -> String {
    const WORDS: usize = 8;
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    let mut text = words.take(WORDS).map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    if command.get_args().len() >= WORDS {
        text.push_str(" …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> std::path::PathBuf {
        let path = root().join("target/timmy/test").join(name);
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_failure_shows_the_end_of_the_output_and_where_the_rest_is() {
        let log = log("failure.log");
        let mut command = program("sh");
        command.args(["-c", "seq 1 100; echo the end >&2; exit 3"]);
        let error = quiet(command, &log).unwrap_err().to_string();
        assert!(error.contains("\n100\nthe end\n"), "{error}");
        assert!(!error.contains("\n30\n"), "{error}");
        assert!(error.contains("exit status: 3") && error.contains("failure.log"), "{error}");
    }

    #[test]
    fn success_is_silent_and_a_missing_program_is_named() {
        assert!(quiet(program("true"), &log("success.log")).is_ok());
        let error = quiet(program("no-such-program"), &log("missing.log")).unwrap_err();
        assert!(error.to_string().contains("no-such-program"));
    }

    #[test]
    fn children_do_not_see_what_cargo_run_set() {
        assert!(set_by_cargo_run("CARGO_PKG_NAME") && set_by_cargo_run("CARGO_MANIFEST_DIR"));
        assert!(!set_by_cargo_run("CARGO_HOME") && !set_by_cargo_run("CARGO_TARGET_DIR"));
    }
}
