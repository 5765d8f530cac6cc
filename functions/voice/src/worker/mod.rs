//! The worker: holds a shard, hears its doorbells and its gateway, and runs one actor for each guild that wants to hear
//! something. Its memory is a cache; whatever it knows is in the tables, and the next worker goes on from there.

mod actor;
mod bells;
mod card;
mod config;
mod deps;
mod farewell;
mod gateway;
mod health;
mod inboxes;
mod lease;
mod link;
mod mail;
mod plan;
mod repair;
mod room;
mod router;
mod tally;
mod wanted;
mod watchdog;

use core::time::Duration;
use std::sync::Arc;

use aws_config::SdkConfig;
use shared::domain::observed::OVERLAP;
use shared::env::{BadEnv, Env};
use shared::ids::GuildId;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;
use tokio::time::Instant;

pub use self::config::WorkerConfig;
use self::deps::Deps;
pub use self::deps::StartError;
use self::gateway::Gateway;
use self::health::Health;
use self::lease::{Keeper, NoName};
use self::router::{Ended, Router};
use crate::config::PlaybackConfig;

/// How long the workers' last words may take, beyond the time that their sound may overlap.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long the door is watched after the lease is given back.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Why a worker could not work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The environment.
    #[error(transparent)]
    Env(#[from] BadEnv),
    /// The clients.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The port of the health endpoint is taken, or no signal can be heard.
    #[error("the machine refused: {0}")]
    Machine(#[from] std::io::Error),
    /// No name can be made up without randomness.
    #[error(transparent)]
    NoName(#[from] NoName),
    /// Discord does not let the bot in.
    #[error("the gateway refused the bot for good")]
    Refused,
}

/// Works until there is nothing to do for a while, until `stop` says so, or until another worker follows.
pub async fn run(env: &Env, sdk: &SdkConfig, stop: watch::Receiver<bool>) -> Result<(), WorkerError> {
    let config = WorkerConfig::from_env(env)?;
    let playback = PlaybackConfig::from_env(env)?;
    let deps = Arc::new(Box::pin(Deps::start(config, &playback, sdk)).await?);
    let health = Health::start(deps.config.health_addr).await?;
    let mut bells = bells::listen(&deps, sdk);
    let mut rung = None;
    loop {
        match Box::pin(serve(&deps, &health, &mut bells, rung, stop.clone())).await? {
            Served::Silence => return Ok(()),
            Served::Ring(guild) => rung = Some(guild),
        }
    }
}

/// What came after the end of a worker's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Served {
    /// Nothing.
    Silence,
    /// Somebody rang who may have seen the lease still held: nobody else is woken for them.
    Ring(GuildId),
}

/// Waits for a moment; for ever, if there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => core::future::pending().await,
    }
}

/// Holds the shard once.
async fn serve(
    deps: &Arc<Deps>,
    health: &Health,
    bells: &mut Receiver<GuildId>,
    rung: Option<GuildId>,
    stop: watch::Receiver<bool>,
) -> Result<Served, WorkerError> {
    let Some(keeper) = Box::pin(Keeper::take(deps, health, stop.clone())).await? else {
        return Ok(Served::Silence);
    };
    let (gateway, news) = Gateway::start(deps, keeper.watch()).await;
    let router = Router::new(deps.clone(), keeper.watch(), gateway.sender(), health.clone());
    let (ended, playing_on) = Box::pin(router.run(rung, news, bells, keeper.lost(), stop)).await;
    gateway.stop(deps).await;
    keeper.give_up(deps, ended).await;
    health.beat();
    // Sound goes on until the one who follows is in the channel.
    let overlap = OVERLAP.unsigned_abs() + LAST_WORDS;
    if tokio::time::timeout(overlap, playing_on.join_all()).await.is_err() {
        deps.telemetry.fault("voice.hand_over", "timeout");
    }
    match ended {
        Ended::Refused => Err(WorkerError::Refused),
        Ended::Stopped | Ended::Lost => Ok(Served::Silence),
        Ended::Idle => Ok(match tokio::time::timeout(LAST_LOOK, bells.recv()).await {
            Ok(Some(guild)) => Served::Ring(guild),
            _ => Served::Silence,
        }),
    }
}
