//! What can be asked of a queue.

use jiff::Timestamp;

use super::{EntryId, OpId};
use crate::domain::playback::{LoopMode, Volume};
use crate::domain::settings::GuildSettings;
use crate::domain::track::Track;
use crate::ids::UserId;

/// Where added tracks go. On an idle queue the first of them becomes current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After everything.
    End,
    /// Before everything that is upcoming.
    Next,
}

/// Which upcoming entries. Positions are a person's, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The one at a position.
    Position(usize),
    /// A certain one, wherever it stands by now.
    Entry(EntryId),
    /// From the first position to the last, both included.
    Range(usize, usize),
    /// All that one user asked for.
    Of(UserId),
}

/// A change of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Adds as many of the tracks as the limits admit, in their order; refused when that is none.
    Add {
        /// What to add.
        tracks: Vec<Track>,
        /// Who asked.
        requester: UserId,
        /// Where to.
        place: Place,
    },
    /// Takes upcoming entries out.
    Remove(Selection),
    /// Takes the entry at one position and puts it at another; positions from 1.
    Move {
        /// Where it is.
        from: usize,
        /// Where it will be.
        to: usize,
    },
    /// Puts an entry before everything that is upcoming, wherever it stands by now.
    Promote {
        /// Which.
        entry: EntryId,
    },
    /// Another order of everything upcoming; the seed decides which.
    Shuffle {
        /// Random.
        seed: u64,
    },
    /// What follows the end of a track.
    SetLoop(LoopMode),
    /// Takes everything upcoming out; the current one goes on.
    Clear,
    /// Goes on with the entry at a position, from 1. Those before it count as played.
    Jump {
        /// Where the entry is.
        position: usize,
    },
    /// Goes on with the next entry, whatever the loop mode says about this one.
    Skip {
        /// The entry that has to be current, when it matters (a vote, a button on a card).
        expect: Option<EntryId>,
    },
    /// The current entry has ended by itself or cannot be played; a worker says so.
    Advance {
        /// The entry that ended.
        finished: EntryId,
        /// Its run: an old report about the same entry changes nothing.
        run: u64,
    },
    /// Goes back to the entry before; the current one becomes the next.
    Previous,
    /// Plays the current entry from its start.
    Replay,
    /// Ends everything: nothing is current, nothing upcoming.
    Stop,
    /// Holds the current entry.
    Pause,
    /// Lets it go on.
    Resume,
    /// Goes to a place in the current entry. Whether the track is that long is the caller's to know.
    Seek {
        /// Milliseconds from its start.
        position_ms: u64,
        /// The entry that has to be current, when it matters.
        expect: Option<EntryId>,
    },
    /// Louder or softer.
    SetVolume(Volume),
    /// Out of the voice channel; what plays waits until somebody plays, resumes or joins again.
    Leave,
    /// Into the voice channel, also when there is nothing to play.
    Join,
    /// Everything that this user asked for stays, and was asked for by [`super::NOBODY`]: they are being erased (SPEC
    /// T30).
    Disown(UserId),
}

/// A command with everything that its plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What makes it the same when tried again.
    pub op: OpId,
    /// What to do.
    pub command: &'a Command,
    /// When.
    pub now: Timestamp,
    /// The guild's limits, and the volume of a new queue.
    pub settings: &'a GuildSettings,
    /// Whether the limit per user does not count (moderators).
    pub exempt: bool,
    /// When set, only what this user asked for may be removed, moved or skipped.
    pub only_of: Option<UserId>,
}
