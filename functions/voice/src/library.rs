//! From a source to something that plays: out of the cache, or fetched, decoded and kept while it is already heard.

use core::time::Duration;
use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Weak};

use shared::domain::track::Title;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::spawn_blocking;

use crate::cache::{self, AudioStore, CacheKey};
use crate::failure::PlayError;
use crate::frames::{Frames, LiveRing, Playable};
use crate::ingest::{Kept, Limits, run_stream, run_track};
use crate::media::{FRAME_LENGTH, Sound, Tags};
use crate::source::{About, AudioSource, Feed, Opened, Shape};

/// Something that is ready to be played.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Its packets.
    pub playable: Playable,
    /// Title and artist, as far as source or file name them.
    pub tags: Tags,
    /// How long it is; none for a stream, and for a track that did not say and is still being read.
    pub length: Option<Duration>,
    /// What a station says is playing, as it changes.
    pub titles: Option<watch::Receiver<Option<Title>>>,
    /// Whether it came out of the cache.
    pub cached: bool,
}

/// The tracks that this worker has at hand.
#[derive(Clone, Debug)]
pub struct Library(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Option<Arc<dyn AudioStore>>,
    /// Decoding at full speed takes a core; voices come first.
    decoding: Arc<Semaphore>,
    /// Tracks that somebody holds. The lock of a key is held while it is looked for, so that it is fetched once. The
    /// limit is a part of the key: one guild's may cut what another's would not.
    held: Mutex<Table>,
    /// Tracks that are still being decoded or kept.
    busy: watch::Sender<usize>,
}

type Table = HashMap<(CacheKey, Limits), Arc<Mutex<Held>>>;

/// A track that is still being decoded or kept, until this is dropped.
struct Busy(Arc<Inner>);

impl Busy {
    fn new(inner: &Arc<Inner>) -> Self {
        inner.busy.send_modify(|count| *count += 1);
        Self(inner.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.send_modify(|count| *count -= 1);
    }
}

/// A track that may still be in somebody's hands.
#[derive(Debug, Default)]
struct Held {
    frames: Weak<Frames>,
    tags: Tags,
    length: Option<Duration>,
}

impl Library {
    /// Keeps tracks in `store`, if there is one, and decodes `at_once` of them at the same time.
    pub fn new(store: Option<Arc<dyn AudioStore>>, at_once: usize) -> Self {
        let decoding = Arc::new(Semaphore::new(at_once.max(1)));
        Self(Arc::new(Inner { store, decoding, held: Mutex::default(), busy: watch::Sender::new(0) }))
    }

    /// Gets it ready. Whoever asks for the same at the same time gets the same. What is prepared has to be held for as
    /// long as it is wanted: a track that nobody holds is not read any further.
    pub async fn prepare(&self, source: &dyn AudioSource, limits: Limits) -> Result<Prepared, PlayError> {
        let key = source.key();
        let slot = self.slot(&key, limits).await;
        let mut held = slot.lock().await;
        if let Some(prepared) = held.prepared() {
            // Its first listener may have been told "not yet"; the lock is not for waiting on sound.
            drop(held);
            prepared.playable.ready().await?;
            return within(prepared, limits);
        }
        if let Some(prepared) = self.cached(&key).await {
            held.note(&prepared);
            return within(prepared, limits);
        }
        let opened = source.open().await?;
        let prepared = self.fresh(&key, opened, limits).await?;
        held.note(&prepared);
        drop(held);
        prepared.playable.ready().await?;
        Ok(prepared)
    }

    /// Waits until every track that is being decoded or kept is done with; for a worker that is told to end.
    pub async fn settled(&self) {
        // The sender lives in `self`, so the only way to wake is the condition.
        let _ = self.0.busy.subscribe().wait_for(|count| *count == 0).await;
    }

    async fn slot(&self, key: &CacheKey, limits: Limits) -> Arc<Mutex<Held>> {
        let mut held = self.0.held.lock().await;
        // What nobody holds and nobody looks for is forgotten, so that the table is as large as what is played.
        held.retain(|_, slot| {
            Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|held| held.is_alive())
        });
        held.entry((key.clone(), limits)).or_default().clone()
    }

