//! What a player tells its guild's actor.

use shared::domain::queue::EntryId;

use super::{DisconnectKind, Remedy};
use crate::failure::PlayError;

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayerEvent {
    /// The entry's first frame was sent.
    Started {
        /// Which.
        entry: EntryId,
        /// Which one ended right before it, where there was no gap.
        after: Option<EntryId>,
    },
    /// The entry's last frame was sent.
    Ended {
        /// Which.
        entry: EntryId,
    },
    /// The entry broke off.
    Failed {
        /// Which.
        entry: EntryId,
        /// Why.
        reason: PlayError,
    },
    /// The voice connection is there, or there again.
    Connected,
    /// The voice connection is lost.
    Disconnected {
        /// Discord's close code, where it gave one that is known.
        code: Option<u16>,
        /// What it happened to.
        kind: DisconnectKind,
        /// What is being done, or has to be done, about it.
        remedy: Remedy,
    },
    /// The voice server does not encrypt end to end: silence is sent, whatever is on the deck.
    Unencrypted,
    /// Frames were missing when they were due; silence was sent instead. Told once a gap.
    Late,
}
