//! A room with clients of flesh and bytes: `davey` sessions that speak the binary opcodes.

use std::collections::VecDeque;
use std::num::NonZeroU16;

use davey::{DaveSession, ProposalsOperationType};

use super::super::message::{Version, Wire};
use super::*;
use crate::config::Commits;
use crate::machine;

const CHANNEL: ChannelId = ChannelId::new(1002);
const BOT: UserId = UserId::new(9001);
const OTHER: UserId = UserId::new(9002);
const ADA: UserId = UserId::new(5001);
const GRACE: UserId = UserId::new(5002);
const LINUS: UserId = UserId::new(5003);
const VERSION: NonZeroU16 = NonZeroU16::MIN;

/// A channel with its clients.
struct Scene {
    room: Room,
    clients: BTreeMap<UserId, Client>,
    executed: Vec<(UserId, String)>,
}

struct Client {
    session: DaveSession,
    known: Vec<u64>,
    sequence: u16,
    mute: bool,
}

impl Scene {
    fn new(commits: Commits) -> Self {
        let rules = VoiceRules { commits, ..VoiceRules::default() };
        Self { room: Room::new(CHANNEL, &rules).unwrap(), clients: BTreeMap::new(), executed: Vec::new() }
    }

    fn bot(&mut self, user: UserId) {
        let session = DaveSession::new(VERSION, user.get(), CHANNEL.get(), None).unwrap();
        self.clients.insert(user, Client { session, known: vec![user.get()], sequence: 0, mute: false });
        let mut out = Outbox::new();
        self.room.bot_joins(user, true, &mut out);
        self.offer(user, &mut out);
        self.deliver(out);
    }

    fn offer(&mut self, user: UserId, out: &mut Outbox) {
        // The sender's package comes before the key package is accepted.
        let queued = std::mem::take(out);
        self.deliver(queued);
        let package = self.clients.get_mut(&user).unwrap().session.create_key_package().unwrap();
        self.room.key_package(user, package, out).unwrap();
    }

    fn joins(&mut self, user: UserId) {
        let mut out = Outbox::new();
        self.room.listener_joins(user, &mut out).unwrap();
        self.deliver(out);
    }

    fn leaves(&mut self, user: UserId) {
        let mut out = Outbox::new();
        self.room.listener_leaves(user, &mut out).unwrap();
        self.deliver(out);
    }

    fn bot_leaves(&mut self, user: UserId) {
        let mut out = Outbox::new();
        self.clients.remove(&user);
        self.room.bot_leaves(user, &mut out).unwrap();
        self.deliver(out);
    }

    fn deliver(&mut self, out: Outbox) {
        let mut queue = VecDeque::from(out);
        while let Some((user, message)) = queue.pop_front() {
            let mut out = Outbox::new();
            self.receive(user, &message, &mut out);
            queue.extend(out);
        }
    }

    /// As songbird does it.
    fn receive(&mut self, user: UserId, message: &Message, out: &mut Outbox) {
        let client = self.clients.get_mut(&user).unwrap();
        match message.encode(Version::Four, 0) {
            Wire::Text(text) => self.receive_text(user, &text, out),
            Wire::Binary(bytes) => match (bytes[0], &bytes[1..]) {
                (25, package) => client.session.set_external_sender(package).unwrap(),
                (27, proposals) => {
                    let made = client
                        .session
                        .process_proposals(
                            ProposalsOperationType::APPEND,
                            &proposals[1..],
                            Some(&client.known),
                        )
                        .unwrap()
                        .unwrap();
                    let bytes = [made.commit, made.welcome.unwrap_or_default()].concat();
                    if !client.mute {
                        self.room.commit(user, &bytes, out).unwrap();
                    }
                }
                (29, announced) => {
                    client.session.process_commit(&announced[2..]).unwrap();
                    self.room.ready(user, u16::from_be_bytes([announced[0], announced[1]]), out);
                }
                (30, welcome) => {
                    client.session.process_welcome(&welcome[2..]).unwrap();
                    self.room.ready(user, u16::from_be_bytes([welcome[0], welcome[1]]), out);
                }
                _ => {}
            },
        }
    }

    fn receive_text(&mut self, user: UserId, text: &str, out: &mut Outbox) {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let client = self.clients.get_mut(&user).unwrap();
        match value["op"].as_u64() {
            Some(11) => {
                let ids = value["d"]["user_ids"].as_array().unwrap();
                client.known.extend(ids.iter().map(|id| id.as_str().unwrap().parse::<u64>().unwrap()));
            }
            Some(22) => self.executed.push((user, value["d"]["transition_id"].to_string())),
            Some(24) => {
                client.session.reinit(VERSION, user.get(), CHANNEL.get(), None).unwrap();
                client.mute = false;
                let package = client.session.create_key_package().unwrap();
                self.room.key_package(user, package, out).unwrap();
            }
            _ => {}
        }
    }

