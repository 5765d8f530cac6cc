//! What a guild wants to hear done with its current track: the desired state. A worker makes it true and reports
//! the observed one elsewhere. Transitions take the state by value; one that makes no sense is refused.

use serde::{Deserialize, Serialize};

use super::bounded::bounded;
use super::queue::EntryId;

bounded!(
    /// Loudness in percent. 100 is unity gain, where Opus packets pass through untouched and cheaply; louder does
    /// not exist, since it would always have to be decoded and clipped.
    Volume(u8), 0..=100, default 100
);

/// Whether there is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing is current.
    #[default]
    Stopped,
    /// The current track plays.
    Playing,
    /// The current track waits.
    Paused,
}

/// What follows the end of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoopMode {
    /// The next one, or silence.
    #[default]
    Off,
    /// The same again.
    Track,
    /// The next one; the finished one goes to the end.
    Queue,
}

/// Where in a track somebody wants to be. A worker that has applied `seq` ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeekTarget {
    /// The track that was current when it was asked; another one ignores it.
    pub entry: EntryId,
    /// Milliseconds from the track's start.
    pub position_ms: u64,
    /// Grows with every seek of a guild.
    pub seq: u64,
}

/// A transition that makes no sense in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    /// There is nothing to do it to.
    #[error("nothing is playing")]
    NothingPlaying,
    /// It is paused already.
    #[error("already paused")]
    AlreadyPaused,
    /// It plays already.
    #[error("already playing")]
    AlreadyPlaying,
    /// It was sent away already.
    #[error("already away")]
    NotThere,
}

/// The desired state of a guild's player.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playback {
    status: Status,
    loop_mode: LoopMode,
    volume: Volume,
    seek: Option<SeekTarget>,
    seeks: u64,
    /// Rows from before this existed do not have it.
    #[serde(default)]
    away: bool,
}

impl Playback {
    /// Stopped, no loop, at the guild's usual volume.
    pub fn stopped_at(volume: Volume) -> Self {
        Self { volume, ..Self::default() }
    }

    /// Whether there should be sound.
    pub fn status(self) -> Status {
        self.status
    }

    /// What follows the end of a track.
    pub fn loop_mode(self) -> LoopMode {
        self.loop_mode
    }

    /// The loudness.
    pub fn volume(self) -> Volume {
        self.volume
    }

    /// The last seek of the current track, if there was one.
    pub fn seek(self) -> Option<SeekTarget> {
        self.seek
    }

    /// Whether nobody wants the bot in the voice channel until somebody plays, resumes or joins again. What is away
    /// does not play.
    pub fn away(self) -> bool {
        self.away
    }

    /// Another track became current: it plays from its start.
    #[must_use]
    pub fn started(self) -> Self {
        Self { status: Status::Playing, seek: None, away: false, ..self }
    }

    /// Nothing is current any more. Loop mode and volume stay for the next track.
    #[must_use]
    pub fn stopped(self) -> Self {
        Self { status: Status::Stopped, seek: None, ..self }
    }

