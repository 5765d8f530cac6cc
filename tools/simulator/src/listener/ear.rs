//! One listener: keys, decoders, and what was heard of each bot.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opus2::{Channels, Decoder};

use super::heard::{Arrival, Tally};
use super::{CHANNELS, PcmFrame, SAMPLE_RATE};
use crate::dave::{DaveError, ExternalSender, Member};
use crate::ids::{ChannelId, UserId};
use crate::voice::Packet;

/// An Opus frame of silence; it travels in clear (<https://daveprotocol.com/#silence-packets>).
const SILENCE: [u8; 3] = [0xF8, 0xFF, 0xFE];

/// The longest Opus frame: 120 ms.
const LONGEST_FRAME: usize = SAMPLE_RATE as usize / 1000 * 120 * CHANNELS;

/// How long after a change of keys old packets may still be on their way.
const TRANSITION: Duration = Duration::from_millis(250);

/// A listener.
pub(crate) struct Ear {
    user: UserId,
    channel: ChannelId,
    pcm: Duration,
    member: Option<Member>,
    keys: Keys,
    bots: BTreeMap<UserId, Stream>,
}

struct Stream {
    decoder: Decoder,
    tally: Tally,
}

/// Since when it can read what is sent.
enum Keys {
    None,
    Changing,
    Since(Instant),
}

impl Keys {
    /// Whether packets that came at that time may have been sent under older keys.
    fn are_new(&self, at: Instant) -> bool {
        match self {
            Self::None | Self::Changing => true,
            Self::Since(settled) => at.saturating_duration_since(*settled) < TRANSITION,
        }
    }
}

/// What became of a frame.
enum Read {
    Opus(Vec<u8>),
    Unreadable,
}

impl Ear {
    /// A listener who can be a member of the encrypted group, if there is a sender.
    pub(crate) fn new(
        user: UserId,
        channel: ChannelId,
        pcm: Duration,
        sender: Option<&ExternalSender>,
    ) -> Result<Self, DaveError> {
        let member = sender.map(|sender| Member::new(user, channel, sender)).transpose()?;
        Ok(Self { user, channel, pcm, member, keys: Keys::None, bots: BTreeMap::new() })
    }

    /// Its place in the group.
    pub(crate) fn member(&mut self) -> Option<&mut Member> {
        self.member.as_mut()
    }

    /// It has just been let in: those who send do not know yet.
    pub(crate) fn keys_change(&mut self) {
        self.keys = Keys::Changing;
    }

    /// All who send have confirmed the change.
    pub(crate) fn keys_settle(&mut self, now: Instant) {
        self.keys = Keys::Since(now);
    }

    /// A packet of a bot, with the transport's encryption taken off. `encrypted` says whether the bot agreed to
    /// encrypt end to end, `is_new` that it is not in the group yet.
    pub(crate) fn hear(
        &mut self,
        bot: UserId,
        packet: &Packet,
        (encrypted, is_new): (bool, bool),
        arrival: Arrival,
    ) -> Result<Option<PcmFrame>, DaveError> {
        let opus = self.read(bot, packet, encrypted);
        let in_transition = is_new || self.keys.are_new(arrival.at);
        let stream = self.stream(bot)?;
        stream.tally.packet(packet.ssrc, packet.sequence);
        let opus = match opus {
            Read::Opus(opus) => opus,
            Read::Unreadable if in_transition => {
                stream.tally.in_transition += 1;
                return Ok(None);
            }
            Read::Unreadable => {
                stream.tally.undecryptable += 1;
                return Ok(None);
            }
        };
        let Some(pcm) = stream.decode(&opus, arrival) else { return Ok(None) };
        Ok(Some(PcmFrame { channel: self.channel, bot, listener: self.user, at: arrival.at, pcm }))
    }

    fn read(&mut self, bot: UserId, packet: &Packet, encrypted: bool) -> Read {
        if packet.payload == SILENCE || !encrypted {
            return Read::Opus(packet.payload.clone());
        }
        let member = self.member.as_mut().filter(|member| member.is_ready());
        member.and_then(|member| member.decrypt(bot, &packet.payload)).map_or(Read::Unreadable, Read::Opus)
    }

    /// The count of what was heard of a bot; nothing yet is all zeroes.
    pub(crate) fn tally(&self, bot: UserId) -> Tally {
        self.bots.get(&bot).map_or_else(|| Tally::new(Duration::ZERO), |stream| stream.tally.clone())
    }

