//! All voice sessions and rooms behind one lock: whose token opens what, and who hears whom.

mod ask;
mod protocol;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use super::Close;
use super::room::{Outbox, Room};
use super::rtp::Sealed;
use super::session::Session;
use crate::config::VoiceRules;
use crate::dave::DaveError;
use crate::ids::{ChannelId, GuildId, UserId};
use crate::listener::{Arrival, PcmFrame};

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

    /// A listener comes. The round that then waits for a client's commit.
    pub(crate) fn listener_joins(&self, channel: ChannelId, user: UserId) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.listener_joins(user, out))
    }

    /// A listener goes.
    pub(crate) fn listener_leaves(&self, channel: ChannelId, user: UserId) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.listener_leaves(user, out))
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
        let room = match self.rooms.entry(channel) {
            Entry::Occupied(room) => room.into_mut(),
            Entry::Vacant(place) => place.insert(Room::new(channel, rules)?),
        };
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
mod tests;
