//! Packages of the npm registry, as a lock file pins them, under the target folder.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::config::target_dir;
use crate::venv::end_of;

const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// The packages are not there.
#[derive(Debug, thiserror::Error)]
pub enum NpmError {
    /// No Node.
    #[error("npm is missing (Debian, Ubuntu: apt-get install nodejs npm)")]
    NoNpm,
    /// The packages cannot be installed.
    #[error("npm ci in {folder} failed: {output}")]
    Ci {
        /// Where.
        folder: String,
        /// The end of what npm said.
        output: String,
    },
    /// The manifests, or files under the target folder.
    #[error("cannot read the manifests or write the packages")]
    Io(#[from] std::io::Error),
}

/// A folder whose `node_modules` holds what the `package-lock.json` in `source` names. Made once for each content;
/// other processes that ask for the same wait. No package's own scripts are run, and what a package merely wishes to have
/// beside it (a peer) is there only if the lock file names it.
pub fn npm(source: &Path) -> Result<PathBuf, NpmError> {
    let manifests = MANIFESTS.map(|file| fs::read(source.join(file)));
    let [manifest, lock_file] = manifests;
    let (manifest, lock_file) = (manifest?, lock_file?);
    let folder = target_dir().join(folder_name(&manifest, &lock_file));
    fs::create_dir_all(target_dir())?;
    let lock = File::create(folder.with_extension("lock"))?;
    // Held until `lock` is dropped, and by a process that dies no longer than it lives.
    lock.lock()?;
    let complete = folder.join("complete");
    if !complete.exists() {
        fs::create_dir_all(&folder)?;
        for (file, content) in MANIFESTS.iter().zip([manifest, lock_file]) {
            fs::write(folder.join(file), content)?;
        }
        ci(&folder)?;
        fs::write(complete, "")?;
    }
    Ok(folder)
}

fn folder_name(manifest: &[u8], lock_file: &[u8]) -> String {
    let digest = Sha256::new().chain_update(Sha256::digest(manifest)).chain_update(lock_file).finalize();
    format!("npm-{}", hex::encode(&digest[..8]))
}

/// Whatever an interrupted attempt left is removed by it.
fn ci(folder: &Path) -> Result<(), NpmError> {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]);
    npm.current_dir(folder);
    match npm.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(NpmError::NoNpm),
        Err(error) => Err(error.into()),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(NpmError::Ci { folder: folder.display().to_string(), output: end_of(&output) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(lock_file: &str) -> tempfile::TempDir {
        let source = tempfile::tempdir().unwrap();
        fs::write(source.path().join(MANIFESTS[0]), r#"{"name":"nothing","version":"1.0.0"}"#).unwrap();
        fs::write(source.path().join(MANIFESTS[1]), lock_file).unwrap();
        source
    }

    #[test]
    fn the_same_content_is_installed_once_wherever_it_lies() {
        let lock_file = r#"{"name":"nothing","version":"1.0.0","lockfileVersion":3,"packages":{}}"#;
        let (one, two) = (source(lock_file), source(lock_file));
        let folder = npm(one.path()).unwrap();
        assert!(folder.join("complete").exists());
        assert_eq!(npm(two.path()).unwrap(), folder);
        assert_ne!(folder_name(b"a", b"b"), folder_name(b"ab", b""));
    }

    #[test]
    fn a_broken_lock_file_is_said_and_nothing_passes_for_complete() {
        let broken = source("{");
        assert!(matches!(npm(broken.path()), Err(NpmError::Ci { .. })));
        assert!(matches!(npm(broken.path()), Err(NpmError::Ci { .. })));
        assert!(matches!(npm(Path::new("/nowhere")), Err(NpmError::Io(_))));
    }
}
