//! How long somebody waits: from the ring of the doorbell, or from the moment in which the bot is in the channel, to
//! what reaches a listener.

use core::time::Duration;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use shared::domain::playback::LoopMode;
use shared::domain::queue::Command;
use simulator::{ChannelId, PcmFrame};
use tokio::sync::broadcast::Receiver;
use tokio::time::{sleep, timeout};

use super::stage::{BOT, Stage, guild, lounge};
use super::tone::{falls_silent, is_sound, is_tone};
use super::{Kit, OTHER_TONE, TONE};
use crate::sample::Sample;

/// Changes of each kind.
const CHANGES: u32 = 60;
/// Changes before them that are not counted.
const WARM_UP: u32 = 3;
/// Guilds that the bot is called to, one after the other.
const CALLS: u32 = 20;
/// How long it is paused.
const HELD: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(30);

/// What was measured, in milliseconds.
pub(super) struct Latencies {
    pub(super) skip: Sample,
    pub(super) pause: Sample,
    pub(super) resume: Sample,
    /// From the bot's voice state to sound.
    pub(super) joined: Sample,
    /// From the first write of a `/play` to sound.
    pub(super) called: Sample,
}

/// A worker that has nothing else to do.
pub(super) async fn measure(kit: &Kit) -> Result<Latencies> {
    let stage = Stage::start(1 + CALLS).await?;
    let worker = stage.worker(kit)?;
    let mut desk = Desk { ear: Ear::new(&stage, lounge(1)), stage: &stage };
    let (skip, [pause, resume]) = (desk.skips(kit).await?, desk.pauses().await?);
    stage.command(guild(1), &Command::Stop).await?;
    let (mut joined, mut called) = (vec![], vec![]);
    for n in 2..=1 + CALLS {
        let (in_channel, asked) = call(&stage, kit, n).await?;
        joined.push(in_channel);
        called.push(asked);
    }
    stage.end(worker).await?;
    kit.note(&format!("skip {skip:.0?}\npause {pause:.0?}\nresume {resume:.0?}"))?;
    kit.note(&format!("joined {joined:.0?}\ncalled {called:.0?}"))?;
    Ok(Latencies {
        skip: skip.try_into()?,
        pause: pause.try_into()?,
        resume: resume.try_into()?,
        joined: joined.try_into()?,
        called: called.try_into()?,
    })
}

/// The first guild, in which two songs take turns.
struct Desk<'a> {
    stage: &'a Stage,
    ear: Ear,
}

impl Desk<'_> {
    async fn skips(&mut self, kit: &Kit) -> Result<Vec<f64>> {
        let songs = [TONE, OTHER_TONE].map(|hz| kit.songs.url(hz, 1));
        self.stage.write(guild(1), &Command::SetLoop(LoopMode::Queue)).await?;
        self.stage.play(guild(1), &songs).await?;
        self.ear.until(Instant::now(), |pcm| is_tone(pcm, TONE)).await?;
        let mut times = vec![];
        for n in 0..WARM_UP + CHANGES {
            self.listen_on(n).await?;
            let next = if n % 2 == 0 { OTHER_TONE } else { TONE };
            let took = self.change(&Command::Skip { expect: None }, |pcm| is_tone(pcm, next)).await?;
            times.extend((n >= WARM_UP).then_some(took));
        }
        Ok(times)
    }

    async fn pauses(&mut self) -> Result<[Vec<f64>; 2]> {
        let (mut pauses, mut resumes) = (vec![], vec![]);
        for n in 0..WARM_UP + CHANGES {
            self.listen_on(n).await?;
            let pause = self.change(&Command::Pause, falls_silent).await?;
            sleep(HELD + jitter(n)).await;
            let resume = self.change(&Command::Resume, is_sound).await?;
            if n >= WARM_UP {
                pauses.push(pause);
                resumes.push(resume);
            }
        }
        Ok([pauses, resumes])
    }

    /// Milliseconds from the doorbell to the first frame that is as it is to be.
    async fn change(&mut self, command: &Command, heard: impl Fn(&[i16]) -> bool) -> Result<f64> {
        let rev = self.stage.write(guild(1), command).await?;
        let rung = Instant::now();
        self.stage.ring(guild(1), rev).await?;
        let frame = self.ear.until(rung, heard).await.with_context(|| format!("after {command:?}"))?;
        Ok(ms(frame.at - rung))
    }

    /// Half a second and another bit each time, so that no rhythm of the worker meets ours.
    async fn listen_on(&mut self, n: u32) -> Result<()> {
        self.ear.frames(25 + n % 7).await?;
        sleep(jitter(n)).await;
        Ok(())
    }
}

/// Another part of 20 ms each time.
fn jitter(n: u32) -> Duration {
    Duration::from_millis(u64::from(n * 7 % 20))
}

/// A first `/play` in a guild. Milliseconds to the first sound, from the moment in which the bot is in the channel and
/// from before the queue is written.
async fn call(stage: &Stage, kit: &Kit, n: u32) -> Result<(f64, f64)> {
    let mut ear = Ear::new(stage, lounge(n));
    let track = kit.songs.url(TONE, n.into());
    let is_in = |sim: &simulator::Simulator| sim.voice_state(guild(n), BOT).is_some();
    ensure!(!is_in(&stage.discord), "the bot is there already");
    let asked = Instant::now();
    stage.play(guild(n), &[track]).await?;
    stage.discord.wait_for(PATIENCE, |sim| is_in(sim).then_some(())).await?;
    let joined = Instant::now();
    let frame = ear.until(asked, is_sound).await?;
    stage.command(guild(n), &Command::Leave).await?;
    stage.discord.wait_for(PATIENCE, |sim| (!is_in(sim)).then_some(())).await?;
    Ok((ms(frame.at - joined), ms(frame.at - asked)))
}

/// Somebody's frames, in one channel.
struct Ear {
    frames: Receiver<PcmFrame>,
    channel: ChannelId,
}

impl Ear {
    fn new(stage: &Stage, channel: ChannelId) -> Self {
        Self { frames: stage.listeners()[0].frames(), channel }
    }

    async fn next(&mut self) -> Result<PcmFrame> {
        loop {
            let frame = timeout(PATIENCE, self.frames.recv()).await.context("nothing is heard")?;
            match frame {
                Ok(frame) if frame.channel == self.channel => return Ok(frame),
                Ok(_) => {}
                Err(error) => bail!("frames were lost: {error}"),
            }
        }
    }

    /// Listens to so many frames.
    async fn frames(&mut self, count: u32) -> Result<()> {
        for _ in 0..count {
            self.next().await?;
        }
        Ok(())
    }

    /// The first frame since then that is so.
    async fn until(&mut self, since: Instant, is_so: impl Fn(&[i16]) -> bool) -> Result<PcmFrame> {
        let within = Instant::now() + PATIENCE;
        while Instant::now() < within {
            let frame = self.next().await?;
            if frame.at >= since && is_so(&frame.pcm) {
                return Ok(frame);
            }
        }
        bail!("it was not heard within {PATIENCE:?}")
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
