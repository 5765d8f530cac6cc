//! The real events under `events/`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::workspace_root;

/// One file of `events/<function>/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// The file's name without `.json`; also the name of its snapshot.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What Lambda would hand to the function.
    pub event: Value,
}

/// The fixtures cannot be used. The path says which.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// A file or the folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not JSON.
    #[error("{path} is not JSON")]
    Json {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// The folder holds none: a test over it would prove nothing.
    #[error("{0} holds no .json file")]
    Empty(PathBuf),
}

/// All of `events/<function>/*.json`, by name.
pub fn fixtures(function: &str) -> Result<Vec<Fixture>, FixtureError> {
    walk(&workspace_root().join("events").join(function))
}

fn walk(folder: &Path) -> Result<Vec<Fixture>, FixtureError> {
    let unreadable = |source| FixtureError::Read { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    if paths.is_empty() {
        return Err(FixtureError::Empty(folder.to_owned()));
    }
    paths.into_iter().map(read).collect()
}

fn read(path: PathBuf) -> Result<Fixture, FixtureError> {
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(FixtureError::Read { path, source }),
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match serde_json::from_slice(&bytes) {
        Ok(event) => Ok(Fixture { name, path, event }),
        Err(source) => Err(FixtureError::Json { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_come_by_name_and_other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.json", "{}"), ("a.json", "[1]"), ("README.md", "#")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let found = walk(folder.path()).unwrap();
        let names: Vec<&str> = found.iter().map(|fixture| fixture.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(found[0].event, serde_json::json!([1]));
    }

    #[test]
    fn a_broken_file_an_empty_folder_and_a_missing_one_are_errors_that_say_which() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(walk(folder.path()), Err(FixtureError::Empty(_))));
        std::fs::write(folder.path().join("bad.json"), "{").unwrap();
        let error = walk(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("bad.json is not JSON"), "{error}");
        assert!(matches!(fixtures("no-such-function"), Err(FixtureError::Read { .. })));
    }
}
