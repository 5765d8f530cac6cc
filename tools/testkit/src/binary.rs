//! The built binary of a workspace member, never an outdated one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::config::{cargo, target_dir, workspace_root};

/// There is no binary to test.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// Cargo cannot be started.
    #[error("cannot start cargo")]
    Cargo(#[from] std::io::Error),
    /// Cargo failed; it has said why.
    #[error("cargo build -p {0} failed")]
    Build(String),
}

/// The debug binary of the package `name`. It is built first if it is missing or older than one of its sources.
pub fn binary(name: &str) -> Result<PathBuf, BinaryError> {
    let path = target_dir().join("debug").join(name);
    if is_fresh(&path) {
        return Ok(path);
    }
    let status = Command::new(cargo()).args(["build", "-p", name]).current_dir(workspace_root()).status()?;
    if status.success() && path.exists() { Ok(path) } else { Err(BinaryError::Build(name.to_owned())) }
}

/// Cargo writes a binary's sources into a `.d` file next to it.
fn is_fresh(path: &Path) -> bool {
    let (Some(built), Ok(sources)) = (modified(path), std::fs::read_to_string(path.with_extension("d")))
    else {
        return false;
    };
    let Some((_, sources)) = sources.split_once(": ") else { return false };
    split(sources.trim_end()).iter().all(|source| modified(source).is_some_and(|changed| changed <= built))
}

/// Paths apart by spaces; a space of a path is written `\ `.
fn split(sources: &str) -> Vec<PathBuf> {
    let marked = sources.replace("\\ ", "\0");
    marked.split(' ').filter(|path| !path.is_empty()).map(|path| path.replace('\0', " ").into()).collect()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_binary_is_fresh_until_one_of_its_sources_changes_or_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (source, binary) = (folder.path().join("a b.rs"), folder.path().join("tool"));
        assert!(!is_fresh(&binary));
        fs::write(&source, "").unwrap();
        fs::write(&binary, "").unwrap();
        assert!(!is_fresh(&binary), "nothing says what it is made of");
        let listed = source.display().to_string().replace(' ', "\\ ");
        fs::write(folder.path().join("tool.d"), format!("{}: {listed}\n", binary.display())).unwrap();
        assert!(is_fresh(&binary));
        let later = modified(&binary).unwrap() + Duration::from_secs(1);
        File::options().write(true).open(&source).unwrap().set_modified(later).unwrap();
        assert!(!is_fresh(&binary));
        fs::remove_file(&source).unwrap();
        assert!(!is_fresh(&binary));
    }

    #[test]
    fn an_unknown_package_is_an_error() {
        assert!(matches!(binary("no-such-package"), Err(BinaryError::Build(_))));
    }
}
