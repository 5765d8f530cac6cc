//! What is played, frame by frame. Songbird's mixer asks for the next packet every 20 ms; nothing here waits.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::domain::queue::EntryId;
use tokio::sync::mpsc::UnboundedSender;

use super::PlayerEvent;
use super::secrecy::Group;
use crate::failure::PlayError;
use crate::frames::{Ahead, FrameRead, Playable};
use crate::media::{FRAME_LENGTH, opus::SILENCE};

/// Silent frames after a connection is made, so that its listeners have taken up the keys as well: 100 ms.
const SETTLE: u32 = 5;
/// Silent frames for which the music waits for its encryption before somebody is told: ten seconds.
const SECRECY_WAIT: u32 = 500;

/// A place in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which entry.
    pub entry: EntryId,
    /// How far into it, to 20 ms.
    pub at: Duration,
}

/// What the mixer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tick {
    /// A packet is in the buffer.
    Packet,
    /// There is nothing to play; the mixer lets go of the track.
    Over,
}

/// What is played. The lock is held for the reading of one packet.
#[derive(Debug)]
pub(crate) struct Deck {
    state: Mutex<State>,
    events: UnboundedSender<PlayerEvent>,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Reel>,
    next: Option<Reel>,
    /// Silent frames still to be sent.
    settle: u32,
    /// For whom the music is encrypted; before the first connection for nobody.
    group: Option<Arc<Group>>,
    /// Silent frames that were sent because it was not.
    waited: u32,
    /// Whether the mixer holds a track that will ask for more.
    running: bool,
    /// Whether the last frame was missing.
    starved: bool,
    late: u64,
    ended_before: Option<EntryId>,
}

/// An entry on the deck.
#[derive(Debug)]
struct Reel {
    entry: EntryId,
    playable: Playable,
    ahead: Ahead,
    frame: u64,
    started: bool,
}

impl Reel {
    fn new(entry: EntryId, playable: Playable, frame: u64) -> Self {
        Self { entry, playable, ahead: Ahead::default(), frame, started: false }
    }
}

impl Deck {
    pub(crate) fn new(events: UnboundedSender<PlayerEvent>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), events })
    }

    /// Plays this now, instead of whatever is played. True: the mixer needs a new track.
    pub(crate) fn play(&self, entry: EntryId, playable: Playable, from: Duration) -> bool {
        let mut state = self.state();
        state.current = Some(Reel::new(entry, playable, frames(from)));
        state.next = None;
        state.ended_before = None;
        !core::mem::replace(&mut state.running, true)
    }

    /// What comes when the current entry ends; `None` takes it away.
    pub(crate) fn prefetch(&self, next: Option<(EntryId, Playable)>) {
        let reel = next.map(|(entry, playable)| Reel::new(entry, playable, 0));
        self.state().next = reel;
    }

    /// Moves within the current entry. False where that is impossible.
    pub(crate) fn seek(&self, to: Duration) -> bool {
        let mut state = self.state();
        let Some(reel) = state.current.as_mut().filter(|reel| reel.playable.is_seekable()) else {
            return false;
        };
        let end = reel.playable.length().unwrap_or(u64::MAX);
        reel.frame = frames(to).min(end);
        true
    }

    /// Nothing is played any more, and nobody is told that it ended.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        (state.current, state.next, state.running) = (None, None, false);
    }

    /// From now on the music goes to this group, and to nobody before it stands.
    pub(crate) fn play_to(&self, group: Arc<Group>) {
        let mut state = self.state();
        state.group = Some(group);
        state.waited = 0;
    }

    /// A connection was made.
    pub(crate) fn settle(&self) {
        self.state().settle = SETTLE;
    }

    /// Where it is.
    pub(crate) fn position(&self) -> Option<Position> {
        let state = self.state();
        let reel = state.current.as_ref()?;
        Some(Position { entry: reel.entry, at: duration(reel.frame) })
    }

    /// How long the entry is, once that is known.
    pub(crate) fn length(&self) -> Option<Duration> {
        self.state().current.as_ref()?.playable.length().map(duration)
    }

    /// Frames that were missing when they were due.
    pub(crate) fn late(&self) -> u64 {
        self.state().late
    }

    /// The next packet.
    pub(crate) fn tick(&self, out: &mut Vec<u8>) -> Tick {
        let mut state = self.state();
        if state.settle > 0 {
            state.settle -= 1;
            return silence(out);
        }
        if state.current.is_some() && !self.is_secret(&mut state) {
            return silence(out);
        }
        loop {
            let Some(reel) = &mut state.current else {
                state.running = false;
                return Tick::Over;
            };
            match reel.playable.read(reel.frame, &mut reel.ahead, out) {
                FrameRead::Frame => {
                    reel.frame += 1;
                    let first = !core::mem::replace(&mut reel.started, true);
                    let entry = reel.entry;
                    state.starved = false;
                    if first {
                        let after = state.ended_before.take();
                        self.tell(PlayerEvent::Started { entry, after });
                    }
                    return Tick::Packet;
                }
                FrameRead::NotYet => {
                    state.late += 1;
                    if !core::mem::replace(&mut state.starved, true) {
                        self.tell(PlayerEvent::Late);
                    }
                    return silence(out);
                }
                FrameRead::End => self.advance(&mut state, None),
                FrameRead::Failed(error) => self.advance(&mut state, Some(error)),
            }
        }
    }

    /// Whether the music may go out. That it may not for long is told once.
    fn is_secret(&self, state: &mut State) -> bool {
        if state.group.as_ref().is_some_and(|group| group.is_ready()) {
            state.waited = 0;
            return true;
        }
        state.waited = state.waited.saturating_add(1);
        if state.waited == SECRECY_WAIT {
            self.tell(PlayerEvent::Unencrypted);
        }
        false
    }

    fn advance(&self, state: &mut State, failure: Option<PlayError>) {
        let Some(done) = state.current.take() else { return };
        let entry = done.entry;
        self.tell(match failure {
            None => PlayerEvent::Ended { entry },
            Some(reason) => PlayerEvent::Failed { entry, reason },
        });
        state.current = state.next.take();
        state.ended_before = state.current.is_some().then_some(entry);
    }

    fn tell(&self, event: PlayerEvent) {
        // Nobody listens once the guild's actor is gone.
        let _ = self.events.send(event);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn silence(out: &mut Vec<u8>) -> Tick {
    out.clear();
    out.extend_from_slice(&SILENCE);
    Tick::Packet
}

fn frames(at: Duration) -> u64 {
    u64::try_from(at.as_millis() / FRAME_LENGTH.as_millis()).unwrap_or(u64::MAX)
}

fn duration(frames: u64) -> Duration {
    FRAME_LENGTH * u32::try_from(frames).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "deck_tests.rs"]
mod tests;