    /// Playing becomes paused.
    pub fn paused(self) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Playing => Ok(Self { status: Status::Paused, ..self }),
            Status::Paused => Err(InvalidTransition::AlreadyPaused),
            Status::Stopped => Err(InvalidTransition::NothingPlaying),
        }
    }

    /// Paused becomes playing.
    pub fn resumed(self) -> Result<Self, InvalidTransition> {
        match self.status {
            Status::Paused => Ok(Self { status: Status::Playing, away: false, ..self }),
            Status::Playing => Err(InvalidTransition::AlreadyPlaying),
            Status::Stopped => Err(InvalidTransition::NothingPlaying),
        }
    }

    /// Sent out of the voice channel. What plays waits; loop mode and volume stay.
    pub fn left(self) -> Result<Self, InvalidTransition> {
        if self.away {
            return Err(InvalidTransition::NotThere);
        }
        let status = if self.status == Status::Playing { Status::Paused } else { self.status };
        Ok(Self { status, away: true, ..self })
    }

    /// Called into the voice channel. What waits goes on waiting.
    #[must_use]
    pub fn joined(self) -> Self {
        Self { away: false, ..self }
    }

    /// Somebody wants `entry`, the current track, at `position_ms`. Paused stays paused.
    pub fn sought(self, entry: EntryId, position_ms: u64) -> Result<Self, InvalidTransition> {
        if self.status == Status::Stopped {
            return Err(InvalidTransition::NothingPlaying);
        }
        let seeks = self.seeks.wrapping_add(1);
        Ok(Self { seek: Some(SeekTarget { entry, position_ms, seq: seeks }), seeks, ..self })
    }

    /// Another loop mode.
    #[must_use]
    pub fn looping(self, loop_mode: LoopMode) -> Self {
        Self { loop_mode, ..self }
    }

    /// Another loudness.
    #[must_use]
    pub fn at_volume(self, volume: Volume) -> Self {
        Self { volume, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: EntryId = EntryId::new(1, 0);

    #[test]
    fn the_states_and_their_transitions() {
        let stopped = Playback::default();
        let playing = stopped.started();
        let paused = playing.paused().unwrap();
        assert_eq!(paused.resumed(), Ok(playing));
        assert_eq!(paused.started(), playing);
        assert_eq!(playing.stopped(), stopped);
        assert_eq!(stopped.paused(), Err(InvalidTransition::NothingPlaying));
        assert_eq!(stopped.resumed(), Err(InvalidTransition::NothingPlaying));
        assert_eq!(paused.paused(), Err(InvalidTransition::AlreadyPaused));
        assert_eq!(playing.resumed(), Err(InvalidTransition::AlreadyPlaying));
    }

    #[test]
    fn who_is_sent_away_is_silent_until_somebody_wants_it_back() {
        let playing = Playback::default().started();
        let away = playing.left().unwrap();
        assert_eq!((away.status(), away.away()), (Status::Paused, true));
        assert_eq!(away.left(), Err(InvalidTransition::NotThere));
        assert_eq!(away.resumed(), Ok(playing));
        assert_eq!(away.started(), playing);
        assert_eq!(away.joined(), playing.paused().unwrap());
        let idle = Playback::default().left().unwrap();
        assert_eq!((idle.status(), idle.joined()), (Status::Stopped, Playback::default()));
    }

    #[test]
    fn a_row_from_before_leaving_existed_is_not_away() {
        let mut row = serde_json::to_value(Playback::default().started()).unwrap();
        row.as_object_mut().unwrap().remove("away").unwrap();
        assert_eq!(serde_json::from_value::<Playback>(row).unwrap(), Playback::default().started());
    }

    #[test]
    fn a_seek_belongs_to_its_track_and_is_numbered() {
        assert_eq!(Playback::default().sought(SONG, 5), Err(InvalidTransition::NothingPlaying));
        let first = Playback::default().started().sought(SONG, 5000).unwrap();
        assert_eq!(first.seek(), Some(SeekTarget { entry: SONG, position_ms: 5000, seq: 1 }));
        let again = first.paused().unwrap().sought(SONG, 5000).unwrap();
        assert_eq!((again.seek().unwrap().seq, again.status()), (2, Status::Paused));
        let next = again.started();
        assert_eq!(next.seek(), None);
        assert_eq!(next.sought(SONG, 0).unwrap().seek().unwrap().seq, 3);
    }

    #[test]
    fn loop_and_volume_outlive_a_stop() {
        let quiet = Volume::try_from(20).unwrap();
        let state = Playback::stopped_at(quiet).looping(LoopMode::Queue).started().stopped();
        assert_eq!((state.volume(), state.loop_mode()), (quiet, LoopMode::Queue));
        assert_eq!(state.at_volume(Volume::default()).volume().get(), 100);
    }

    #[test]
    fn it_reads_back_what_it_wrote() {
        let state = Playback::default().started().sought(SONG, 7).unwrap().looping(LoopMode::Track);
        let text = serde_json::to_string(&state).unwrap();
        insta::assert_snapshot!(text, @r#"{"status":"playing","loop_mode":"track","volume":100,"seek":{"entry":"00000000000000010000","position_ms":7,"seq":1},"seeks":1,"away":false}"#);
        assert_eq!(serde_json::from_str::<Playback>(&text).unwrap(), state);
    }
}
