//! Sound as it is played: Opus packets of 20 ms. A track is a growing file of them, a stream a short ring.

mod ahead;
mod live;
mod log;

pub use ahead::Ahead;
pub use live::LiveRing;
pub use log::{Frames, FramesWriter};

use std::sync::Arc;

use crate::failure::PlayError;

/// What reading a frame gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameRead {
    /// It is in the buffer.
    Frame,
    /// It is still being made.
    NotYet,
    /// The sound ends before it.
    End,
    /// The sound broke off before it.
    Failed(PlayError),
}

/// Something that a player can play.
#[derive(Clone, Debug)]
pub enum Playable {
    /// A track: may be sought in.
    Track(Arc<Frames>),
    /// A stream: what is said now is what is heard.
    Stream(Arc<LiveRing>),
}

impl Playable {
    /// Puts frame `number` into `out`; a stream gives its next one whatever the number.
    pub fn read(&self, number: u64, ahead: &mut Ahead, out: &mut Vec<u8>) -> FrameRead {
        match self {
            Self::Track(frames) => frames.read(number, ahead, out),
            Self::Stream(ring) => ring.take(out),
        }
    }

    /// Frames that it has, if that is settled.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Track(frames) => frames.length(),
            Self::Stream(_) => None,
        }
    }

    /// Whether it may be sought in.
    pub const fn is_seekable(&self) -> bool {
        matches!(self, Self::Track(_))
    }

    /// Waits until there is something to hear, or it is clear that there never will be.
    pub async fn ready(&self) -> Result<(), PlayError> {
        match self {
            Self::Track(frames) => frames.ready().await,
            Self::Stream(ring) => ring.ready().await,
        }
    }
}
