//! Every form that a link can have: it is heard, or it is passed over, somebody is told why, and the queue goes on.

use shared::domain::queue::Command;
use tokio::process::Child;

use crate::PATIENCE;
use crate::asking::IN_PUBLIC;
use crate::stage::{ADA, LOUNGE, Stage};

/// 440 Hz in every form; `make.sh` beside them says how they were made.
const FORMATS: [&str; 8] = [
    "fixtures/tone.mp3",
    "fixtures/tone.m4a",
    "fixtures/tone.flac",
    "440/2.wav",
    "fixtures/tone.ogg",
    "fixtures/tone.opus",
    "fixtures/tone.webm",
    "fixtures/tone-vorbis.mkv",
];

/// What cannot be played, what it is called, and what is said of it.
const UNPLAYABLE: [(&str, &str, &str); 11] = [
    ("bad/missing.mp3", "missing.mp3", "it was not found"),
    ("bad/huge.wav", "huge.wav", "it is too large"),
    ("bad/circle.mp3", "circle.mp3", "its server sends me in circles"),
    ("bad/further/0/on.mp3", "on.mp3", "its server sends me in circles"),
    ("bad/metadata.mp3", "metadata.mp3", "its address is not allowed"),
    ("bad/private.mp3", "private.mp3", "its address is not allowed"),
    ("bad/loris.mp3", "loris.mp3", "its server is too slow"),
    ("bad/silent.mp3", "silent.mp3", "its server is too slow"),
    ("bad/words.mp3", "words.mp3", "there is no sound in it"),
    ("bad/broken/2/short.wav", "short.wav", "it broke off"),
    ("fixtures/he-aac.m4a", "he-aac.m4a", "its format is not supported"),
];

/// The most that a worker may ever hold in memory while it meets them, in kB. 42 MB were measured. The ten minutes that
/// are taken of the unending song are 115 MB as samples of 16 bits, so whoever kept them would be seen.
const MEMORY_MAX_KB: u64 = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn every_format_is_heard() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    // Another tone after each, so that a form that was passed over is missed.
    let after: Vec<u32> = (0..).map(|n| 600 + 60 * n).take(FORMATS.len()).collect();
    let files = FORMATS.iter().zip(&after).flat_map(|(file, hz)| [(*file).to_owned(), format!("{hz}/1.wav")]);
    stage.play_files(1, &files.collect::<Vec<_>>()).await;
    for (file, hz) in FORMATS.iter().zip(after) {
        assert!(ada.wait_tone(440.0, PATIENCE).await.is_ok(), "{file} is not heard");
        assert!(ada.wait_tone(hz.into(), PATIENCE).await.is_ok(), "nothing follows {file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_played_is_passed_over_and_it_is_said_why() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let worker = stage.worker(&[]);
    let card = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    for (op, (file, title, reason)) in (10..).step_by(2).zip(UNPLAYABLE) {
        let hz = u32::try_from(400 + 20 * op).unwrap();
        let next = format!("{hz}/60.wav");
        stage.command(op, &Command::Stop).await;
        let asked = stage.ask_to_play(op + 1, IN_PUBLIC, &[file, next.as_str()]).await;
        let answer = stage.answer(&asked).await;
        assert_eq!(answer.content(), format!("I could not play this: {reason}."), "{file}");
        assert!(ada.wait_tone(hz.into(), PATIENCE).await.is_ok(), "nothing follows {file}");
        stage.card_shows(&card, &[title, reason]).await;
    }
    stage.nobody_waits().await;
    assert_memory(&worker);
    let all = u64::try_from(UNPLAYABLE.len()).unwrap();
    assert_eq!(stage.counted("voice_tracks_failed"), all, "each is counted once");
    assert!(stage.counted("voice_tracks_started") > all, "the first tone, and the one after each");
}

/// It is heard, for as long as the guild allows a track to be; the rest is not fetched, and nothing of it is held.
#[tokio::test(flavor = "multi_thread")]
async fn an_unending_file_is_heard_and_let_go() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let worker = stage.worker(&[]);
    stage.play_files(1, &["bad/unending.wav", "660/60.wav"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.songs.unending_is_let_go().await;
    assert_memory(&worker);
    stage.command(2, &Command::Skip { expect: None }).await;
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
}

/// What has come of it by then is heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_is_heard_until_it_breaks_off() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    let card = stage.ask_to_play(1, IN_PUBLIC, &["bad/broken/12/long.wav", "660/60.wav"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    stage.card_shows(&card, &["long.wav", "it broke off"]).await;
}

/// `VmHWM`: the most that was ever resident (proc(5)).
fn assert_memory(worker: &Child) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let most: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most < MEMORY_MAX_KB, "{most} kB");
}
