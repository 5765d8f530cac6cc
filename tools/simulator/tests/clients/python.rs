//! A virtual environment with pinned packages of the Python registry, made once, under the target folder.
//!
//! testkit has the same for tools; it is not linked here, since with it come the AWS SDKs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of an environment with exactly these packages. Other processes that ask for the same wait.
pub(crate) fn interpreter(name: &str, packages: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let (complete, wanted) = (folder.join("complete"), packages.join("\n"));
    let python = folder.join("bin").join("python");
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-input"]).args(packages));
    fs::write(complete, wanted).unwrap();
    python
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 with its venv module is needed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
