//! Files that hold what nobody else may read: secrets and keys.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What `path` holds; a default before the first write. A file that cannot be read is an error and not a default: the
/// next write would lose what is in it.
pub(crate) fn read<T: DeserializeOwned + Default>(path: &Path) -> std::io::Result<T> {
    if !path.exists() {
        return Ok(T::default());
    }
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Writes the file anew, readable by its owner only; a reader sees the old one or the new one.
pub(crate) fn replace(path: &Path, content: &impl Serialize) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    write_private(&fresh, &serde_json::to_vec(content)?)?;
    fs::rename(fresh, path)
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_was_written_last_is_read_and_nobody_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert!(read::<Vec<u8>>(&path).unwrap().is_empty());
        for content in [vec![1, 2], vec![3]] {
            replace(&path, &content).unwrap();
            assert_eq!(read::<Vec<u8>>(&path).unwrap(), content);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_file_is_an_error_and_not_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "{").unwrap();
        assert!(read::<Vec<u8>>(&path).is_err());
    }
}
