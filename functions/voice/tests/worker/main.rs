//! The worker as a process, with everything around it real at the wire: the tables and queues, Discord's gateway and
//! encrypted voice, a web server with songs, and people who listen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has to fail")]

mod approval;
mod asking;
mod breaks;
mod encryption;
mod farewell;
mod grants;
mod mischief;
mod replies;
mod songs;
mod sources;
mod stage;
mod takeover;
mod tape;

use std::time::{Duration, Instant};

use shared::domain::queue::Command;
use stage::{ADA, LOUNGE, Stage};
use tape::Tape;

const PATIENCE: Duration = Duration::from_secs(30);

/// What the issue asks for first: a song is heard, the next one follows by itself, then the bot leaves and the worker
/// ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_heard_then_the_next_then_silence() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let mut worker = stage.worker(&[("STOP_LEAVE_S", "1"), ("IDLE_EXIT_S", "1")]);
    stage.play(1, &["440/4", "660/4"]).await;
    let (_, heard) = ada.wait_tone(440.0, PATIENCE).await.unwrap();
    assert!(heard.tone().is(440.0), "{:?}", heard.tone());
    let (_, heard) = ada.wait_tone(660.0, PATIENCE).await.unwrap();
    assert_eq!((heard.lost, heard.undecryptable), (0, 0), "{heard:?}");
    let ended = tokio::time::timeout(PATIENCE, worker.wait()).await;
    assert!(ended.unwrap().unwrap().success());
    assert_eq!(stage.discord.voice_state(stage::GUILD, stage::BOT), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_skip_and_leave_are_obeyed() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/60", "660/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.command(2, &Command::Skip { expect: None }).await;
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    stage.command(3, &Command::Pause).await;
    stage.until_observed(|seen| seen.heard.is_some_and(|heard| !heard.playing)).await;
    stage.command(4, &Command::Resume).await;
    ada.reset();
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    stage.command(5, &Command::Leave).await;
    let gone = stage
        .discord
        .wait_for(PATIENCE, |sim| sim.voice_state(stage::GUILD, stage::BOT).is_none().then_some(()));
    gone.await.unwrap();
}

/// What is set while nothing plays holds for what is played next, also when it is the volume that tracks start with.
#[tokio::test(flavor = "multi_thread")]
async fn the_volume_outlives_a_stop() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let _worker = stage.worker(&[]);
    let volume = |percent: u32| Command::SetVolume(percent.try_into().unwrap());
    stage.command(1, &volume(50)).await;
    stage.play(2, &["440/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    let quiet = tape.wait_loudness(Instant::now()).await;
    let stopped = stage.command(3, &Command::Stop).await;
    stage.until_observed(|seen| seen.rev >= stopped).await;
    stage.command(4, &volume(100)).await;
    stage.play(5, &["660/60"]).await;
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    let loud = tape.wait_loudness(Instant::now()).await;
    let factor = f32::from(loud) / f32::from(quiet);
    assert!((1.8..2.2).contains(&factor), "{quiet}, then {loud}");
}

/// A track that cannot be played is passed over.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_song_is_passed_over() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["missing", "660/20"]).await;
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
}
