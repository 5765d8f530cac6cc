//! One worker after another: told to go, killed, frozen. The song goes on at the right second (SPEC P6).

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;

use crate::PATIENCE;
use crate::stage::{ADA, LOUNGE, Stage};
use crate::tape::Tape;

const LEASE: (&str, &str) = ("LEASE_TTL_S", "6");
/// What one player sends in a second, and a little.
const ONE_PLAYER: usize = 60;

pub(crate) fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().unwrap()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

/// SIGTERM, as a deployment or Spot sends it: somebody is asked to follow, and the music hardly stops.
#[tokio::test(flavor = "multi_thread")]
async fn told_to_go_it_plays_on_until_somebody_follows() {
    let stage = Stage::start().await;
    let supervisor = stage.aws.listen_as("timmybot-voice-supervisor");
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let env = [LEASE, ("VOICE_SUPERVISOR_FUNCTION", "timmybot-voice-supervisor")];
    let mut first = stage.worker(&env);
    stage.play(1, &["scale/120"]).await;
    tape.wait_second(Instant::now()).await;
    signal(&first, Signal::SIGTERM);
    let asked = supervisor.next().await;
    assert_eq!((&asked["type"], &asked["epoch"]), (&"hand_over".into(), &1.into()));
    let _second = stage.worker(&env);
    assert!(tokio::time::timeout(PATIENCE, first.wait()).await.unwrap().unwrap().success());
    let gone = Instant::now();
    let (before, at) = (tape.second().unwrap(), gone);
    let after = tape.wait_second(gone + Duration::from_secs(2)).await;
    let gap = tape.longest_gap(at.checked_sub(Duration::from_secs(10)).unwrap());
    assert!(gap < Duration::from_secs(1), "{gap:?}");
    let passed = u32::try_from(at.elapsed().as_secs()).unwrap();
    assert!(after.abs_diff(before + passed) <= 1, "{before} and {passed} s later {after}");
    assert!(tape.most_in_a_second(at.checked_sub(PATIENCE).unwrap_or(at)) <= ONE_PLAYER);
    assert_eq!(stage.discord.identified(), 1, "the second has resumed the first one's session");
}

/// Nobody comes: it goes all the same, in time.
#[tokio::test(flavor = "multi_thread")]
async fn told_to_go_it_does_not_wait_for_ever() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let mut worker = stage.worker(&[LEASE, ("HAND_OVER_S", "2")]);
    stage.play(1, &["440/120"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    signal(&worker, Signal::SIGTERM);
    assert!(tokio::time::timeout(PATIENCE, worker.wait()).await.unwrap().unwrap().success());
    let seen = stage.observed().await;
    assert!(!seen.handed_over && seen.heard.unwrap().position_ms > 0, "{seen:?}");
}

/// SIGKILL: within two seconds of its lease the next one plays from the checkpoint on.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_next_goes_on_at_the_checkpoint() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let mut first = stage.worker(&[LEASE]);
    stage.play(1, &["scale/120"]).await;
    stage.until_observed(|seen| seen.heard.is_some_and(|heard| heard.position_ms >= 4_000)).await;
    let _second = {
        first.kill().await.unwrap();
        stage.worker(&[LEASE])
    };
    let was = stage.observed().await.heard.unwrap();
    let killed = Instant::now() + Duration::from_millis(500);
    let leased = stage.until_epoch(2).await;
    let second = tape.wait_second(killed).await;
    let wait = tape.times(killed)[0].saturating_duration_since(leased);
    assert!(wait < Duration::from_secs(2), "{wait:?} after its lease");
    let expected = u32::try_from(was.position_ms / 1000).unwrap();
    assert!((expected..=expected + 1).contains(&second), "checkpoint at {expected} s, heard {second}");
    assert_eq!(stage.observed().await.heard.unwrap().run, was.run);
    assert_eq!(stage.discord.identified(), 1, "the second has resumed the first one's session");
}

/// A worker that was frozen for longer than its lease wakes up and plays nothing: somebody else does.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_worker_that_wakes_up_is_silent() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let mut first = stage.worker(&[LEASE]);
    stage.play(1, &["scale/120"]).await;
    tape.wait_second(Instant::now()).await;
    signal(&first, Signal::SIGSTOP);
    let frozen = Instant::now();
    let _second = stage.worker(&[LEASE]);
    stage.until_epoch(2).await;
    tape.wait_second(frozen + Duration::from_millis(500)).await;
    let awake = Instant::now();
    signal(&first, Signal::SIGCONT);
    tokio::time::timeout(PATIENCE, first.wait()).await.unwrap().unwrap();
    tape.wait_second(awake + Duration::from_secs(3)).await;
    assert!(tape.most_in_a_second(awake) <= ONE_PLAYER, "{}", tape.most_in_a_second(awake));
    assert!(stage.observed().await.heard.unwrap().playing);
}

/// The next worker knows who was in the room, though Discord does not say it again: an empty one is left.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_worker_knows_who_listens() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let mut first = stage.worker(&[LEASE]);
    stage.play(1, &["440/120"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.until_observed(|seen| seen.listeners.as_deref() == Some(&[ADA])).await;
    first.kill().await.unwrap();
    ada.reset();
    let mut second = stage.worker(&[LEASE, ("IDLE_LEAVE_S", "1"), ("IDLE_EXIT_S", "1")]);
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.discord.leave(ADA, crate::stage::GUILD);
    assert!(tokio::time::timeout(PATIENCE, second.wait()).await.unwrap().unwrap().success());
    assert_eq!(stage.discord.voice_state(crate::stage::GUILD, crate::stage::BOT), None);
}
