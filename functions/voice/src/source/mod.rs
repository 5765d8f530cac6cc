//! Where sound comes from, one file a kind.

mod feed;
mod file;
pub mod hls;
pub mod icy;
mod radio;
mod s3;
pub mod site;
mod soundcloud;
mod sources;
mod web;

pub use feed::{FailureSlot, Feed, FeedWriter, Reopen};
pub use s3::{S3Places, S3Source};
pub use site::{BadTool, SiteSource, Sites, Wanted};
pub use soundcloud::{SOUNDCLOUD_API, SoundCloud, SoundCloudSource};
pub use sources::Sources;
pub use web::WebSource;

use core::fmt;
use core::time::Duration;

use shared::domain::track::Title;
use tokio::sync::watch;

use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::media::Tags;

/// A place that gives sound. What it is called, how long it is and whether it ends may be known only once it is open.
pub trait AudioSource: Send + Sync + fmt::Debug {
    /// What it is called in the cache.
    fn key(&self) -> CacheKey;

    /// Asks for its bytes.
    fn open(&self) -> Task<'_, Result<Opened, PlayError>>;
}

/// A source that gives bytes.
pub struct Opened {
    /// The bytes.
    pub feed: Feed,
    /// Whether they have an end.
    pub shape: Shape,
    /// What the source says of the track.
    pub about: About,
}

/// What a source says of a track before anything is decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Title, artist and picture; the file's own words are believed first.
    pub tags: Tags,
    /// How long it is.
    pub length: Option<Duration>,
}

/// Whether a source has an end.
#[derive(Clone, Debug)]
pub enum Shape {
    /// It has; it is kept.
    Track,
    /// It has none; what is playing may change.
    Stream {
        /// What the station says is playing.
        titles: watch::Receiver<Option<Title>>,
    },
}
