//! A zip that is written to the bucket while it is made: what is in memory is a part of the upload, whatever comes of it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use shared::exports::{ExportBucket, ExportsError, PART, Upload};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{DateTime, ZipWriter};

/// It cannot be written on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// The bucket did not take it.
    #[error(transparent)]
    Bucket(#[from] ExportsError),
    /// It is no archive: a name came twice, or it became larger than one may be.
    #[error("the archive cannot be written")]
    Zip,
}

impl ArchiveError {
    /// What may be logged.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Bucket(error) => error.code(),
            Self::Zip => "zip",
        }
    }
}

impl From<ZipError> for ArchiveError {
    fn from(_: ZipError) -> Self {
        Self::Zip
    }
}

impl From<io::Error> for ArchiveError {
    fn from(_: io::Error) -> Self {
        Self::Zip
    }
}

/// An archive on its way into the bucket.
pub(crate) struct Archive<'a> {
    bucket: &'a ExportBucket,
    upload: Upload,
    /// It is large; what waits on an archive need not be.
    zip: Box<ZipWriter<StreamWriter<Pipe>>>,
    pipe: Pipe,
    options: SimpleFileOptions,
    /// Whether the list that is being written has a row.
    has_row: bool,
}

/// What the zip has written and the bucket does not have yet.
#[derive(Clone, Debug, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl<'a> Archive<'a> {
    /// Begins one under this key; its files are of this moment.
    pub(crate) async fn begin(
        bucket: &'a ExportBucket,
        key: &str,
        now: Timestamp,
    ) -> Result<Self, ArchiveError> {
        let pipe = Pipe::default();
        let upload = bucket.begin(key).await?;
        let zip = Box::new(ZipWriter::new_stream(pipe.clone()));
        let options = SimpleFileOptions::default().last_modified_time(file_time(now));
        Ok(Self { bucket, upload, zip, pipe, options, has_row: false })
    }

    /// One file with this text.
    pub(crate) async fn text(&mut self, name: &str, text: &str) -> Result<(), ArchiveError> {
        self.zip.start_file(name, self.options)?;
        self.zip.write_all(text.as_bytes())?;
        self.ship().await
    }

    /// A file that is a JSON list. Its rows follow, then [`Self::end_list`].
    pub(crate) fn begin_list(&mut self, name: &str) -> Result<(), ArchiveError> {
        self.zip.start_file(name, self.options)?;
        self.has_row = false;
        Ok(self.zip.write_all(b"[")?)
    }

    /// One more row of the list.
    pub(crate) async fn row(&mut self, row: &impl Serialize) -> Result<(), ArchiveError> {
        let row = serde_json::to_vec(row).map_err(|_| ArchiveError::Zip)?;
        self.zip.write_all(if self.has_row { b",\n" } else { b"\n" })?;
        self.zip.write_all(&row)?;
        self.has_row = true;
        self.ship().await
    }

    /// The list is complete.
    pub(crate) fn end_list(&mut self) -> Result<(), ArchiveError> {
        Ok(self.zip.write_all(b"\n]\n")?)
    }

    /// The archive is complete, and in the bucket.
    pub(crate) async fn finish(self) -> Result<(), ArchiveError> {
        let Self { bucket, mut upload, zip, pipe, .. } = self;
        let finished = zip.finish().map_err(ArchiveError::from).map(drop);
        let sent = match finished {
            Ok(()) => bucket.part(&mut upload, pipe.take()).await.map_err(ArchiveError::from),
            Err(error) => Err(error),
        };
        let completed = match sent {
            Ok(()) => bucket.complete(&upload).await.map_err(ArchiveError::from),
            Err(error) => Err(error),
        };
        if completed.is_err() {
            throw_away(bucket, &upload).await;
        }
        completed
    }

    /// Nothing comes of it.
    pub(crate) async fn abort(self) {
        throw_away(self.bucket, &self.upload).await;
    }

    /// Sends what fills a part.
    async fn ship(&mut self) -> Result<(), ArchiveError> {
        if self.pipe.len() < PART {
            return Ok(());
        }
        Ok(self.bucket.part(&mut self.upload, self.pipe.take()).await?)
    }
}

impl Pipe {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Vec<u8> {
        core::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What could not be thrown away, the bucket's lifecycle throws away.
async fn throw_away(bucket: &ExportBucket, upload: &Upload) {
    let _ = bucket.abort(upload).await;
}

/// UTC, to two seconds: what a zip can say.
fn file_time(now: Timestamp) -> DateTime {
    let at = now.to_zoned(TimeZone::UTC).datetime();
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or_default();
    let (month, day) = (part(at.month()), part(at.day()));
    let time = (part(at.hour()), part(at.minute()), part(at.second()));
    DateTime::from_date_and_time(year, month, day, time.0, time.1, time.2).unwrap_or_default()
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
