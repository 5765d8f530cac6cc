//! A stream's last seconds. Who pauses hears the present when they resume, not the past; memory does not grow.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::FrameRead;
use crate::failure::PlayError;

/// Packets that are kept: 30 s, enough for the burst that servers begin with and for an HLS segment or two.
const KEPT: usize = 1_500;
/// Packets before it is ready: half a second, so that a hiccup of the network is not heard.
const AHEAD: usize = 25;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Filling,
    Ready,
    Over(PlayError),
}

/// A stream's packets between its decoder and its player.
#[derive(Debug)]
pub struct LiveRing {
    packets: Mutex<VecDeque<Box<[u8]>>>,
    state: watch::Sender<State>,
}

impl Default for LiveRing {
    fn default() -> Self {
        Self { packets: Mutex::default(), state: watch::Sender::new(State::Filling) }
    }
}

impl LiveRing {
    /// Appends a packet; the oldest goes when there are too many.
    pub fn push(&self, packet: Box<[u8]>) {
        let mut packets = self.packets();
        if packets.len() == KEPT {
            packets.pop_front();
        }
        packets.push_back(packet);
        let ready = packets.len() >= AHEAD;
        drop(packets);
        if ready {
            self.state.send_if_modified(|state| {
                let first = *state == State::Filling;
                if first {
                    *state = State::Ready;
                }
                first
            });
        }
    }

    /// The stream is over; a stream that ends by itself has been cut, since it has no end.
    pub fn end(&self, error: PlayError) {
        self.state.send_replace(State::Over(error));
    }

    /// Takes the oldest packet.
    pub fn take(&self, out: &mut Vec<u8>) -> FrameRead {
        match self.packets().pop_front() {
            Some(packet) => {
                out.clear();
                out.extend_from_slice(&packet);
                FrameRead::Frame
            }
            None => match *self.state.borrow() {
                State::Over(error) => FrameRead::Failed(error),
                State::Filling | State::Ready => FrameRead::NotYet,
            },
        }
    }

    /// Waits for half a second of sound, or the end.
    pub async fn ready(&self) -> Result<(), PlayError> {
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| *state != State::Filling).await;
        match settled.map(|state| *state) {
            Ok(State::Over(error)) if self.packets().is_empty() => Err(error),
            Ok(_) => Ok(()),
            Err(_) => Err(PlayError::Internal),
        }
    }

    fn packets(&self) -> MutexGuard<'_, VecDeque<Box<[u8]>>> {
        self.packets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(number: usize) -> Box<[u8]> {
        (number as u64).to_le_bytes().into()
    }

    #[test]
    fn the_oldest_go_first_and_memory_stays() {
        let ring = LiveRing::default();
        (0..KEPT + 10).for_each(|number| ring.push(packet(number)));
        let mut out = Vec::new();
        assert_eq!(ring.take(&mut out), FrameRead::Frame);
        assert_eq!(*out, *packet(10));
        assert_eq!(ring.packets().len(), KEPT - 1);
    }

    #[tokio::test]
    async fn it_is_ready_after_half_a_second_and_tells_its_end_last() {
        let ring = LiveRing::default();
        assert_eq!(ring.take(&mut Vec::new()), FrameRead::NotYet);
        (0..AHEAD).for_each(|number| ring.push(packet(number)));
        assert_eq!(ring.ready().await, Ok(()));
        ring.end(PlayError::CutShort);
        let mut out = Vec::new();
        (0..AHEAD).for_each(|_| assert_eq!(ring.take(&mut out), FrameRead::Frame));
        assert_eq!(ring.take(&mut out), FrameRead::Failed(PlayError::CutShort));
        assert_eq!(ring.ready().await, Err(PlayError::CutShort));
    }
}
