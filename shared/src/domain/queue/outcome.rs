//! What became of a command. Outcomes are stored with the change, so that a retry gets the same answer.

use serde::{Deserialize, Serialize};

use super::EntryId;
use crate::domain::playback::{InvalidTransition, LoopMode, Volume};

/// Why a command changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum QueueRefusal {
    /// Nothing is upcoming.
    #[error("nothing is upcoming")]
    Empty,
    /// There are only `len` positions.
    #[error("there are {len} positions")]
    NoSuchPosition {
        /// How many there are.
        len: usize,
    },
    /// The entry is not upcoming any more.
    #[error("the entry is gone")]
    NoSuchEntry,
    /// Nothing is current.
    #[error("nothing is playing")]
    NothingPlaying,
    /// Nothing was played before.
    #[error("nothing was played before")]
    NoHistory,
    /// Another entry has become current meanwhile.
    #[error("another track is playing by now")]
    MovedOn,
    /// It is paused already.
    #[error("already paused")]
    AlreadyPaused,
    /// It plays already.
    #[error("already playing")]
    AlreadyPlaying,
    /// It was sent out of the voice channel already.
    #[error("already away")]
    NotThere,
    /// Nothing of it was asked for by that user.
    #[error("nothing of that user's")]
    NothingOfTheirs,
    /// Somebody else asked for that entry.
    #[error("somebody else asked for it")]
    NotYours,
    /// The requester has `limit` entries already (SPEC P9).
    #[error("at most {limit} tracks a user")]
    TooManyForUser {
        /// The limit.
        limit: u32,
    },
    /// The queue has `limit` entries already (SPEC P9).
    #[error("at most {limit} tracks in all")]
    QueueFull {
        /// The limit.
        limit: u32,
    },
    /// The track is longer than `limit_s` seconds (SPEC P9).
    #[error("at most {limit_s} seconds")]
    TooLong {
        /// The limit in seconds.
        limit_s: u32,
    },
    /// The guild does not want this artist (SPEC P9).
    #[error("the artist is blocked")]
    BlockedArtist,
    /// The guild does not want explicit tracks (SPEC P9).
    #[error("explicit tracks are not allowed")]
    ExplicitNotAllowed,
}

impl From<InvalidTransition> for QueueRefusal {
    fn from(refusal: InvalidTransition) -> Self {
        match refusal {
            InvalidTransition::NothingPlaying => Self::NothingPlaying,
            InvalidTransition::AlreadyPaused => Self::AlreadyPaused,
            InvalidTransition::AlreadyPlaying => Self::AlreadyPlaying,
            InvalidTransition::NotThere => Self::NotThere,
        }
    }
}

/// Tracks that an addition did not admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many.
    pub count: usize,
    /// Why the first of them was left out.
    pub reason: QueueRefusal,
}

/// What a command changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// Tracks were added.
    Added {
        /// The first of them.
        first: EntryId,
        /// Its position from 1; 0 when it is current now.
        position: usize,
        /// How many were added.
        count: usize,
        /// What was not.
        left_out: Option<LeftOut>,
    },
    /// Entries were taken out.
    Removed {
        /// The first of them.
        first: EntryId,
        /// How many.
        count: usize,
    },
    /// An entry changed its place.
    Moved {
        /// Which.
        entry: EntryId,
        /// Its new position, from 1.
        to: usize,
    },
    /// Everything upcoming changed its place.
    Shuffled {
        /// How many entries.
        count: usize,
    },
    /// The loop mode was set.
    LoopSet {
        /// To this.
        mode: LoopMode,
    },
    /// Everything upcoming is gone.
    Cleared {
        /// How many entries that was.
        count: usize,
    },
    /// Another run began, or silence: skip, jump, advance, previous, replay.
    Stepped {
        /// What was current.
        from: Option<EntryId>,
        /// What is current now.
        to: Option<EntryId>,
    },
    /// Nothing is current or upcoming any more.
    Stopped {
        /// How many upcoming entries were dropped.
        dropped: usize,
    },
    /// The current entry waits.
    Paused {
        /// Which.
        entry: EntryId,
    },
    /// The current entry goes on.
    Resumed {
        /// Which.
        entry: EntryId,
    },
    /// Another place in the current entry.
    Sought {
        /// Which.
        entry: EntryId,
        /// Milliseconds from its start.
        position_ms: u64,
    },
    /// The volume was set.
    VolumeSet {
        /// To this.
        volume: Volume,
    },
    /// The bot is wanted no more in the voice channel.
    Left,
    /// The bot is wanted in the voice channel.
    Joined,
    /// Entries that were somebody's are nobody's.
    Disowned {
        /// How many.
        count: usize,
    },
}
