//! Where things are; the only file that reads the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo builds, `CARGO_TARGET_DIR` or `target`. A relative one counts from the root, where everybody starts
/// cargo; tests themselves run in their package's folder.
pub fn target_dir() -> PathBuf {
    workspace_root().join(read("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Where cargo keeps what it has downloaded, `CARGO_HOME` or `.cargo` in the user's folder; nothing if there is neither.
pub fn cargo_home() -> Option<PathBuf> {
    let own = || Some(std::env::home_dir()?.join(".cargo"));
    read("CARGO_HOME").map(PathBuf::from).or_else(own)
}

#[expect(clippy::disallowed_methods, reason = "this is the one file that reads the environment")]
fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(workspace_root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
        assert!(target_dir().is_absolute());
    }

    #[test]
    fn cargos_own_folder_holds_the_registry() {
        assert!(cargo_home().unwrap().join("registry").is_dir());
    }
}
