//! Tracks that were decoded, levelled and encoded once, so that every later play passes packets through (SPEC P3, P4).

mod bucket;
pub mod container;
mod folder;
mod key;

pub use bucket::BucketStore;
pub use folder::FolderStore;
pub use key::CacheKey;

use core::fmt;
use core::pin::Pin;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use container::{Header, Stored};

use crate::failure::PlayError;
use crate::frames::{Ahead, FrameRead, Frames};

/// A future of a trait object.
pub type Task<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where containers are kept. Both ends are whole files: nobody ever sees a part of one.
pub trait AudioStore: Send + Sync + fmt::Debug {
    /// The container, as a local file, if there is one.
    fn get<'a>(&'a self, key: &'a CacheKey) -> Task<'a, Result<Option<File>, PlayError>>;

    /// Keeps a container. Twice is as good as once.
    fn put<'a>(&'a self, key: &'a CacheKey, container: File) -> Task<'a, Result<(), PlayError>>;
}

/// Writes the track as a container into a nameless file. Blocks.
pub fn pack(header: &Header, frames: &Frames) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    let mut out = io::BufWriter::new(&mut file);
    out.write_all(&header.encode(&frames.lengths())?)?;
    let (mut ahead, mut packet) = (Ahead::default(), Vec::new());
    for number in 0..frames.count() {
        if frames.read(number, &mut ahead, &mut packet) != FrameRead::Frame {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.write_all(&packet)?;
    }
    out.flush()?;
    drop(out);
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Reads a container's head and checks that the file holds exactly what it announces. Blocks.
pub fn unpack(mut file: File) -> Result<(Header, std::sync::Arc<Frames>), PlayError> {
    let length = file.metadata().map_err(|_| PlayError::Storage)?.len();
    let Stored { header, lengths, payload_at } =
        container::read(&mut file, length).map_err(|_| PlayError::Storage)?;
    let frames = Frames::complete(file, payload_at, &lengths).ok_or(PlayError::Storage)?;
    Ok((header, frames))
}

#[cfg(test)]
mod tests;
