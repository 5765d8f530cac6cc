//! Who hears what, under which keys: both of the transport's ciphers, listeners who come and go, and voice servers that
//! do not encrypt end to end.

use shared::domain::queue::Command;
use shared::ids::UserId;
use shared::store::deferred::{Purpose, ReplyKind};
use simulator::{CipherMode, Commits, Config, Fault, Heard, Listener, VoiceRules};

use crate::PATIENCE;
use crate::asking::{Asker, IN_PUBLIC};
use crate::stage::{ADA, BOT, GUILD, LOUNGE, Stage};

const GRACE: UserId = UserId::new(5002);

/// From the first note on, and no note before the listeners have their keys; whoever of them makes the group.
#[tokio::test(flavor = "multi_thread")]
async fn each_cipher_is_heard() {
    for (mode, commits) in
        [(CipherMode::Aes256Gcm, Commits::Bots), (CipherMode::XChaCha20Poly1305, Commits::Listeners)]
    {
        let voice = VoiceRules { modes: vec![mode], commits, ..VoiceRules::default() };
        let stage = Stage::with(Config { voice, ..Config::default() }).await;
        let ada = stage.discord.join(ADA, LOUNGE).unwrap();
        let _worker = stage.worker(&[]);
        stage.play(1, &["440/30"]).await;
        let (_, heard) = ada.wait_tone(440.0, PATIENCE).await.unwrap();
        let unread = (heard.undecryptable, heard.undecryptable_in_transition, heard.undecodable);
        assert_eq!((heard.lost, unread), (0, (0, 0, 0)), "{mode:?}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_listener_comes_and_goes_and_nobody_misses_a_frame() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    ada.reset();
    let grace = stage.discord.join(GRACE, LOUNGE).unwrap();
    until_in_group(&stage, GRACE, true).await;
    let (_, hers) = grace.wait_tone(440.0, PATIENCE).await.unwrap();
    assert_eq!((hers.lost, hers.undecryptable, hers.undecodable), (0, 0, 0), "{hers:?}");
    stage.discord.leave(GRACE, GUILD);
    until_in_group(&stage, GRACE, false).await;
    let with_her = heard(&ada).frames;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    let after = heard(&ada);
    assert!(after.frames > with_her, "{after:?}");
    assert_eq!((after.lost, after.undecryptable, after.silence_frames), (0, 0, 0), "{after:?}");
}

/// The voice server says "version 0". Nothing but silence goes out, and whoever waits is told; when the server has come
/// to its senses, the queue goes on.
#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_encrypted_end_to_end_nothing_is_played() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.discord.fault(Fault::RefuseDave { on: true }).unwrap();
    let asked = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav"]).await;
    let answer = stage.answer(&asked).await;
    let said = answer.content();
    assert!(said.starts_with("This voice channel does not support end-to-end encryption"), "{said}");
    until_left(&stage).await;
    assert_eq!(heard(&ada).first_frame_at, None, "{:?}", heard(&ada));
    stage.until_nobody_plays().await;
    stage.discord.fault(Fault::RefuseDave { on: false }).unwrap();
    stage.command(2, &Command::Resume).await;
    let (_, heard) = ada.wait_tone(440.0, PATIENCE).await.unwrap();
    assert_eq!(heard.undecryptable, 0, "{heard:?}");
    stage.nobody_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_the_bot_there_is_told_in_their_language() {
    let stage = Stage::start().await;
    let _ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.discord.fault(Fault::RefuseDave { on: true }).unwrap();
    let in_german = Asker { locale: "de", kind: ReplyKind::Ephemeral, ..IN_PUBLIC };
    let asked = stage.ask(1, Purpose::Join, in_german).await;
    stage.command(1, &Command::Join).await;
    let answer = stage.answer(&asked).await;
    let said = answer.content();
    assert!(answer.ephemeral && said.contains("keine Ende-zu-Ende-Verschlüsselung"), "{said}");
    until_left(&stage).await;
    stage.nobody_waits().await;
}

/// The same in the middle of a song, when the bot has to connect anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_encrypting_is_left() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.discord.fault(Fault::RefuseDave { on: true }).unwrap();
    stage.discord.fault(Fault::CloseVoice { guild: GUILD, bot: BOT, code: 4006 }).unwrap();
    // The session is gone, so whatever is heard from here on is of the next one.
    ada.reset();
    until_left(&stage).await;
    assert_eq!(heard(&ada).first_frame_at, None, "{:?}", heard(&ada));
}

fn heard(listener: &Listener) -> Heard {
    listener.heard(BOT).unwrap()
}

async fn until_in_group(stage: &Stage, user: UserId, is_in: bool) {
    let looking = stage
        .discord
        .wait_for(PATIENCE, |discord| (discord.group_members(LOUNGE).contains(&user) == is_in).then_some(()));
    looking.await.unwrap();
}

async fn until_left(stage: &Stage) {
    let gone =
        stage.discord.wait_for(PATIENCE, |discord| discord.voice_state(GUILD, BOT).is_none().then_some(()));
    gone.await.unwrap();
}
