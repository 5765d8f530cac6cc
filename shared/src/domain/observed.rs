//! What a guild hears: the observed state. Only the worker that holds the guild's shard writes it; others read it to
//! show how far a track is, and the next worker goes on from it (SPEC P6).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::queue::EntryId;
use crate::ids::{ChannelId, MessageId, UserId};

/// A worker that hands over plays on for at most so long while the next one gets ready.
pub const OVERLAP: SignedDuration = SignedDuration::from_secs(5);

/// Of more people than this it is not written down who they are: an unknown room is never taken for an empty one.
pub const LISTENERS_MAX: usize = 99;

/// The observed state of a guild's player.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Who listens in that channel, if that is known and not too many: Discord does not say it again to a worker that
    /// resumes a gateway session.
    #[serde(default)]
    pub listeners: Option<Vec<UserId>>,
    /// The worker that wrote this plays on for [`OVERLAP`] at most, until the next one is in the channel.
    #[serde(default)]
    pub handed_over: bool,
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
    /// Where a worker goes on with `run`: at its checkpoint, since the time after it was not heard; after a hand-over
    /// where the one before is by now.
    pub fn resumes_at(&self, run: u64, now: Timestamp) -> u64 {
        let Some(heard) = self.heard.filter(|heard| heard.run == run) else { return 0 };
        if !self.handed_over {
            return heard.position_ms;
        }
        heard.position_at(now.min(heard.at.saturating_add(OVERLAP).unwrap_or(heard.at)))
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
        let now = heard(true).at + 3.seconds();
        assert_eq!((observed.resumes_at(7, now), observed.resumes_at(8, now)), (5_000, 0));
    }

    #[test]
    fn after_a_hand_over_it_goes_on_where_the_one_before_is_by_now() {
        let observed = Observed { heard: Some(heard(true)), handed_over: true, ..Observed::default() };
        let at = heard(true).at;
        assert_eq!(observed.resumes_at(7, at + 3.seconds()), 8_000);
        assert_eq!(observed.resumes_at(7, at + 60.seconds()), 10_000, "nobody played on for longer");
        let paused = Observed { heard: Some(heard(false)), ..observed };
        assert_eq!(paused.resumes_at(7, at + 3.seconds()), 5_000);
    }

    #[test]
    fn a_row_of_a_worker_before_this_one_is_read() {
        let old = r#"{"rev":3,"heard":null,"channel":null,"card":null,"seek_seq":0}"#;
        let read: Observed = serde_json::from_str(old).unwrap();
        assert_eq!((read.rev, read.listeners, read.handed_over), (3, None, false));
    }
}
