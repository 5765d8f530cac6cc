//! A log that somebody else writes.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

/// A file of lines, and how far it has been read.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    read: u64,
}

impl LogFile {
    /// What is in it by now is not read.
    pub(super) fn from_its_end(path: PathBuf) -> Self {
        let read = path.metadata().map_or(0, |file| file.len());
        Self { path, read }
    }

    /// The lines that were ended since the last time. A file that cannot be read has none; one that is shorter than it was
    /// is a new one.
    pub(super) fn new_lines(&mut self) -> Vec<String> {
        let length = self.path.metadata().map_or(0, |file| file.len());
        if length < self.read {
            self.read = 0;
        }
        let text = self.rest().unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += u64::try_from(whole).unwrap_or(0);
        text.get(..whole).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn rest(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // Up to the last line break it is whole; what is not UTF-8 is no line of ours.
        String::from_utf8(bytes).map_err(std::io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn each_line_is_read_once_and_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "old\n").unwrap();
        let mut log = LogFile::from_its_end(path.clone());
        assert_eq!(log.new_lines(), [] as [&str; 0]);
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all("one\nt\u{e9}".as_bytes()).unwrap();
        assert_eq!(log.new_lines(), ["one"]);
        file.write_all(b"wo\n").unwrap();
        assert_eq!(log.new_lines(), ["t\u{e9}wo"]);
        assert_eq!(log.new_lines(), [] as [&str; 0]);
        std::fs::write(&path, "new\n").unwrap();
        assert_eq!(log.new_lines(), ["new"]);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(log.new_lines(), [] as [&str; 0]);
    }
}
