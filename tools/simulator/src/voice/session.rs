//! One bot's stay in a voice channel, as its voice server sees it. It outlives its socket for as long as it may be
//! resumed.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::sync::mpsc;

use super::cipher::Cipher;
use super::message::{Message, Version, Wire};
use crate::ids::{ChannelId, UserId};

/// How many messages can be replayed.
const REPLAYED: usize = 256;

/// Something for a socket to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Out {
    Wire(Wire),
    Close(u16),
}

/// A session.
pub(super) struct Session {
    pub(super) channel: ChannelId,
    pub(super) user: UserId,
    pub(super) ssrc: u32,
    /// Whether both sides agreed to encrypt end to end.
    pub(super) dave: bool,
    pub(super) cipher: Option<Cipher>,
    /// Which flags of "speaking" it set last (Discord: "Speaking").
    pub(super) speaking: u64,
    version: Version,
    seq: u16,
    sent: VecDeque<(u16, Wire)>,
    line: Option<mpsc::Sender<Out>>,
}

/// Who opens it, and how.
pub(super) struct Opening {
    pub(super) channel: ChannelId,
    pub(super) user: UserId,
    pub(super) ssrc: u32,
    pub(super) dave: bool,
    pub(super) version: Version,
    pub(super) line: mpsc::Sender<Out>,
}

impl Session {
    pub(super) fn open(opening: Opening) -> Self {
        let Opening { channel, user, ssrc, dave, version, line } = opening;
        Self {
            channel,
            user,
            ssrc,
            dave,
            cipher: None,
            speaking: 0,
            version,
            seq: 0,
            sent: VecDeque::new(),
            line: Some(line),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.line.as_ref().is_some_and(|line| !line.is_closed())
    }

    /// Whether `line` is the one that it talks on.
    pub(super) fn talks_on(&self, line: &mpsc::Sender<Out>) -> bool {
        self.line.as_ref().is_some_and(|own| own.same_channel(line))
    }

    pub(super) fn disconnect(&mut self) {
        self.line = None;
    }

    /// Hangs up.
    pub(super) fn hang_up(&mut self, code: u16) {
        if let Some(line) = self.line.take() {
            let _ = line.try_send(Out::Close(code));
        }
    }

    /// Sends a message, and keeps it if a resume may ask for it.
    pub(super) fn send(&mut self, message: &Message) {
        if message.is_replayed() {
            self.seq = self.seq.wrapping_add(1);
        }
        let wire = message.encode(self.version, self.seq);
        if message.is_replayed() {
            if self.sent.len() == REPLAYED {
                self.sent.pop_front();
            }
            self.sent.push_back((self.seq, wire.clone()));
        }
        self.put(wire);
    }

    /// Takes the session over on a new line. From version 8 the client says what it saw last and gets the rest;
    /// before, whatever was sent in between is lost, as it is at Discord.
    pub(super) fn resume(&mut self, line: mpsc::Sender<Out>, version: Version, seq_ack: Option<i64>) {
        self.line = Some(line);
        self.version = version;
        self.send(&Message::Control(9, Value::Null));
        let (Version::Eight, Some(seen)) = (version, seq_ack) else { return };
        let seen = u16::try_from(seen).unwrap_or_default();
        let missed: Vec<Wire> = self
            .sent
            .iter()
            .filter(|(seq, _)| (1..0x8000).contains(&seq.wrapping_sub(seen)))
            .map(|(_, wire)| wire.clone())
            .collect();
        for wire in missed {
            self.put(wire);
        }
    }

    /// A client that does not read is cut off instead of filling our memory.
    fn put(&mut self, wire: Wire) {
        if self.line.as_ref().is_some_and(|line| line.try_send(Out::Wire(wire)).is_err()) {
            self.line = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(version: Version) -> (Session, mpsc::Receiver<Out>) {
        let (line, out) = mpsc::channel(512);
        let opening = Opening {
            channel: ChannelId::new(1002),
            user: UserId::new(9001),
            ssrc: 1,
            dave: true,
            version,
            line,
        };
        (Session::open(opening), out)
    }

    fn count(out: &mut mpsc::Receiver<Out>) -> usize {
        std::iter::from_fn(|| out.try_recv().ok()).count()
    }

    #[test]
    fn version_8_gets_what_it_missed_and_version_4_does_not() {
        for (version, expected) in [(Version::Eight, 1 + 2), (Version::Four, 1)] {
            let (mut session, _out) = session(version);
            session.send(&Message::prepare_epoch());
            session.disconnect();
            session.send(&Message::prepare_epoch());
            session.send(&Message::execute_transition(4));
            let (line, mut out) = mpsc::channel(16);
            session.resume(line, version, Some(1));
            assert_eq!(count(&mut out), expected, "{version:?}");
        }
    }

    #[test]
    fn sequence_numbers_wrap() {
        let (mut session, _out) = session(Version::Eight);
        session.seq = u16::MAX - 1;
        (0..3).for_each(|_| session.send(&Message::prepare_epoch()));
        let (line, mut out) = mpsc::channel(16);
        session.resume(line, Version::Eight, Some(i64::from(u16::MAX)));
        assert_eq!(count(&mut out), 1 + 2);
    }

    #[test]
    fn what_can_be_replayed_is_bounded() {
        let (mut session, mut out) = session(Version::Eight);
        (0..REPLAYED + 9).for_each(|_| session.send(&Message::prepare_epoch()));
        assert_eq!(session.sent.len(), REPLAYED);
        assert_eq!(count(&mut out), REPLAYED + 9);
        session.hang_up(4006);
        assert_eq!(out.try_recv().unwrap(), Out::Close(4006));
        assert!(!session.is_connected());
    }
}
