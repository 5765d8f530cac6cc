//! Follows a playlist: its pieces in order, once each, decrypted.

use core::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::key::decrypt;
use super::playlist::{BadPlaylist, Key, Map, Media, Playlist, Segment, choose, parse};
use crate::failure::PlayError;
use crate::media::Tags;
use crate::net::{Ask, Guarded, Target, read_small};
use crate::source::{About, Feed, FeedWriter, Opened, Shape};

/// Largest playlist.
pub(crate) const DOCUMENT_MAX: usize = 2 * 1024 * 1024;
/// Largest piece: a minute of the best sound, or ten seconds with a small picture.
const SEGMENT_MAX: usize = 16 * 1024 * 1024;
/// Pieces from the end at which a growing playlist is entered (RFC 8216 §6.3.3).
const FROM_END: usize = 3;
/// A playlist is asked for no more often than this.
const RELOAD_MIN: Duration = Duration::from_secs(1);
/// Playlists in a row that may fail, or bring nothing new.
const STALE_MAX: u32 = 10;

impl From<BadPlaylist> for PlayError {
    fn from(bad: BadPlaylist) -> Self {
        match bad {
            BadPlaylist::Malformed => Self::NotAudio,
            BadPlaylist::Encryption => Self::Unsupported,
            BadPlaylist::TooLong => Self::TooLarge,
        }
    }
}

/// Follows the playlist in `document`, which came from `at`.
pub(crate) async fn open(net: &Guarded, at: Target, document: &[u8]) -> Result<Opened, PlayError> {
    let (at, media) = match parse(document)? {
        Playlist::Media(media) => (at, media),
        Playlist::Master(variants) => {
            let uri = &choose(&variants).ok_or(PlayError::Unsupported)?.uri;
            let (at, document) = net.document(&at.join(uri, net.policy())?, DOCUMENT_MAX).await?;
            match parse(&document)? {
                Playlist::Media(media) => (at, media),
                _ => return Err(PlayError::NotAudio),
            }
        }
        Playlist::Links(_) => return Err(PlayError::NotAudio),
    };
    Ok(follow(net, at, media))
}

fn follow(net: &Guarded, at: Target, media: Media) -> Opened {
    let length = media.ended.then(|| media.segments.iter().map(|segment| segment.duration).sum());
    let shape = if media.ended { Shape::Track } else { Shape::Stream { titles: watch::channel(None).1 } };
    let (writer, feed) = Feed::new();
    let follower = Follower { net: net.clone(), at, writer: writer.clone(), key: None, map: None };
    tokio::spawn(async move {
        match follower.run(media).await {
            Err(Stop::Failed(error)) => writer.fail(error).await,
            Ok(()) | Err(Stop::ReaderGone) => {}
        }
    });
    Opened { feed, shape, about: About { tags: Tags::default(), length } }
}

enum Stop {
    ReaderGone,
    Failed(PlayError),
}

impl From<PlayError> for Stop {
    fn from(error: PlayError) -> Self {
        Self::Failed(error)
    }
}

struct Follower {
    net: Guarded,
    at: Target,
    writer: FeedWriter,
    /// The last key, by its address: it serves many pieces.
    key: Option<(String, [u8; 16])>,
    /// The initialisation section that was sent last.
    map: Option<Map>,
}

impl Follower {
    async fn run(mut self, mut media: Media) -> Result<(), Stop> {
        let behind = if media.ended { media.segments.len() } else { FROM_END };
        let mut next = media.sequence + media.segments.len().saturating_sub(behind) as u64;
        let mut stale = 0;
        loop {
            let asked = Instant::now();
            let before = next;
            for (segment, number) in media.segments.iter().zip(media.sequence..) {
                if number >= next {
                    self.piece(segment, number).await?;
                    next = number + 1;
                }
            }
            if media.ended {
                return Ok(());
            }
            stale = if next > before { 0 } else { stale + 1 };
            media = self.reload(&media, asked, &mut stale).await?;
            // A station that restarts counts anew.
            if media.sequence + (media.segments.len() as u64) < next.saturating_sub(FROM_END as u64) {
                next = media.sequence;
            }
        }
    }

    /// The playlist again, half a piece later where nothing was new (RFC 8216 §6.3.4).
    async fn reload(&self, media: &Media, asked: Instant, stale: &mut u32) -> Result<Media, Stop> {
        let pause = if *stale == 0 { media.target } else { media.target / 2 };
        let mut due = asked + pause.max(RELOAD_MIN);
        loop {
            tokio::select! {
                () = self.writer.closed() => return Err(Stop::ReaderGone),
                () = sleep_until(due) => {}
            }
            let error = match self.net.document(&self.at, DOCUMENT_MAX).await {
                Ok((_, document)) => match parse(&document) {
                    Ok(Playlist::Media(media)) if *stale < STALE_MAX => return Ok(media),
                    Ok(_) => PlayError::CutShort,
                    Err(bad) => bad.into(),
                },
                Err(error) => error,
            };
            *stale += 1;
            if *stale >= STALE_MAX || !error.is_transient() {
                return Err(error.into());
            }
            due = Instant::now() + pause.max(RELOAD_MIN);
        }
    }

    async fn piece(&mut self, segment: &Segment, number: u64) -> Result<(), Stop> {
        if let Some(map) = segment.map.as_ref().filter(|map| self.map.as_ref() != Some(*map)) {
            let head = self.fetch(&map.uri, map.range).await?;
            self.map = Some(map.clone());
            self.send(head).await?;
        }
        let mut bytes = self.fetch(&segment.uri, segment.range).await?;
        if let Some(key) = &segment.key {
            bytes = decrypt(&bytes, self.key(key).await?, key.iv, number)?;
        }
        self.send(bytes).await
    }

    async fn send(&self, bytes: Vec<u8>) -> Result<(), Stop> {
        self.writer.write(Bytes::from(bytes)).await.map_err(|_| Stop::ReaderGone)
    }

    /// A piece whole, tried twice: it is small, and the next one waits.
    async fn fetch(&self, uri: &str, range: Option<(u64, u64)>) -> Result<Vec<u8>, PlayError> {
        let target = self.at.join(uri, self.net.policy())?;
        let ask = range.map_or_else(Ask::default, |(start, length)| Ask::bytes(start, start + length - 1));
        match self.get(&target, &ask).await {
            Err(error) if error.is_transient() => self.get(&target, &ask).await,
            other => other,
        }
    }

    async fn get(&self, target: &Target, ask: &Ask) -> Result<Vec<u8>, PlayError> {
        let answer = self.net.get(target, ask).await?;
        read_small(answer.body, SEGMENT_MAX, self.net.policy().timeouts.document).await
    }

    async fn key(&mut self, key: &Key) -> Result<[u8; 16], PlayError> {
        if let Some((_, known)) = self.key.as_ref().filter(|(uri, _)| *uri == key.uri) {
            return Ok(*known);
        }
        let bytes = self.fetch(&key.uri, None).await?;
        let fetched: [u8; 16] = bytes.try_into().map_err(|_| PlayError::NotAudio)?;
        self.key = Some((key.uri.clone(), fetched));
        Ok(fetched)
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
