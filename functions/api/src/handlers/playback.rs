//! Controlling what plays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::domain::playback::{LoopMode, Status, Volume};
use shared::domain::queue::{Command, QueueView};
use shared::http_error::HttpError;

use crate::handlers::queue::{QueuedTrack, change, shown};
use crate::reply::Reply;
use crate::visit::Visit;

/// The longest that a place in a track can be: a day.
const SEEK_MAX_S: u32 = 86_400;

/// What is to be done. Each variant has fields, if only none: of one without, unknown fields would not be refused.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Control {
    /// Holds what plays.
    Pause {},
    /// Lets it go on.
    Resume {},
    /// Goes on with the next track.
    Skip {},
    /// Goes back to the track before.
    Previous {},
    /// Plays the track from its start.
    Replay {},
    /// Ends everything.
    Stop {},
    /// Takes everything upcoming out.
    Clear {},
    /// Puts everything upcoming into another order.
    Shuffle {},
    /// Goes to a place in the track.
    Seek {
        /// Seconds from its start.
        #[schemars(range(min = 0, max = 86_400))]
        position_s: u32,
    },
    /// Louder or softer.
    Volume {
        /// In percent.
        #[schemars(range(min = 0, max = 100))]
        percent: u32,
    },
    /// What follows the end of a track.
    Loop {
        /// `off`, `track` or `queue`.
        mode: Loop,
    },
}

/// What follows the end of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Loop {
    Off,
    Track,
    Queue,
}

/// What plays.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Playing {
    /// `stopped`, `playing` or `paused`.
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<QueuedTrack>,
    /// How far it is, in seconds, as a worker last said.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_s: Option<u64>,
    volume: u8,
    r#loop: Loop,
}

impl Playing {
    /// What plays in this queue.
    pub(crate) async fn read(visit: &Visit<'_>, queue: &QueueView) -> Result<Self, HttpError> {
        let (guild, playback) = (visit.guild()?, queue.playback());
        let (mut track, mut position_s) = (None, None);
        if let Some(now) = queue.now() {
            let entry = now.slot.entry;
            let (entries, observed) = tokio::join!(
                visit.app.queue.entries(guild, core::slice::from_ref(&entry), visit.now),
                visit.app.observed.load(guild, visit.now),
            );
            track = visit.read(entries)?.get(&entry).map(shown);
            let heard = visit.read(observed)?.heard.filter(|heard| heard.run == now.run);
            position_s = heard.map(|heard| heard.position_at(visit.now) / 1_000);
        }
        let status = match playback.status() {
            Status::Stopped => "stopped",
            Status::Playing => "playing",
            Status::Paused => "paused",
        };
        let r#loop = match playback.loop_mode() {
            LoopMode::Off => Loop::Off,
            LoopMode::Track => Loop::Track,
            LoopMode::Queue => Loop::Queue,
        };
        Ok(Self { status, track, position_s, volume: playback.volume().get(), r#loop })
    }
}

pub(crate) async fn control(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Control = visit.body()?;
    let applied = change(visit, &command(visit, &asked)?).await?;
    Ok(Reply::ok(&Playing::read(visit, &applied.queue).await?))
}

fn command(visit: &Visit<'_>, asked: &Control) -> Result<Command, HttpError> {
    Ok(match asked {
        Control::Pause {} => Command::Pause,
        Control::Resume {} => Command::Resume,
        Control::Skip {} => Command::Skip { expect: None },
        Control::Previous {} => Command::Previous,
        Control::Replay {} => Command::Replay,
        Control::Stop {} => Command::Stop,
        Control::Clear {} => Command::Clear,
        Control::Shuffle {} => Command::Shuffle { seed: u64::from_be_bytes(visit.random()?) },
        Control::Seek { position_s } if *position_s > SEEK_MAX_S => {
            return Err(HttpError::field("position_s", "0 to 86400"));
        }
        Control::Seek { position_s } => {
            Command::Seek { position_ms: u64::from(*position_s) * 1_000, expect: None }
        }
        Control::Volume { percent } => {
            let volume = Volume::try_from(*percent);
            Command::SetVolume(volume.map_err(|bad| HttpError::field("percent", bad.to_string()))?)
        }
        Control::Loop { mode } => Command::SetLoop(match mode {
            Loop::Off => LoopMode::Off,
            Loop::Track => LoopMode::Track,
            Loop::Queue => LoopMode::Queue,
        }),
    })
}
