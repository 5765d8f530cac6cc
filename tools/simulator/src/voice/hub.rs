//! All voice sessions and rooms behind one lock: whose token opens what, and who hears whom.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::{broadcast, mpsc};

use super::cipher::Cipher;
use super::frame::{Identify, Resume};
use super::message::{Message, Version};
use super::room::{Outbox, Room};
use super::rtp::Sealed;
use super::session::{Opening, Out, Session};
use super::{CipherMode, Close};
use crate::config::{Dave, VoiceRules};
use crate::dave::DaveError;
use crate::ids::{ChannelId, GuildId, UserId};
use crate::listener::{Arrival, Ear, Heard, PcmFrame};
use crate::machine;

/// How many decoded frames may wait for whoever listens to them.
const FRAMES: usize = 1024;

/// Whose session: a bot has one a guild.
pub(super) type Key = (GuildId, UserId);

/// What the main gateway has granted a bot: a channel, and the secrets to open a session there with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) channel: ChannelId,
    pub(crate) session_id: String,
    pub(crate) token: String,
}

/// The voice servers' state.
pub(crate) struct VoiceHub {
    rules: VoiceRules,
    inner: Mutex<Inner>,
    frames: broadcast::Sender<PcmFrame>,
}

#[derive(Default)]
struct Inner {
    stays: BTreeMap<Key, Stay>,
    sessions: BTreeMap<Key, Session>,
    rooms: BTreeMap<ChannelId, Room>,
    by_ssrc: BTreeMap<u32, Key>,
    ssrcs: u32,
    refuse_dave: bool,
}

/// A session that was opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub(super) key: Key,
    pub(super) ssrc: u32,
}

impl VoiceHub {
    pub(crate) fn new(rules: VoiceRules) -> Self {
        Self { rules, inner: Mutex::default(), frames: broadcast::channel(FRAMES).0 }
    }

    pub(super) fn rules(&self) -> &VoiceRules {
        &self.rules
    }

    /// Decoded frames, as they come.
    pub(crate) fn frames(&self) -> broadcast::Receiver<PcmFrame> {
        self.frames.subscribe()
    }

    /// The main gateway grants a bot its stay. A session in another channel ends (4014), as a move ends it at Discord.
    pub(crate) fn grant(&self, guild: GuildId, bot: UserId, stay: Stay) {
        let mut inner = self.lock();
        if inner.sessions.get(&(guild, bot)).is_some_and(|session| session.channel != stay.channel) {
            inner.end((guild, bot), Close::Disconnected.code());
        }
        inner.stays.insert((guild, bot), stay);
    }

    /// A bot has left, or was made to.
    pub(crate) fn revoke(&self, guild: GuildId, bot: UserId) {
        let mut inner = self.lock();
        inner.stays.remove(&(guild, bot));
        inner.end((guild, bot), Close::Disconnected.code());
    }

