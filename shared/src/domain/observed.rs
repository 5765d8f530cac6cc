//! What a guild hears: the observed state. Only the worker that holds the guild's shard writes it; others read it to
//! show how far a track is, and the next worker goes on from it (SPEC P6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::queue::EntryId;
use crate::ids::{ChannelId, MessageId};

/// The observed state of a guild's player.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// The desired state's revision that was made true last.
    pub rev: u64,
    /// What is heard, or was last.
    pub heard: Option<Heard>,
    /// The voice channel that the bot is in.
    pub channel: Option<ChannelId>,
    /// Where the player card stands.
    pub card: Option<CardAt>,
    /// The last seek that was made.
    pub seek_seq: u64,
}

/// A run of a track and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The entry.
    pub entry: EntryId,
    /// Which run of it.
    pub run: u64,
    /// Milliseconds from its start, at `at`.
    pub position_ms: u64,
    /// When that was so.
    pub at: Timestamp,
    /// Whether it went on since.
    pub playing: bool,
}

/// A message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAt {
    /// Its channel.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
}

impl Heard {
    /// How far it is at `now`, in milliseconds. A clock that is behind never makes it less.
    pub fn position_at(self, now: Timestamp) -> u64 {
        if !self.playing {
            return self.position_ms;
        }
        let since = now.as_millisecond().saturating_sub(self.at.as_millisecond());
        self.position_ms.saturating_add(u64::try_from(since).unwrap_or(0))
    }
}

impl Observed {
    /// Where a worker goes on with `run`: at its checkpoint. The time since then was not heard.
    pub fn resumes_at(&self, run: u64) -> u64 {
        self.heard.filter(|heard| heard.run == run).map_or(0, |heard| heard.position_ms)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn heard(playing: bool) -> Heard {
        let at = Timestamp::from_second(1_767_355_200).unwrap();
        Heard { entry: EntryId::new(1, 0), run: 7, position_ms: 5_000, at, playing }
    }

    #[test]
    fn time_goes_on_only_while_it_plays_and_never_back() {
        let playing = heard(true);
        assert_eq!(playing.position_at(playing.at + 2.seconds()), 7_000);
        assert_eq!(playing.position_at(playing.at - 2.seconds()), 5_000);
        assert_eq!(heard(false).position_at(playing.at + 2.seconds()), 5_000);
    }

    #[test]
    fn another_run_begins_at_its_start() {
        let observed = Observed { heard: Some(heard(true)), ..Observed::default() };
        assert_eq!((observed.resumes_at(7), observed.resumes_at(8)), (5_000, 0));
    }
}