    /// One frame of a bot. Who could read it.
    fn plays(&mut self, bot: UserId) -> Vec<UserId> {
        let client = self.clients.get_mut(&bot).unwrap();
        client.sequence += 1;
        let opus = opus2::Encoder::new(48_000, opus2::Channels::Stereo, opus2::Application::Audio)
            .unwrap()
            .encode_vec(&[9; 1920], 1000)
            .unwrap();
        let payload = client.session.encrypt_opus(&opus).unwrap().into_owned();
        let packet = Packet { ssrc: 1, sequence: client.sequence, timestamp: 0, payload };
        let arrival = Arrival { at: Instant::now(), when: machine::now() };
        self.room.packet(bot, &packet, arrival).into_iter().map(|frame| frame.listener).collect()
    }
}

#[test]
fn whoever_was_there_first_everybody_hears_the_bot() {
    for commits in [Commits::Bots, Commits::Listeners] {
        let mut scene = Scene::new(commits);
        scene.joins(ADA);
        scene.joins(GRACE);
        scene.bot(BOT);
        assert_eq!(scene.plays(BOT), [ADA, GRACE], "{commits:?}");
        assert_eq!(scene.executed, [(BOT, "1".to_owned())]);

        let mut scene = Scene::new(commits);
        scene.bot(BOT);
        scene.joins(ADA);
        assert_eq!(scene.plays(BOT), [ADA], "{commits:?}");
    }
}

#[test]
fn listeners_come_and_go_and_nobody_hears_more_than_their_time() {
    for commits in [Commits::Bots, Commits::Listeners] {
        let mut scene = Scene::new(commits);
        scene.joins(ADA);
        scene.joins(GRACE);
        scene.joins(LINUS);
        scene.bot(BOT);
        scene.leaves(GRACE);
        assert_eq!(scene.plays(BOT), [ADA, LINUS], "{commits:?}");
        scene.leaves(ADA);
        assert_eq!(scene.plays(BOT), [LINUS], "{commits:?}");
        scene.joins(GRACE);
        scene.joins(ADA);
        assert_eq!(scene.plays(BOT), [ADA, GRACE, LINUS], "{commits:?}");
        let heard = scene.room.ear(LINUS).unwrap().heard(BOT);
        assert_eq!((heard.frames, heard.lost, heard.undecryptable), (3, 0, 0));
    }
}

#[test]
fn two_bots_are_heard_apart() {
    for commits in [Commits::Bots, Commits::Listeners] {
        let mut scene = Scene::new(commits);
        scene.joins(ADA);
        scene.bot(BOT);
        scene.bot(OTHER);
        assert_eq!((scene.plays(BOT), scene.plays(OTHER)), (vec![ADA], vec![ADA]), "{commits:?}");
        scene.bot_leaves(BOT);
        assert_eq!(scene.plays(OTHER), [ADA], "{commits:?}");
    }
}

#[test]
fn a_bot_that_comes_back_is_heard_again() {
    for commits in [Commits::Bots, Commits::Listeners] {
        let mut scene = Scene::new(commits);
        scene.joins(ADA);
        for _ in 0..3 {
            scene.bot(BOT);
            assert_eq!(scene.plays(BOT), [ADA], "{commits:?}");
            scene.bot_leaves(BOT);
        }
    }
}

#[test]
fn a_bot_that_starts_anew_within_its_stay_is_heard_again() {
    for commits in [Commits::Bots, Commits::Listeners] {
        let mut scene = Scene::new(commits);
        scene.joins(ADA);
        scene.bot(BOT);
        let client = scene.clients.get_mut(&BOT).unwrap();
        client.session.reinit(VERSION, BOT.get(), CHANNEL.get(), None).unwrap();
        let mut out = Outbox::new();
        scene.offer(BOT, &mut out);
        scene.deliver(out);
        assert_eq!(scene.plays(BOT), [ADA], "{commits:?}");
    }
}

#[test]
fn when_a_bot_does_not_commit_a_listener_does() {
    let mut scene = Scene::new(Commits::Bots);
    scene.joins(ADA);
    scene.bot(BOT);
    scene.clients.get_mut(&BOT).unwrap().mute = true;
    scene.joins(GRACE);
    assert_eq!(scene.plays(BOT), [ADA]);
    let round = scene.room.waiting_round().unwrap();
    let mut out = Outbox::new();
    scene.room.round_timed_out(round + 1, &mut out).unwrap();
    assert!(out.is_empty());
    scene.room.round_timed_out(round, &mut out).unwrap();
    scene.deliver(out);
    assert_eq!(scene.plays(BOT), [ADA, GRACE]);
}

#[test]
fn a_creator_who_does_not_commit_is_asked_to_start_anew() {
    let mut scene = Scene::new(Commits::Bots);
    scene.bot(BOT);
    scene.clients.get_mut(&BOT).unwrap().mute = true;
    scene.joins(ADA);
    let round = scene.room.waiting_round().unwrap();
    let mut out = Outbox::new();
    scene.room.round_timed_out(round, &mut out).unwrap();
    scene.deliver(out);
    assert_eq!(scene.plays(BOT), [ADA]);
}

#[test]
fn somebody_elses_key_package_is_refused() {
    let mut scene = Scene::new(Commits::Bots);
    scene.bot(BOT);
    let package = scene.clients.get_mut(&BOT).unwrap().session.create_key_package().unwrap();
    assert!(scene.room.key_package(OTHER, package, &mut Outbox::new()).is_err());
    assert!(scene.room.commit(BOT, &[1, 2, 3], &mut Outbox::new()).is_err());
}
