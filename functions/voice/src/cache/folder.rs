//! Containers in a folder of this machine; for the local stack.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use super::{AudioStore, CacheKey, Task};
use crate::failure::PlayError;

/// A folder with a file a track.
#[derive(Clone, Debug)]
pub struct FolderStore(PathBuf);

impl FolderStore {
    /// In this folder, which is made if it is not there.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// The key is hex and cannot lead out of the folder.
    fn path(&self, key: &CacheKey) -> PathBuf {
        self.0.join(format!("{key}.timmyop"))
    }
}

impl AudioStore for FolderStore {
    fn get<'a>(&'a self, key: &'a CacheKey) -> Task<'a, Result<Option<File>, PlayError>> {
        let path = self.path(key);
        Box::pin(async move {
            match blocking(move || File::open(path)).await {
                Ok(file) => Ok(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(_) => Err(PlayError::Storage),
            }
        })
    }

    fn put<'a>(&'a self, key: &'a CacheKey, container: File) -> Task<'a, Result<(), PlayError>> {
        let (folder, path) = (self.0.clone(), self.path(key));
        Box::pin(async move {
            blocking(move || write_whole(&folder, &path, container)).await.map_err(|_| PlayError::Storage)
        })
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Under another name first: whoever looks, at any moment and after any crash, finds the whole file or none.
fn write_whole(folder: &Path, path: &Path, mut container: File) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(".part-", folder)?;
    io::copy(&mut container, file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
