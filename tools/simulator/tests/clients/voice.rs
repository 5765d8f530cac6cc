//! Songbird in a voice channel with people who listen.

use std::time::Duration;

use simulator::{
    ChannelId, CipherMode, Commits, Config, Fault, GuildId, Heard, Listener, Simulator, UdpFault, UserId,
    VoiceRules,
};

use super::role::{self, Client};
use super::songbird_bot;
use super::tone::TONE;

const GUILD: GuildId = GuildId::new(1000);
const LOUNGE: ChannelId = ChannelId::new(1002);
const ADA: UserId = UserId::new(5001);
const GRACE: UserId = UserId::new(5002);
const BOT: UserId = UserId::new(9001);
const PATIENCE: Duration = Duration::from_secs(20);

/// A simulator with Ada listening and the client of the test `name` playing to her.
struct Scene {
    simulator: Simulator,
    ada: Listener,
    _client: Client,
}

impl Scene {
    async fn new(name: &str, cipher: &str, voice: VoiceRules) -> Self {
        let simulator = Simulator::start(Config { voice, ..Config::default() }).unwrap();
        let ada = simulator.join(ADA, LOUNGE).unwrap();
        let client = role::start(&format!("voice::{name}"), &simulator, cipher);
        ada.wait_tone(TONE, PATIENCE).await.unwrap();
        ada.reset();
        Self { simulator, ada, _client: client }
    }

    /// What Ada hears in so many more frames.
    async fn hears(&self, frames: u64) -> Heard {
        let mut stream = self.ada.frames();
        let heard = tokio::time::timeout(PATIENCE, async {
            loop {
                stream.recv().await.unwrap();
                let heard = self.ada.heard(BOT).unwrap();
                if heard.frames >= frames {
                    return heard;
                }
            }
        });
        heard.await.unwrap()
    }
}

fn is_clean(heard: &Heard) {
    let Heard { lost, undecryptable, undecodable, .. } = *heard;
    assert_eq!((lost, undecryptable, undecodable), (0, 0, 0));
}

fn run(test: impl Future<Output = ()>) {
    match role::child() {
        Some(role) => songbird_bot::run(&role),
        None => tokio::runtime::Runtime::new().unwrap().block_on(test),
    }
}

#[test]
fn aes_and_a_commit_of_the_bot() {
    run(async {
        let scene = Scene::new("aes_and_a_commit_of_the_bot", "aes", VoiceRules::default()).await;
        is_clean(&scene.hears(100).await);
        is_clean(&scene.ada.wait_tone(TONE, PATIENCE).await.unwrap().1);
        assert_eq!(scene.simulator.group_members(LOUNGE).len(), 2);
        assert_eq!(scene.simulator.speaking(GUILD, BOT) & 1, 1);
        scene.simulator.stop().await;
    });
}

#[test]
fn xchacha_and_a_welcome() {
    run(async {
        let modes = vec![CipherMode::XChaCha20Poly1305];
        let rules = VoiceRules { modes, commits: Commits::Listeners, ..VoiceRules::default() };
        let scene = Scene::new("xchacha_and_a_welcome", "xchacha", rules).await;
        is_clean(&scene.hears(100).await);
        is_clean(&scene.ada.wait_tone(TONE, PATIENCE).await.unwrap().1);
    });
}

#[test]
fn somebody_comes_and_goes_in_the_middle_of_a_song() {
    run(async {
        let scene =
            Scene::new("somebody_comes_and_goes_in_the_middle_of_a_song", "aes", VoiceRules::default()).await;
        let grace = scene.simulator.join(GRACE, LOUNGE).unwrap();
        let (bot, heard) = grace.wait_tone(TONE, PATIENCE).await.unwrap();
        assert_eq!((bot, heard.undecryptable), (BOT, 0), "{heard:?}");
        assert!(scene.simulator.leave(GRACE, GUILD));
        assert!(grace.heard(BOT).is_none());
        let alone = |one: &Simulator| (one.group_members(LOUNGE).len() == 2).then_some(());
        scene.simulator.wait_for(PATIENCE, alone).await.unwrap();
        let so_far = scene.ada.heard(BOT).unwrap().frames;
        is_clean(&scene.hears(so_far + 50).await);
        is_clean(&scene.ada.wait_tone(TONE, PATIENCE).await.unwrap().1);
    });
}

#[test]
fn a_lost_voice_socket_is_resumed_and_the_song_goes_on() {
    run(async {
        let name = "a_lost_voice_socket_is_resumed_and_the_song_goes_on";
        let scene = Scene::new(name, "aes", VoiceRules::default()).await;
        let close = Fault::CloseVoice { guild: GUILD, bot: BOT, code: 4015 };
        assert!(scene.simulator.fault(close).unwrap());
        let back = |one: &Simulator| one.is_voice_connected(GUILD, BOT).then_some(());
        scene.simulator.wait_for(PATIENCE, back).await.unwrap();
        let so_far = scene.ada.heard(BOT).unwrap().frames;
        is_clean(&scene.hears(so_far + 50).await);
        is_clean(&scene.ada.wait_tone(TONE, PATIENCE).await.unwrap().1);
    });
}

#[test]
fn an_invalid_session_makes_it_join_again() {
    run(async {
        let scene = Scene::new("an_invalid_session_makes_it_join_again", "aes", VoiceRules::default()).await;
        assert!(scene.simulator.fault(Fault::CloseVoice { guild: GUILD, bot: BOT, code: 4006 }).unwrap());
        scene.ada.reset();
        scene.ada.wait_tone(TONE, PATIENCE).await.unwrap();
        assert!(scene.simulator.is_voice_connected(GUILD, BOT));
    });
}

#[test]
fn a_kick_ends_the_sound() {
    run(async {
        let scene = Scene::new("a_kick_ends_the_sound", "aes", VoiceRules::default()).await;
        scene.simulator.fault(Fault::RefuseDave { on: false }).unwrap();
        assert!(scene.simulator.fault(Fault::Kick { guild: GUILD, user: BOT }).unwrap());
        assert!(!scene.simulator.is_voice_connected(GUILD, BOT));
        assert!(scene.simulator.group_members(LOUNGE).is_empty());
        assert!(scene.simulator.with_world(|world| world.voice_state(GUILD, BOT).is_none()));
    });
}

#[test]
fn without_dave_it_is_heard_in_clear() {
    run(async {
        let rules = VoiceRules { dave: simulator::Dave::Off, ..VoiceRules::default() };
        let scene = Scene::new("without_dave_it_is_heard_in_clear", "aes", rules).await;
        is_clean(&scene.hears(50).await);
        is_clean(&scene.ada.wait_tone(TONE, PATIENCE).await.unwrap().1);
        assert!(scene.simulator.group_members(LOUNGE).is_empty());
    });
}

#[test]
fn what_the_network_loses_is_counted() {
    run(async {
        let scene = Scene::new("what_the_network_loses_is_counted", "aes", VoiceRules::default()).await;
        let bad = UdpFault { drop_percent: 20, ..UdpFault::default() };
        scene.simulator.fault(Fault::Udp(bad)).unwrap();
        let heard = scene.hears(100).await;
        assert!((10..50).contains(&heard.lost), "{heard:?}");
        assert_eq!(heard.undecryptable, 0);
    });
}
