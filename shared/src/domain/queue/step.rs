//! Going from one entry to another: skip, jump, advance, previous, replay, stop; holding the current one;
//! and leaving the voice channel.

use super::edit::{index, is_allowed};
use super::plan::Draft;
use super::{EntryId, Outcome, QueueRefusal, Slot};
use crate::domain::playback::LoopMode;
use crate::ids::UserId;

impl Draft {
    pub(super) fn skip(
        &mut self,
        expect: Option<EntryId>,
        only_of: Option<UserId>,
    ) -> Result<Outcome, QueueRefusal> {
        let now = self.current_if(expect)?;
        if !is_allowed(now.slot, only_of) {
            return Err(QueueRefusal::NotYours);
        }
        Ok(self.go_forward(now.slot, 0))
    }

    pub(super) fn jump(&mut self, position: usize) -> Result<Outcome, QueueRefusal> {
        let now = self.current()?;
        let passed = match self.view.len() {
            0 => return Err(QueueRefusal::Empty),
            len => index(position, len)?,
        };
        Ok(self.go_forward(now.slot, passed))
    }

    /// What a track's own end does. An old or repeated report is refused, so that it cannot skip the next track.
    pub(super) fn advance(&mut self, finished: EntryId, run: u64) -> Result<Outcome, QueueRefusal> {
        let now = self.current_if(Some(finished))?;
        if now.run != run {
            return Err(QueueRefusal::MovedOn);
        }
        let away = self.view.head.playback.away();
        let stepped = match self.loop_mode() {
            LoopMode::Track => self.replay()?,
            _ => self.go_forward(now.slot, 0),
        };
        // A track that ended while somebody sent the bot away must not bring it back.
        if away {
            let playback = self.view.head.playback;
            self.view.head.playback = playback.left().unwrap_or(playback);
        }
        Ok(stepped)
    }

    pub(super) fn previous(&mut self) -> Result<Outcome, QueueRefusal> {
        let from = self.view.head.now.map(|now| now.slot);
        let before = self.take_before().ok_or(QueueRefusal::NoHistory)?;
        self.view.order.insert(0, from.as_slice());
        self.play(Some(before));
        Ok(Outcome::Stepped { from: from.map(|slot| slot.entry), to: Some(before.entry) })
    }

    pub(super) fn replay(&mut self) -> Result<Outcome, QueueRefusal> {
        let slot = self.current()?.slot;
        self.play(Some(slot));
        Ok(Outcome::Stepped { from: Some(slot.entry), to: Some(slot.entry) })
    }

    pub(super) fn stop(&mut self) -> Result<Outcome, QueueRefusal> {
        let now = self.current()?;
        let dropped = self.drop_upcoming();
        self.remember(&[now.slot]);
        self.play(None);
        Ok(Outcome::Stopped { dropped })
    }

    pub(super) fn pause(&mut self) -> Result<Outcome, QueueRefusal> {
        let entry = self.current()?.slot.entry;
        self.view.head.playback = self.view.head.playback.paused()?;
        Ok(Outcome::Paused { entry })
    }

    pub(super) fn resume(&mut self) -> Result<Outcome, QueueRefusal> {
        let entry = self.current()?.slot.entry;
        self.view.head.playback = self.view.head.playback.resumed()?;
        Ok(Outcome::Resumed { entry })
    }

    pub(super) fn seek(
        &mut self,
        position_ms: u64,
        expect: Option<EntryId>,
    ) -> Result<Outcome, QueueRefusal> {
        let entry = self.current_if(expect)?.slot.entry;
        self.view.head.playback = self.view.head.playback.sought(entry, position_ms)?;
        Ok(Outcome::Sought { entry, position_ms })
    }

    pub(super) fn leave(&mut self) -> Result<Outcome, QueueRefusal> {
        self.view.head.playback = self.view.head.playback.left()?;
        Ok(Outcome::Left)
    }

    pub(super) fn join(&mut self) -> Outcome {
        self.view.head.playback = self.view.head.playback.joined();
        Outcome::Joined
    }

    fn loop_mode(&self) -> LoopMode {
        self.view.head.playback.loop_mode()
    }

    /// Leaves `from` and `passed` upcoming entries behind and plays the one after. Looping the queue, they go to its
    /// end; else they count as played.
    fn go_forward(&mut self, from: Slot, passed: usize) -> Outcome {
        let mut left = vec![from];
        left.extend(self.view.order.remove(0..passed));
        if self.loop_mode() == LoopMode::Queue {
            self.view.order.insert(self.view.len(), &left);
        } else {
            self.remember(&left);
        }
        let next = self.view.order.remove(0..1).pop();
        self.play(next);
        Outcome::Stepped { from: Some(from.entry), to: next.map(|slot| slot.entry) }
    }

    /// Looping the queue, the entry before is the one at its end.
    fn take_before(&mut self) -> Option<Slot> {
        let len = self.view.len();
        if self.loop_mode() == LoopMode::Queue && self.view.head.now.is_some() && len > 0 {
            return self.view.order.remove(len - 1..len).pop();
        }
        self.view.head.history.pop()
    }
}
