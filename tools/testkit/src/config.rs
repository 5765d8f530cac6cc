//! Where things are; the only file that reads the environment.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo builds, `CARGO_TARGET_DIR` or `target`.
pub(crate) fn target_dir() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "this is the one file that reads the environment")]
    let given = std::env::var_os("CARGO_TARGET_DIR");
    // Cargo reads a relative path against the folder that it was started in; tests run in their package's.
    workspace_root().join(given.map_or_else(|| PathBuf::from("target"), PathBuf::from))
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
}
