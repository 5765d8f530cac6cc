//! A bot that plays in many guilds at once: what one player costs, and what all of them hold.

use core::time::Duration;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Child;
use tokio::time::sleep;

use super::gauge::Gauge;
use super::stage::{BOT, Stage};

/// How long it is looked at. Everything that is done every few seconds (checkpoints, the card, the re-read of the rows
/// every 15 s) happens in it.
const WINDOW: Duration = Duration::from_secs(15);
/// Sound that has to be heard in each guild before: 2 s.
const WARM: u64 = 100;
/// How long it may take until all play.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often the listeners are asked.
const LOOK: Duration = Duration::from_millis(500);

/// The part of the sound that has to arrive at each listener; a busy machine delays the last frames.
const MOST: f64 = 0.98;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Percent of a core, of one player.
    pub(super) cpu: f64,
    /// Resident memory of the process.
    pub(super) memory_mb: f64,
}

/// Waits until everybody hears the bot.
pub(super) async fn until_heard(stage: &Stage) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let sounds = stage
            .listeners()
            .iter()
            .map(|one| one.heard(BOT).map_or(0, |heard| heard.frames - heard.silence_frames));
        let least = sounds.min().context("nobody listens")?;
        if least >= WARM {
            return Ok(());
        }
        if Instant::now() > until {
            let deaf =
                stage.listeners().iter().filter(|one| one.heard(BOT).is_none_or(|heard| heard.frames == 0));
            bail!("not everybody hears the bot; {} hear nothing", deaf.count());
        }
        sleep(LOOK).await;
    }
}

/// Measures while all listen, and makes sure that all heard everything.
pub(super) async fn measure(stage: &Stage, bot: &Child) -> Result<Load> {
    let players = u32::try_from(stage.listeners().len())?;
    stage.listeners().iter().for_each(simulator::Listener::reset);
    let begin = Instant::now();
    let gauge = Gauge::start(bot.id().context("the bot has ended")?)?;
    sleep(WINDOW).await;
    let load = Load { cpu: gauge.percent()? / f64::from(players), memory_mb: gauge.resident_mb()? };
    let due = begin.elapsed().as_secs_f64() * 50.0;
    for listener in stage.listeners() {
        let heard = listener.heard(BOT).context("a listener is gone")?;
        let sounds = f64::from(u32::try_from(heard.frames - heard.silence_frames)?);
        let (lost, unread) = (heard.lost, heard.undecryptable);
        let told = format!("{listener:?} heard {sounds} frames of {due}, {lost} lost, {unread} unreadable");
        ensure!(sounds > due * MOST && unread == 0, told);
    }
    Ok(load)
}
