//! What somebody hears as one even stream: frames come when they come, and go out every 20 ms, with silence between.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{CHANNELS, PcmFrame, SAMPLE_RATE};
use crate::ids::{ChannelId, UserId};

/// How long a frame is.
const FRAME: Duration = Duration::from_millis(20);
/// Samples of both channels in it.
const SAMPLES: usize = SAMPLE_RATE as usize / 50 * CHANNELS;
/// Frames that wait before the first is heard: what comes late within them makes no gap.
const CUSHION: usize = 3;
/// Frames that wait at most: whoever falls behind hears a jump instead of an ever longer delay.
const BEHIND: usize = 15;

/// The sound of all bots together.
#[derive(Debug, Default)]
struct Mixer(BTreeMap<UserId, Lane>);

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Arc<[i16]>>,
    running: bool,
}

impl Mixer {
    fn push(&mut self, bot: UserId, pcm: Arc<[i16]>) {
        let lane = self.0.entry(bot).or_default();
        lane.waiting.push_back(pcm);
        if lane.waiting.len() > BEHIND {
            lane.waiting.drain(..BEHIND - CUSHION);
        }
    }

    /// The next 20 ms.
    fn pull(&mut self) -> [i16; SAMPLES] {
        let mut out = [0_i16; SAMPLES];
        for lane in self.0.values_mut() {
            lane.running =
                if lane.running { !lane.waiting.is_empty() } else { lane.waiting.len() >= CUSHION };
            if let Some(pcm) = lane.waiting.pop_front_if(|_| lane.running) {
                for (mixed, sample) in out.iter_mut().zip(pcm.iter()) {
                    *mixed = mixed.saturating_add(*sample);
                }
            }
        }
        out
    }
}

struct Ear {
    frames: broadcast::Receiver<PcmFrame>,
    mixer: Mixer,
    clock: Interval,
    listener: UserId,
    channel: ChannelId,
}

/// What `listener` hears in `channel`, 20 ms at a time, for ever: 16 bit, little-endian, stereo, 48 kHz.
pub(crate) fn pcm_stream(
    frames: broadcast::Receiver<PcmFrame>,
    listener: UserId,
    channel: ChannelId,
) -> impl Stream<Item = Result<Vec<u8>, std::convert::Infallible>> + Send {
    let mut clock = interval(FRAME);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let ear = Ear { frames, mixer: Mixer::default(), clock, listener, channel };
    unfold(ear, |mut ear| async move {
        ear.clock.tick().await;
        loop {
            match ear.frames.try_recv() {
                Ok(frame) if frame.listener == ear.listener && frame.channel == ear.channel => {
                    ear.mixer.push(frame.bot, frame.pcm);
                }
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Closed) => return None,
                Err(TryRecvError::Empty) => break,
            }
        }
        let pcm = ear.mixer.pull().iter().flat_map(|sample| sample.to_le_bytes()).collect();
        Some((Ok(pcm), ear))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: UserId = UserId::new(1);
    const OTHER: UserId = UserId::new(2);

    fn frame(sample: i16) -> Arc<[i16]> {
        vec![sample; SAMPLES].into()
    }

    #[test]
    fn it_begins_with_a_cushion_and_ends_in_silence() {
        let mut mixer = Mixer::default();
        let mut first = Vec::new();
        for _ in 0..CUSHION {
            first.push(mixer.pull()[0]);
            mixer.push(ONE, frame(5));
        }
        assert_eq!(first, [0; CUSHION]);
        let heard: Vec<i16> = (0..CUSHION + 2).map(|_| mixer.pull()[0]).collect();
        assert_eq!(heard, [5, 5, 5, 0, 0]);
    }

    #[test]
    fn two_bots_are_heard_at_once_and_do_not_wrap() {
        let mut mixer = Mixer::default();
        for _ in 0..CUSHION {
            mixer.push(ONE, frame(i16::MAX));
            mixer.push(OTHER, frame(9));
        }
        assert_eq!(mixer.pull()[SAMPLES - 1], i16::MAX);
    }

    #[test]
    fn who_falls_behind_jumps() {
        let mut mixer = Mixer::default();
        for _ in 0..100 {
            mixer.push(ONE, frame(1));
        }
        let waiting = (0..200).filter(|_| mixer.pull()[0] == 1).count();
        assert!(waiting <= BEHIND, "{waiting}");
    }
}
