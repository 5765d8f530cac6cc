//! The voice connection breaks in every way that Discord documents: the song goes on at the same second, or stops for a
//! reason (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice-voice-close-event-codes>).

use std::time::{Duration, Instant};

use simulator::Fault;

use crate::PATIENCE;
use crate::asking::IN_PUBLIC;
use crate::stage::{ADA, BOT, GUILD, LOUNGE, STAGE_DOOR, Stage};
use crate::tape::Tape;

/// Every documented code, and a network that just ends (1006 is never sent; 1001 is what a restart of theirs sends).
const CODES: [u16; 18] = [
    1000, 1001, 4001, 4002, 4003, 4004, 4005, 4006, 4009, 4011, 4012, 4014, 4015, 4016, 4017, 4020, 4021,
    4022,
];

#[tokio::test(flavor = "multi_thread")]
async fn after_every_close_code_the_song_goes_on_where_it_was() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let _worker = stage.worker(&[]);
    stage.play(1, &["scale/300"]).await;
    for code in CODES {
        let before = tape.wait_second(Instant::now()).await;
        assert!(stage.discord.fault(Fault::CloseVoice { guild: GUILD, bot: BOT, code }).unwrap());
        // What was on its way is not what comes after.
        let closed = Instant::now() + Duration::from_millis(60);
        let after = tape.wait_second(closed).await;
        assert!((before..=before + 2).contains(&after), "{code}: {before} s, then {after} s");
        assert!(stage.discord.is_voice_connected(GUILD, BOT), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kicked_it_stays_away_until_somebody_calls() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let mut worker = stage.worker(&[("IDLE_EXIT_S", "1")]);
    let card = stage.ask_to_play(1, IN_PUBLIC, &["440/120.wav"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.answer(&card).await;
    assert!(stage.discord.fault(Fault::Kick { guild: GUILD, user: BOT }).unwrap());
    assert!(tokio::time::timeout(PATIENCE, worker.wait()).await.unwrap().unwrap().success());
    assert_eq!(stage.discord.voice_state(GUILD, BOT), None);
    let seen = stage.observed().await;
    assert_eq!((seen.channel, seen.listeners), (None, None));
    stage.card_shows(&card, &["Somebody took me out of the voice channel"]).await;
    // Its queue is kept, and whoever calls hears the rest of the song.
    ada.reset();
    let _next = stage.worker(&[]);
    stage.command(2, &shared::domain::queue::Command::Resume).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    assert!(stage.observed().await.heard.unwrap().position_ms > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_it_follows_and_another_region_changes_nothing() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/120"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    assert!(stage.discord.fault(Fault::MoveRegion { guild: GUILD, bot: BOT }).unwrap());
    ada.reset();
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    let ada = stage.discord.join(ADA, STAGE_DOOR).unwrap();
    stage.discord.move_bot(BOT, STAGE_DOOR).unwrap();
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.until_observed(|seen| seen.channel == Some(STAGE_DOOR)).await;
}

/// The main gateway's end is not the music's, whether its session can be resumed or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_gateway_is_not_heard() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let tape = Tape::start(&ada);
    let _worker = stage.worker(&[]);
    stage.play(1, &["scale/300"]).await;
    tape.wait_second(Instant::now()).await;
    for (code, refused) in [(4000, false), (4009, true)] {
        let start = Instant::now();
        stage.discord.fault(Fault::RefuseResume { on: refused }).unwrap();
        stage.discord.fault(Fault::CloseGateway { code }).unwrap();
        let online = stage.discord.wait_for(PATIENCE, |sim| sim.is_online(BOT).then_some(()));
        online.await.unwrap();
        tape.wait_second(start + Duration::from_secs(3)).await;
        assert!(tape.longest_gap(start) < Duration::from_secs(1), "{code}: {:?}", tape.longest_gap(start));
    }
    // And commands still reach it.
    stage.command(2, &shared::domain::queue::Command::Pause).await;
    stage.until_observed(|seen| seen.heard.is_some_and(|heard| !heard.playing)).await;
}
