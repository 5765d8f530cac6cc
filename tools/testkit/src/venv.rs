//! Pinned tools of the Python registry, in a virtual environment under the target folder.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

use crate::config::target_dir;

/// A virtual environment that holds what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venv(PathBuf);

impl Venv {
    /// The path of one of its executables, such as `python` or a package's script.
    pub fn bin(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }
}

/// There is no virtual environment.
#[derive(Debug, thiserror::Error)]
pub enum VenvError {
    /// A requirement without `==`: what it installs changes by the day.
    #[error("{0} is not pinned: write name==version")]
    Unpinned(String),
    /// No Python.
    #[error("python3 is missing (Debian, Ubuntu: apt-get install python3 python3-venv)")]
    NoPython,
    /// Python without its `venv` module.
    #[error("python3 -m venv failed (Debian, Ubuntu: apt-get install python3-venv): {0}")]
    NoVenv(String),
    /// The packages cannot be installed.
    #[error("pip install {requirements} failed: {output}")]
    Pip {
        /// What was asked for.
        requirements: String,
        /// The end of what pip said.
        output: String,
    },
    /// Files under the target folder.
    #[error("cannot write the virtual environment")]
    Io(#[from] std::io::Error),
}

/// An environment with exactly these requirements (`name==version`) and what they need. Made once; other processes
/// that ask for the same wait.
pub fn venv(requirements: &[&str]) -> Result<Venv, VenvError> {
    if let Some(loose) = requirements.iter().find(|requirement| !requirement.contains("==")) {
        return Err(VenvError::Unpinned((*loose).to_owned()));
    }
    let folder = target_dir().join(folder_name(requirements));
    fs::create_dir_all(target_dir())?;
    let lock = File::create(folder.with_extension("lock"))?;
    // Held until `lock` is dropped, and by a process that dies no longer than it lives.
    lock.lock()?;
    let complete = folder.join("complete");
    if !complete.exists() {
        make(&folder, requirements)?;
        fs::write(complete, requirements.join("\n"))?;
    }
    Ok(Venv(folder))
}

fn folder_name(requirements: &[&str]) -> String {
    let mut sorted = requirements.to_vec();
    sorted.sort_unstable();
    let digest = Sha256::digest(sorted.join("\n"));
    format!("venv-{}", hex::encode(&digest[..8]))
}

/// Whatever an interrupted attempt left is made anew.
fn make(folder: &Path, requirements: &[&str]) -> Result<(), VenvError> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    match Command::new("python3").args(["-m", "venv"]).arg(folder).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(VenvError::NoPython),
        Err(error) => return Err(error.into()),
        Ok(output) if !output.status.success() => return Err(VenvError::NoVenv(end_of(&output))),
        Ok(_) => {}
    }
    if requirements.is_empty() {
        return Ok(());
    }
    let mut pip = Command::new(folder.join("bin").join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    let output = pip.args(requirements).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(VenvError::Pip { requirements: requirements.join(" "), output: end_of(&output) })
}

/// The last lines of both streams: that is where the reason stands.
pub(crate) fn end_of(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_made_once_however_many_ask() {
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| venv(&[]).unwrap())).collect();
        let made: Vec<Venv> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert!(made.iter().all(|one| *one == made[0]));
        let output = Command::new(made[0].bin("python")).args(["-c", "print(6 * 7)"]).output().unwrap();
        assert_eq!(output.stdout, b"42\n");
    }

    #[test]
    fn the_folder_depends_on_what_is_asked_for_and_not_on_the_order() {
        assert_eq!(folder_name(&["a==1", "b==2"]), folder_name(&["b==2", "a==1"]));
        assert_ne!(folder_name(&["a==1"]), folder_name(&["a==2"]));
    }

    #[test]
    fn what_is_not_pinned_is_refused() {
        assert!(matches!(venv(&["a==1", "b"]), Err(VenvError::Unpinned(name)) if name == "b"));
    }

    #[test]
    fn the_end_of_the_output_is_kept() {
        let said: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let output = Command::new("printf").arg(said.join("\\n")).output().unwrap();
        assert_eq!(end_of(&output), said[20..].join("\n"));
    }
}