    /// A store that fails is a store without the track: it is fetched again.
    async fn cached(&self, key: &CacheKey) -> Option<Prepared> {
        let store = self.0.store.as_ref()?;
        let file: File = store.get(key).await.ok()??;
        let (header, frames) = spawn_blocking(|| cache::unpack(file)).await.ok()?.ok()?;
        let length = frames.length().map(duration);
        let (playable, tags) = (Playable::Track(frames), header.tags);
        Some(Prepared { playable, tags, length, titles: None, cached: true })
    }

    async fn fresh(&self, key: &CacheKey, opened: Opened, limits: Limits) -> Result<Prepared, PlayError> {
        match opened.shape {
            Shape::Stream { titles } => {
                let sound = sound(opened.feed).await?;
                let tags = opened.about.tags.or(sound.tags().clone());
                let ring = Arc::new(LiveRing::default());
                let theirs = ring.clone();
                spawn_blocking(move || run_stream(sound, &theirs));
                let playable = Playable::Stream(ring);
                Ok(Prepared { playable, tags, length: None, titles: Some(titles), cached: false })
            }
            Shape::Track => self.track(key, opened.feed, opened.about, limits).await,
        }
    }

    async fn track(
        &self,
        key: &CacheKey,
        feed: Feed,
        about: About,
        limits: Limits,
    ) -> Result<Prepared, PlayError> {
        if about.length.is_some_and(|length| length > limits.length) {
            return Err(PlayError::TooLong);
        }
        let permit = self.0.decoding.clone().acquire_owned().await.map_err(|_| PlayError::Internal)?;
        let sound = sound(feed).await?;
        let tags = sound.tags().clone().or(about.tags);
        let announced = sound.announced().map(|samples| Duration::from_millis(samples / 48));
        let file = spawn_blocking(tempfile::tempfile).await.map_err(|_| PlayError::Internal)?;
        let (writer, frames) = Frames::growing(file.map_err(|_| PlayError::Storage)?);
        let words = tags.clone();
        let ingest = spawn_blocking(move || run_track(sound, words, limits, writer));
        let (library, key, busy) = (self.clone(), key.clone(), Busy::new(&self.0));
        tokio::spawn(async move {
            library.finish(&key, ingest.await.ok(), permit).await;
            drop(busy);
        });
        let length = announced.or(about.length);
        Ok(Prepared { playable: Playable::Track(frames), tags, length, titles: None, cached: false })
    }

    /// Keeps what was ingested. A store that fails costs the next listener a fetch, and this one nothing.
    async fn finish(
        &self,
        key: &CacheKey,
        done: Option<Result<Option<Kept>, PlayError>>,
        permit: OwnedSemaphorePermit,
    ) -> Option<()> {
        drop(permit);
        let kept = done?.ok()??;
        let store = self.0.store.as_ref()?;
        let container = spawn_blocking(move || cache::pack(&kept.header, &kept.frames)).await.ok()?.ok()?;
        store.put(key, container).await.ok()
    }
}

impl Held {
    fn is_alive(&self) -> bool {
        self.frames.strong_count() > 0
    }

    fn note(&mut self, prepared: &Prepared) {
        if let Playable::Track(frames) = &prepared.playable {
            let (tags, length) = (prepared.tags.clone(), prepared.length);
            *self = Self { frames: Arc::downgrade(frames), tags, length };
        }
    }

    /// What somebody holds, unless it broke: that is tried anew.
    fn prepared(&self) -> Option<Prepared> {
        let frames = self.frames.upgrade().filter(|frames| !frames.has_failed())?;
        let length = frames.length().map(duration).or(self.length);
        let (playable, tags) = (Playable::Track(frames), self.tags.clone());
        Some(Prepared { playable, tags, length, titles: None, cached: false })
    }
}

/// What another guild may hear can be too long for this one.
fn within(prepared: Prepared, limits: Limits) -> Result<Prepared, PlayError> {
    if prepared.length.is_some_and(|length| length > limits.length) {
        return Err(PlayError::TooLong);
    }
    Ok(prepared)
}

/// A decoder that panics on hostile bytes has met no sound.
async fn sound(feed: Feed) -> Result<Sound, PlayError> {
    spawn_blocking(move || Sound::open(feed)).await.unwrap_or(Err(PlayError::NotAudio))
}

fn duration(frames: u64) -> Duration {
    FRAME_LENGTH * u32::try_from(frames).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
