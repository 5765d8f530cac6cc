//! Bytes from an asynchronous source to a decoder that blocks: a short queue of small pieces, whatever the file's size.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::{Buf, Bytes, BytesMut};
use symphonia::core::io::{MediaSource, ReadOnlySource};
use tokio::sync::mpsc;

use crate::failure::PlayError;
use crate::media::guard::ebml::EbmlGuard;
use crate::media::ts::TsAudio;

/// Longest piece, bytes.
const PIECE: usize = 32 * 1024;
/// Pieces that wait. Together at most half a megabyte a source.
const WAITING: usize = 16;
/// Most that is kept of a file that has to be whole before it can be read.
const KEEP_MAX: u64 = 256 * 1024 * 1024;
/// A step forward up to this is read through; a longer one asks the source anew.
const READ_THROUGH: u64 = 256 * 1024;

type Piece = Result<Bytes, PlayError>;

/// Asks the source for its bytes from an offset on.
pub type Reopen = Arc<dyn Fn(u64) -> Feed + Send + Sync>;

/// The writing end; its task ends when the reader is gone.
#[derive(Clone, Debug)]
pub struct FeedWriter(mpsc::Sender<Piece>);

/// The reader is gone: nobody listens any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderGone;

impl FeedWriter {
    /// Hands on bytes, in small pieces; waits while the reader is behind.
    pub async fn write(&self, mut bytes: Bytes) -> Result<(), ReaderGone> {
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            self.0.send(Ok(piece)).await.map_err(|_| ReaderGone)?;
        }
        Ok(())
    }

    /// Ends with a failure.
    pub async fn fail(self, error: PlayError) {
        // Nobody to tell is nobody to tell.
        let _ = self.0.send(Err(error)).await;
    }

    /// Resolves when the reader is gone.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}

/// Why a feed ended, when it did so badly. Readers in between may swallow an error; this keeps it.
#[derive(Clone, Debug, Default)]
pub struct FailureSlot(Arc<OnceLock<PlayError>>);

impl FailureSlot {
    /// The failure, if there was one.
    pub fn get(&self) -> Option<PlayError> {
        self.0.get().copied()
    }

    fn put(&self, error: PlayError) {
        // The first one is the cause.
        let _ = self.0.set(error);
    }
}

/// Where bytes come from.
enum Origin {
    /// Whoever writes.
    Writer(mpsc::Receiver<Piece>),
    /// A nameless file that has all of them, and where it is read next.
    Kept(File, u64),
}

/// The reading end. It blocks: never read it on a thread of the runtime.
pub struct Feed {
    origin: Origin,
    piece: Bytes,
    failure: FailureSlot,
    position: u64,
    length: Option<u64>,
    reopen: Option<Reopen>,
}

impl Feed {
    /// Both ends.
    pub fn new() -> (FeedWriter, Self) {
        let (sender, pieces) = mpsc::channel(WAITING);
        let feed = Self {
            origin: Origin::Writer(pieces),
            piece: Bytes::new(),
            failure: FailureSlot::default(),
            position: 0,
            length: None,
            reopen: None,
        };
        (FeedWriter(sender), feed)
    }

    /// One whose source has this length and can be asked for any part of it.
    #[must_use]
    pub fn seekable(self, length: u64, reopen: Reopen) -> Self {
        Self { length: Some(length), reopen: Some(reopen), ..self }
    }

    /// Where its failure will be told.
    pub fn failure(&self) -> FailureSlot {
        self.failure.clone()
    }

    /// The next bytes, without taking them: `count` of them, fewer only at the end.
    pub fn peek(&mut self, count: usize) -> io::Result<Bytes> {
        while self.piece.len() < count {
            let Some(more) = self.receive()? else { break };
            let mut joined = BytesMut::with_capacity(self.piece.len() + more.len());
            joined.extend_from_slice(&self.piece);
            joined.extend_from_slice(&more);
            self.piece = joined.freeze();
        }
        Ok(self.piece.slice(..count.min(self.piece.len())))
    }

    /// Puts back the first bytes, which were read to look at them.
    pub(crate) fn unread(&mut self, bytes: &[u8]) {
        self.position -= bytes.len() as u64;
        let mut joined = BytesMut::from(bytes);
        joined.extend_from_slice(&self.piece);
        self.piece = joined.freeze();
    }

    /// Whether it can be asked for any part.
    pub(crate) const fn is_seekable(&self) -> bool {
        self.reopen.is_some() || matches!(self.origin, Origin::Kept(..))
    }

    /// Fetches whatever is left and keeps it, so that any part can be read: for containers whose index comes last, from
    /// servers that give no parts.
    pub(crate) fn keep(&mut self) -> io::Result<()> {
        let mut file = tempfile::tempfile()?;
        let length = io::copy(&mut self.by_ref().take(KEEP_MAX), &mut file)?;
        if length == KEEP_MAX {
            return Err(PlayError::TooLarge.into());
        }
        (self.origin, self.piece) = (Origin::Kept(file, 0), Bytes::new());
        (self.position, self.length) = (0, Some(length));
        Ok(())
    }

    fn receive(&mut self) -> io::Result<Option<Bytes>> {
        let pieces = match &mut self.origin {
            Origin::Writer(pieces) => pieces,
            Origin::Kept(file, at) => {
                let mut piece = vec![0; PIECE];
                let count = file.read_at(&mut piece, *at)?;
                *at += count as u64;
                piece.truncate(count);
                return Ok((count > 0).then(|| piece.into()));
            }
        };
        match pieces.blocking_recv() {
            None => Ok(None),
            Some(Ok(piece)) => Ok(Some(piece)),
            Some(Err(error)) => {
                self.failure.put(error);
                Err(error.into())
            }
        }
    }

