//! What clients say on their sockets.

use serde_json::json;
use tokio::sync::mpsc;

use super::{Key, Opened, VoiceHub};
use crate::config::Dave;
use crate::dave::DaveError;
use crate::ids::{ChannelId, UserId};
use crate::machine;
use crate::voice::cipher::Cipher;
use crate::voice::frame::{Identify, Resume};
use crate::voice::message::{Message, Version};
use crate::voice::room::{Outbox, Room};
use crate::voice::session::{Opening, Out, Session};
use crate::voice::{CipherMode, Close};

impl VoiceHub {
    /// Op 0.
    pub(in crate::voice) fn identify(
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
        let opening = Opening { channel, user: key.1, ssrc, dave, version, line };
        inner.sessions.insert(key, Session::open(opening));
        inner.by_ssrc.insert(ssrc, key);
        Ok(Opened { key, ssrc })
    }

    /// Op 1. The answer (op 4) goes out before anything else; the round that then waits comes back.
    pub(in crate::voice) fn select(&self, key: Key, mode: CipherMode) -> Result<Option<u64>, Close> {
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
    pub(in crate::voice) fn resume(
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
    pub(in crate::voice) fn group(
        &self,
        key: Key,
        act: impl FnOnce(&mut Room, UserId, &mut Outbox) -> Result<(), DaveError>,
    ) -> Result<Option<u64>, Close> {
        let mut inner = self.lock();
        let channel = inner.sessions.get(&key).ok_or(Close::SessionInvalid)?.channel;
        inner.in_room(channel, &self.rules, |room, out| act(room, key.1, out)).map_err(|_| Close::DecodeError)
    }

    /// The time for a round of a channel is over.
    pub(in crate::voice) fn round_timed_out(
        &self,
        channel: ChannelId,
        number: u64,
    ) -> Result<Option<u64>, DaveError> {
        self.lock().in_room(channel, &self.rules, |room, out| room.round_timed_out(number, out))
    }

    /// The channel of a session.
    pub(in crate::voice) fn channel(&self, key: Key) -> Option<ChannelId> {
        self.lock().sessions.get(&key).map(|session| session.channel)
    }

    /// Op 5, passed on to the other clients of the channel.
    pub(in crate::voice) fn speaks(&self, key: Key, speaking: u64) {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&key) else { return };
        session.speaking = speaking;
        let (channel, message) = (session.channel, Message::speaking(key.1, session.ssrc, speaking));
        let others =
            inner.sessions.iter_mut().filter(|(other, one)| **other != key && one.channel == channel);
        others.for_each(|(_, other)| other.send(&message));
    }

    /// A message for one socket alone.
    pub(in crate::voice) fn answer(&self, key: Key, message: &Message) {
        if let Some(session) = self.lock().sessions.get_mut(&key) {
            session.send(message);
        }
    }

    /// A socket is gone. Whether its session waits for a resume.
    pub(in crate::voice) fn disconnected(&self, key: Key, line: &mpsc::Sender<Out>) -> bool {
        let mut inner = self.lock();
        let Some(session) = inner.sessions.get_mut(&key) else { return false };
        if session.is_connected() && !session.talks_on(line) {
            return false;
        }
        session.disconnect();
        true
    }

    /// Ends a session that nobody resumed.
    pub(in crate::voice) fn expire(&self, key: Key) {
        let mut inner = self.lock();
        if inner.sessions.get(&key).is_some_and(|session| !session.is_connected()) {
            inner.end(key, Close::SessionTimeout.code());
        }
    }
}