    #[cfg(test)]
    pub(crate) fn heard(&self, bot: UserId) -> super::Heard {
        self.tally(bot).heard()
    }

    /// Which bots were heard at all.
    pub(crate) fn bots(&self) -> impl Iterator<Item = UserId> {
        self.bots.keys().copied()
    }

    /// Forgets what was heard, of every bot.
    pub(crate) fn reset(&mut self) {
        for stream in self.bots.values_mut() {
            stream.tally = Tally::new(self.pcm);
        }
    }

    fn stream(&mut self, bot: UserId) -> Result<&mut Stream, DaveError> {
        Ok(match self.bots.entry(bot) {
            Entry::Occupied(stream) => stream.into_mut(),
            Entry::Vacant(place) => {
                let decoder = Decoder::new(SAMPLE_RATE, Channels::Stereo).map_err(DaveError::of)?;
                place.insert(Stream { decoder, tally: Tally::new(self.pcm) })
            }
        })
    }
}

impl Stream {
    fn decode(&mut self, opus: &[u8], arrival: Arrival) -> Option<Arc<[i16]>> {
        let mut pcm = vec![0; LONGEST_FRAME];
        let Ok(samples) = self.decoder.decode(opus, &mut pcm, false) else {
            self.tally.undecodable += 1;
            return None;
        };
        pcm.truncate(samples * CHANNELS);
        self.tally.frame(&pcm, opus == SILENCE, arrival);
        Some(pcm.into())
    }
}

#[cfg(test)]
mod tests {
    use opus2::{Application, Encoder};

    use super::*;
    use crate::machine;

    const BOT: UserId = UserId::new(9001);

    fn arrival() -> Arrival {
        Arrival { at: Instant::now(), when: machine::now() }
    }

    fn packet(sequence: u16, payload: &[u8]) -> Packet {
        Packet { ssrc: 1, sequence, timestamp: 0, payload: payload.to_vec() }
    }

    fn ear() -> Ear {
        Ear::new(UserId::new(5001), ChannelId::new(1002), Duration::from_secs(1), None).unwrap()
    }

    #[test]
    fn plain_opus_is_decoded_where_nobody_encrypts() {
        let mut encoder = Encoder::new(SAMPLE_RATE, Channels::Stereo, Application::Audio).unwrap();
        let opus = encoder.encode_vec(&[0; 1920], 1000).unwrap();
        let mut ear = ear();
        let frame = ear.hear(BOT, &packet(1, &opus), (false, false), arrival()).unwrap().unwrap();
        assert_eq!(frame.pcm.len(), 1920);
        assert_eq!(ear.heard(BOT).frames, 1);
    }

    #[test]
    fn silence_is_heard_in_clear_and_rubbish_is_counted() {
        let mut ear = ear();
        let settled = Instant::now();
        ear.keys_settle(settled);
        let arrival = || Arrival { at: settled + TRANSITION, when: machine::now() };
        ear.hear(BOT, &packet(1, &SILENCE), (true, false), arrival()).unwrap();
        ear.hear(BOT, &packet(2, &[1, 2, 3, 4, 5]), (true, false), arrival()).unwrap();
        ear.hear(BOT, &packet(3, &[0xFF; 2]), (false, false), arrival()).unwrap();
        let heard = ear.heard(BOT);
        assert_eq!((heard.silence_frames, heard.undecryptable, heard.undecodable), (1, 1, 1));
    }

    #[test]
    fn in_the_moment_of_new_keys_unreadable_frames_are_counted_apart() {
        let mut ear = ear();
        ear.keys_settle(Instant::now());
        ear.hear(BOT, &packet(1, &[1, 2, 3, 4, 5]), (true, false), arrival()).unwrap();
        let heard = ear.heard(BOT);
        assert_eq!((heard.undecryptable, heard.undecryptable_in_transition), (0, 1));
    }

    #[test]
    fn a_reset_forgets_the_counts_and_not_the_stream() {
        let mut ear = ear();
        ear.hear(BOT, &packet(1, &SILENCE), (true, false), arrival()).unwrap();
        ear.reset();
        assert_eq!(ear.heard(BOT).frames, 0);
        assert_eq!(ear.bots().collect::<Vec<_>>(), [BOT]);
    }
}
