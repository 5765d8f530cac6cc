//! What a listener heard of a bot.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::gaps::Gaps;
use super::ring::Ring;
use super::{CHANNELS, SAMPLE_RATE, Tone};
use crate::ids::{ChannelId, UserId};

/// What one listener heard of one bot in one channel since the last reset.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    /// Opus frames that were decrypted and decoded, silence included.
    pub frames: u64,
    /// Frames that never came, by the RTP sequence numbers.
    pub lost: u64,
    /// Frames that said "silence" (`F8 FF FE`).
    pub silence_frames: u64,
    /// Frames that could not be decrypted although the listener had keys, or were sent in clear although the bot had
    /// agreed to encrypt.
    pub undecryptable: u64,
    /// The same in the moment in which keys change and the listener is new: nobody else's client could read them.
    pub undecryptable_in_transition: u64,
    /// Decrypted, and not Opus.
    pub undecodable: u64,
    /// The gap between two frames, in ms, that 99 of 100 do not exceed; pauses that begin with silence do not count.
    pub p99_gap_ms: f64,
    /// The longest of them.
    pub max_gap_ms: f64,
    /// The loudest tone of the last moments, in hertz; 0 for silence.
    pub dominant_tone_hz: f64,
    /// Its part of all energy, 0 to 1.
    pub energy_share_of_tone: f64,
    /// When the first frame with sound in it came.
    pub first_frame_at: Option<Timestamp>,
    /// When the last one came.
    pub last_frame_at: Option<Timestamp>,
    /// The last seconds of sound (see [`crate::VoiceRules::pcm`]): interleaved stereo, 48 kHz.
    #[serde(skip)]
    pub pcm: Vec<i16>,
}

impl Heard {
    /// The loudest tone.
    pub fn tone(&self) -> Tone {
        Tone { hz: self.dominant_tone_hz, share: self.energy_share_of_tone }
    }
}

/// A decoded frame, as it comes.
#[derive(Clone, Debug)]
pub struct PcmFrame {
    /// Where.
    pub channel: ChannelId,
    /// Who plays.
    pub bot: UserId,
    /// Who hears it.
    pub listener: UserId,
    /// When its packet came.
    pub at: Instant,
    /// Interleaved stereo, 48 kHz; usually 20 ms.
    pub pcm: Arc<[i16]>,
}

/// When a packet came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// To measure by.
    pub(crate) at: Instant,
    /// To show.
    pub(crate) when: Timestamp,
}

/// The running count behind a [`Heard`].
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(super) undecryptable: u64,
    pub(super) in_transition: u64,
    pub(super) undecodable: u64,
    frames: u64,
    lost: u64,
    silence: u64,
    gaps: Gaps,
    ring: Ring,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    before: Option<(Instant, bool)>,
    sequence: Option<(u32, u16)>,
}

impl Tally {
    pub(crate) fn new(pcm: Duration) -> Self {
        let seconds = usize::try_from(pcm.as_millis()).unwrap_or(usize::MAX);
        let most = seconds.saturating_mul(SAMPLE_RATE as usize / 1000 * CHANNELS);
        Self {
            undecryptable: 0,
            in_transition: 0,
            undecodable: 0,
            frames: 0,
            lost: 0,
            silence: 0,
            gaps: Gaps::new(),
            ring: Ring::new(most),
            first: None,
            last: None,
            before: None,
            sequence: None,
        }
    }

    /// A packet came, readable or not. Sequence numbers of another SSRC begin anew.
    pub(super) fn packet(&mut self, ssrc: u32, sequence: u16) {
        let ahead = match self.sequence {
            Some((known, last)) if known == ssrc => sequence.wrapping_sub(last),
            _ => 1,
        };
        // RFC 3550: half the range ahead means late, not 32,768 lost. What comes late was counted as lost before.
        if ahead == 0 || ahead >= 0x8000 {
            self.lost = self.lost.saturating_sub(u64::from(ahead != 0));
            return;
        }
        self.lost += u64::from(ahead) - 1;
        self.sequence = Some((ssrc, sequence));
    }

    /// A frame was decoded.
    pub(super) fn frame(&mut self, pcm: &[i16], silence: bool, arrival: Arrival) {
        self.frames += 1;
        self.silence += u64::from(silence);
        // A sender says silence before it pauses: the pause is meant.
        if let Some((at, paused)) = self.before.replace((arrival.at, silence))
            && !paused
        {
            self.gaps.add(arrival.at.saturating_duration_since(at));
        }
        if !silence {
            self.first.get_or_insert(arrival.when);
            self.last = Some(arrival.when);
        }
        self.ring.push(pcm);
    }

    pub(crate) fn heard(&self) -> Heard {
        let pcm = self.ring.to_vec();
        let tone = Tone::of(&pcm);
        Heard {
            frames: self.frames,
            lost: self.lost,
            silence_frames: self.silence,
            undecryptable: self.undecryptable,
            undecryptable_in_transition: self.in_transition,
            undecodable: self.undecodable,
            p99_gap_ms: self.gaps.p99_ms(),
            max_gap_ms: self.gaps.longest_ms(),
            dominant_tone_hz: tone.hz,
            energy_share_of_tone: tone.share,
            first_frame_at: self.first,
            last_frame_at: self.last,
            pcm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally() -> Tally {
        Tally::new(Duration::from_secs(1))
    }

    #[test]
    fn losses_are_counted_across_the_wrap_and_not_across_a_new_stream() {
        let mut tally = tally();
        for (ssrc, sequence) in [(1, 65_534), (1, 65_535), (1, 2), (2, 900), (2, 901)] {
            tally.packet(ssrc, sequence);
        }
        assert_eq!(tally.heard().lost, 2);
    }

    #[test]
    fn late_is_not_lost_and_twice_is_once() {
        let mut tally = tally();
        for sequence in [1, 3, 2, 3, 4] {
            tally.packet(1, sequence);
        }
        assert_eq!(tally.heard().lost, 0);
    }

    #[test]
    fn a_pause_after_silence_is_no_gap_and_any_other_is() {
        let start = Instant::now();
        let when: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let mut tally = tally();
        let mut frame = |ms: u64, silence| {
            tally.frame(&[0; 1920], silence, Arrival { at: start + Duration::from_millis(ms), when });
        };
        frame(0, false);
        frame(20, true);
        frame(5000, false);
        frame(5030, false);
        let heard = tally.heard();
        assert!((heard.max_gap_ms - 30.0).abs() < 0.1, "{heard:?}");
        assert_eq!((heard.frames, heard.silence_frames), (4, 1));
        assert_eq!(heard.pcm.len(), 4 * 1920);
    }

    #[test]
    fn the_first_and_last_sound_have_their_time_and_silence_has_none() {
        let at = Instant::now();
        let when = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let mut tally = tally();
        tally.frame(&[], true, Arrival { at, when: when(0) });
        assert_eq!(tally.heard().first_frame_at, None);
        tally.frame(&[], false, Arrival { at, when: when(1) });
        tally.frame(&[], false, Arrival { at, when: when(2) });
        tally.frame(&[], true, Arrival { at, when: when(3) });
        let heard = tally.heard();
        assert_eq!((heard.first_frame_at, heard.last_frame_at), (Some(when(1)), Some(when(2))));
    }
}