    /// As symphonia takes it. `seek` is only for containers that need it: each step back is a new request.
    pub fn into_media(self, seek: bool) -> Box<dyn MediaSource> {
        if seek && self.is_seekable() {
            Box::new(SeekingFeed(Mutex::new(self)))
        } else {
            Box::new(ReadOnlySource::new(SyncFeed(Mutex::new(self))))
        }
    }
}

impl Feed {
    /// The sound of an MPEG transport stream, as symphonia takes it.
    pub fn into_stream(self) -> Box<dyn MediaSource> {
        Box::new(ReadOnlySource::new(TsAudio::new(SyncFeed(Mutex::new(self)))))
    }

    /// A Matroska file, as symphonia takes it.
    pub fn into_matroska(self) -> Box<dyn MediaSource> {
        Box::new(ReadOnlySource::new(EbmlGuard::new(SyncFeed(Mutex::new(self)))))
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            match self.receive()? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Feed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = self.length.ok_or(io::ErrorKind::Unsupported)?;
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
            SeekFrom::End(delta) => length.checked_add_signed(delta),
        };
        let target = target.filter(|target| *target <= length).ok_or(io::ErrorKind::InvalidInput)?;
        match target.checked_sub(self.position) {
            Some(0) => {}
            Some(ahead) if ahead <= READ_THROUGH => {
                io::copy(&mut self.by_ref().take(ahead), &mut io::sink())?;
            }
            _ => self.jump(target)?,
        }
        Ok(self.position)
    }
}

impl Feed {
    fn jump(&mut self, target: u64) -> io::Result<()> {
        match (&mut self.origin, &self.reopen) {
            (Origin::Kept(_, at), _) => *at = target,
            (origin, Some(reopen)) => *origin = reopen(target).origin,
            (_, None) => return Err(io::ErrorKind::Unsupported.into()),
        }
        self.piece = Bytes::new();
        self.position = target;
        Ok(())
    }
}

/// Symphonia demands `Sync`; nobody but its one reader ever takes the lock.
struct SyncFeed(Mutex<Feed>);

struct SeekingFeed(Mutex<Feed>);

fn poisoned<T>(_: T) -> io::Error {
    io::Error::from(PlayError::Internal)
}

impl Read for SyncFeed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.get_mut().map_err(poisoned)?.read(buffer)
    }
}

impl Read for SeekingFeed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.get_mut().map_err(poisoned)?.read(buffer)
    }
}

impl Seek for SeekingFeed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.get_mut().map_err(poisoned)?.seek(to)
    }
}

impl MediaSource for SeekingFeed {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        self.0.lock().ok()?.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source of these bytes that counts how often it is asked.
    fn source(bytes: &'static [u8], asked: Arc<Mutex<Vec<u64>>>) -> Feed {
        let (writer, feed) = Feed::new();
        let reopen: Reopen = Arc::new(move |offset| {
            asked.lock().unwrap().push(offset);
            let (writer, feed) = Feed::new();
            send(writer, &bytes[usize::try_from(offset).unwrap()..]);
            feed
        });
        send(writer, bytes);
        feed.seekable(bytes.len() as u64, reopen)
    }

    fn send(writer: FeedWriter, bytes: &'static [u8]) {
        std::thread::spawn(move || {
            let sending = async { writer.write(Bytes::from_static(bytes)).await };
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(sending)
        });
    }

    #[test]
    fn what_is_peeked_is_read_again() {
        let (writer, mut feed) = Feed::new();
        send(writer, b"abcdef");
        assert_eq!(&feed.peek(3).unwrap()[..], b"abc");
        assert_eq!(&feed.peek(99).unwrap()[..], b"abcdef");
        let mut all = String::new();
        feed.read_to_string(&mut all).unwrap();
        assert_eq!(all, "abcdef");
    }

    /// However large the source is, half a megabyte of it waits.
    #[tokio::test]
    async fn a_reader_that_is_behind_makes_the_source_wait() {
        let (writer, _feed) = Feed::new();
        let flood = writer.write(Bytes::from(vec![0; 10 * WAITING * PIECE]));
        tokio::select! {
            biased;
            _ = flood => panic!("it was taken in"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(writer.0.capacity(), 0);
        const { assert!(WAITING * PIECE <= 512 * 1024) };
    }

    #[test]
    fn a_failure_is_told_after_what_came_before_it() {
        let (writer, mut feed) = Feed::new();
        let slot = feed.failure();
        writer.0.try_send(Ok(Bytes::from_static(b"ab"))).unwrap();
        writer.0.try_send(Err(PlayError::TooSlow)).unwrap();
        let mut got = [0; 2];
        feed.read_exact(&mut got).unwrap();
        assert_eq!(slot.get(), None);
        assert_eq!(PlayError::from(feed.read(&mut got).unwrap_err()), PlayError::TooSlow);
        assert_eq!(slot.get(), Some(PlayError::TooSlow));
    }

    #[test]
    fn a_step_back_or_a_long_one_asks_the_source_anew() {
        let bytes: &'static [u8] = vec![7_u8; 600_000].leak();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut feed = source(bytes, asked.clone());
        assert_eq!(feed.seek(SeekFrom::Start(1_000)).unwrap(), 1_000);
        assert_eq!(feed.seek(SeekFrom::Current(10)).unwrap(), 1_010);
        assert!(asked.lock().unwrap().is_empty());
        assert_eq!(feed.seek(SeekFrom::End(-100)).unwrap(), 599_900);
        assert_eq!(feed.seek(SeekFrom::Start(5)).unwrap(), 5);
        assert_eq!(*asked.lock().unwrap(), [599_900, 5]);
        let mut rest = Vec::new();
        feed.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), 599_995);
        assert!(feed.seek(SeekFrom::Start(600_001)).is_err());
    }
}