    /// Hangs up on a bot's voice socket; whether it may resume depends on the code, and is the client's to know.
    pub(crate) fn hang_up(&self, guild: GuildId, bot: UserId, code: u16) -> bool {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&(guild, bot)).filter(|one| one.is_connected()) else {
            return false;
        };
        session.hang_up(code);
        // After these Discord knows the session no more.
        if matches!(code, 4006 | 4009 | 4011 | 4014 | 4022) {
            inner.end((guild, bot), code);
        }
        true
    }

    /// From now on whoever joins is told that nobody encrypts end to end.
    pub(crate) fn refuse_dave(&self, refuse: bool) {
        self.lock().refuse_dave = refuse;
    }

    /// Whether a bot has a voice socket.
    pub(crate) fn is_connected(&self, guild: GuildId, bot: UserId) -> bool {
        self.lock().sessions.get(&(guild, bot)).is_some_and(Session::is_connected)
    }

    /// The speaking flags that a bot set last.
    pub(crate) fn speaking(&self, guild: GuildId, bot: UserId) -> u64 {
        self.lock().sessions.get(&(guild, bot)).map_or(0, |session| session.speaking)
    }

    /// Who is in a channel's encrypted group.
    pub(crate) fn group_members(&self, channel: ChannelId) -> Vec<UserId> {
        self.lock().rooms.get(&channel).map(Room::group_members).unwrap_or_default()
    }

    /// A listener comes. The round that then waits for a client's commit.
    pub(crate) fn listener_joins(&self, channel: ChannelId, user: UserId) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.listener_joins(user, out))
    }

    /// A listener goes.
    pub(crate) fn listener_leaves(&self, channel: ChannelId, user: UserId) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.listener_leaves(user, out))
    }

    /// Asks a listener something.
    pub(crate) fn with_ear<T>(
        &self,
        channel: ChannelId,
        user: UserId,
        ask: impl FnOnce(&mut Ear) -> T,
    ) -> Option<T> {
        self.lock().rooms.get_mut(&channel)?.ear(user).map(ask)
    }

    /// What a listener heard of a bot. The spectrum is computed outside the lock: sound goes on meanwhile.
    pub(crate) fn heard(&self, channel: ChannelId, user: UserId, bot: UserId) -> Option<Heard> {
        let tally = self.with_ear(channel, user, |ear| ear.tally(bot))?;
        Some(tally.heard())
    }

    /// Op 0.
    pub(super) fn identify(
        &self,
        identify: &Identify,
        version: Version,
        line: mpsc::Sender<Out>,
    ) -> Result<Opened, Close> {
        let mut inner = self.lock();
        let key = (identify.server_id, identify.user_id);
        let stay = inner.stays.get(&key).ok_or(Close::SessionInvalid)?;
        if stay.session_id != identify.session_id {
            return Err(Close::SessionInvalid);
        }
        if stay.token != identify.token {
            return Err(Close::AuthenticationFailed);
        }
        let channel = stay.channel;
        let able = identify.max_dave_protocol_version > 0;
        if self.rules.dave == Dave::Required && !able {
            return Err(Close::DaveRequired);
        }
        inner.end(key, Close::SessionInvalid.code());
        inner.ssrcs += 1;
        let ssrc = inner.ssrcs;
        let dave = able && self.rules.dave != Dave::Off && !inner.refuse_dave;
        let opening = Opening { guild: key.0, channel, user: key.1, ssrc, dave, version, line };
        inner.sessions.insert(key, Session::open(opening));
        inner.by_ssrc.insert(ssrc, key);
        Ok(Opened { key, ssrc })
    }

    /// Op 1. The answer (op 4) goes out before anything else; the round that then waits comes back.
    pub(super) fn select(&self, key: Key, mode: CipherMode) -> Result<Option<u64>, Close> {
        if !self.rules.modes.contains(&mode) {
            return Err(Close::UnknownEncryption);
        }
        let secret: [u8; 32] = machine::random().map_err(|_| Close::SessionTimeout)?;
        let mut inner = self.lock();
        let session = inner.sessions.get_mut(&key).ok_or(Close::SessionInvalid)?;
        session.cipher = Some(Cipher::new(mode, &secret));
        let (channel, dave) = (session.channel, session.dave);
        session.send(&Message::Json(
            4,
            json!({
                "mode": mode,
                "secret_key": secret,
                "dave_protocol_version": u8::from(dave),
                "audio_codec": "opus",
                "video_codec": null,
                "media_session_id": hex::encode(&secret[..4]),
            }),
        ));
        inner
            .in_room(channel, &self.rules, |room, out| {
                room.bot_joins(key.1, dave, out);
                Ok(())
            })
            .map_err(|_| Close::SessionTimeout)
    }

    /// Op 7. The channel that the session is in, if there is one to resume.
    pub(super) fn resume(
        &self,
        resume: &Resume,
        version: Version,
        line: mpsc::Sender<Out>,
    ) -> Result<Key, Close> {
        let mut inner = self.lock();
        let stay = inner.stays.iter().find(|((guild, _), stay)| {
            *guild == resume.server_id && stay.session_id == resume.session_id && stay.token == resume.token
        });
        let key = stay.map(|(key, _)| *key).ok_or(Close::SessionInvalid)?;
        let session = inner.sessions.get_mut(&key).ok_or(Close::SessionInvalid)?;
        session.resume(line, version, resume.seq_ack);
        Ok(key)
    }

    /// Something about the encrypted group, from a client. The round that then waits comes back.
    pub(super) fn group(
        &self,
        key: Key,
        act: impl FnOnce(&mut Room, UserId, &mut Outbox) -> Result<(), DaveError>,
    ) -> Result<Option<u64>, Close> {
        let mut inner = self.lock();
        let channel = inner.sessions.get(&key).ok_or(Close::SessionInvalid)?.channel;
        inner.in_room(channel, &self.rules, |room, out| act(room, key.1, out)).map_err(|_| Close::DecodeError)
    }

    /// The time for a round of a channel is over.
    pub(super) fn round_timed_out(&self, channel: ChannelId, number: u64) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.round_timed_out(number, out))
    }

    /// The channel of a session.
    pub(super) fn channel(&self, key: Key) -> Option<ChannelId> {
        self.lock().sessions.get(&key).map(|session| session.channel)
    }

    /// Op 5, passed on to the other clients of the channel.
    pub(super) fn speaks(&self, key: Key, speaking: u64) {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&key) else { return };
        session.speaking = speaking;
        let (channel, message) = (session.channel, Message::speaking(key.1, session.ssrc, speaking));
        let others =
            inner.sessions.iter_mut().filter(|(other, one)| **other != key && one.channel == channel);
        others.for_each(|(_, other)| other.send(&message));
    }

    /// A message for one socket alone.
    pub(super) fn answer(&self, key: Key, message: &Message) {
        if let Some(session) = self.lock().sessions.get_mut(&key) {
            session.send(message);
        }
    }

    /// A socket is gone. Whether its session waits for a resume.
    pub(super) fn disconnected(&self, key: Key, line: &mpsc::Sender<Out>) -> bool {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&key) else { return false };
        if session.is_connected() && !session.talks_on(line) {
            return false;
        }
        session.disconnect();
        true
    }

    /// Ends a session that nobody resumed.
    pub(super) fn expire(&self, key: Key) {
        let mut inner = self.lock();
        if inner.sessions.get(&key).is_some_and(|session| !session.is_connected()) {
            inner.end(key, Close::SessionTimeout.code());
        }
    }

    /// A packet from the network.
    pub(crate) fn packet(&self, bytes: &[u8], arrival: Arrival) {
        let Some(sealed) = Sealed::parse(bytes) else { return };
        let mut inner = self.lock();
        let Some(session) = inner.by_ssrc.get(&sealed.ssrc).and_then(|key| inner.sessions.get(key)) else {
            return;
        };
        let Some(packet) = session.cipher.as_ref().and_then(|cipher| sealed.open(cipher)) else { return };
        let (bot, channel) = (session.user, session.channel);
        let Some(room) = inner.rooms.get_mut(&channel) else { return };
        for frame in room.packet(bot, &packet, arrival) {
            // Nobody has to listen.
            let _ = self.frames.send(frame);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Lets a room act and sends what comes of it. The round that waits for a commit afterwards.
    fn in_room(
        &mut self,
        channel: ChannelId,
        rules: &VoiceRules,
        act: impl FnOnce(&mut Room, &mut Outbox) -> Result<(), DaveError>,
    ) -> Result<Option<u64>, DaveError> {
        if !self.rooms.contains_key(&channel) {
            self.rooms.insert(channel, Room::new(channel, rules)?);
        }
        let Some(room) = self.rooms.get_mut(&channel) else { return Ok(None) };
        let mut out = Outbox::new();
        let result = act(room, &mut out);
        let waiting = room.waiting_round();
        if room.is_empty() {
            self.rooms.remove(&channel);
        }
        for (user, message) in out {
            let session = self.sessions.values_mut().find(|one| one.user == user && one.channel == channel);
            if let Some(session) = session {
                session.send(&message);
            }
        }
        result.map(|()| waiting)
    }

    fn end(&mut self, key: Key, code: u16) {
        let Some(mut session) = self.sessions.remove(&key) else { return };
        session.hang_up(code);
        self.by_ssrc.remove(&session.ssrc);
        let Some(room) = self.rooms.get_mut(&session.channel) else { return };
        let mut out = Outbox::new();
        // A group that cannot go on is made anew by whoever joins next.
        let _ = room.bot_leaves(key.1, &mut out);
        if room.is_empty() {
            self.rooms.remove(&session.channel);
        }
        for (user, message) in out {
            let other =
                self.sessions.values_mut().find(|one| one.user == user && one.channel == session.channel);
            if let Some(other) = other {
                other.send(&message);
            }
        }
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
