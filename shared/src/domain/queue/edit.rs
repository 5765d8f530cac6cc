//! Changes of what is upcoming: remove, move, shuffle, clear.

use super::plan::Draft;
use super::{NOBODY, Outcome, QueueRefusal, Selection, Slot, shuffle};
use crate::ids::UserId;

impl Draft {
    pub(super) fn remove(
        &mut self,
        which: Selection,
        only_of: Option<UserId>,
    ) -> Result<Outcome, QueueRefusal> {
        let len = self.not_empty()?;
        let taken = match which {
            Selection::Position(position) => {
                let index = index(position, len)?;
                self.view.order.remove(index..index + 1)
            }
            Selection::Entry(entry) => {
                let index = self.view.order.index_of(entry).ok_or(QueueRefusal::NoSuchEntry)?;
                self.view.order.remove(index..index + 1)
            }
            Selection::Range(first, last) => {
                let (first, last) = (index(first.min(last), len)?, index(first.max(last), len)?);
                self.view.order.remove(first..last + 1)
            }
            Selection::Of(user) => self.view.order.remove_where(|slot| slot.requester == user),
        };
        let first = taken.first().ok_or(QueueRefusal::Empty)?.entry;
        if taken.iter().any(|slot| !is_allowed(*slot, only_of)) {
            return Err(QueueRefusal::NotYours);
        }
        self.retire(&taken);
        Ok(Outcome::Removed { first, count: taken.len() })
    }

    pub(super) fn relocate(
        &mut self,
        from: usize,
        to: usize,
        only_of: Option<UserId>,
    ) -> Result<Outcome, QueueRefusal> {
        let len = self.not_empty()?;
        let (source, target) = (index(from, len)?, index(to, len)?);
        let slot = self.view.order.get(source).ok_or(QueueRefusal::NoSuchPosition { len })?;
        if !is_allowed(slot, only_of) {
            return Err(QueueRefusal::NotYours);
        }
        let taken = self.view.order.remove(source..source + 1);
        self.view.order.insert(target, &taken);
        Ok(Outcome::Moved { entry: slot.entry, to })
    }

    pub(super) fn shuffle(&mut self, seed: u64) -> Result<Outcome, QueueRefusal> {
        let count = self.not_empty()?;
        let mut slots: Vec<Slot> = self.view.order.iter().collect();
        shuffle(&mut slots, seed);
        self.view.order.replace(&slots);
        Ok(Outcome::Shuffled { count })
    }

    pub(super) fn clear(&mut self) -> Result<Outcome, QueueRefusal> {
        let count = self.not_empty()?;
        self.drop_upcoming();
        Ok(Outcome::Cleared { count })
    }

    /// Whatever this user asked for was asked for by nobody.
    pub(super) fn disown(&mut self, user: UserId) -> Result<Outcome, QueueRefusal> {
        let mut count = self.view.order.disown(user);
        let head = &mut self.view.head;
        let played = head.history.iter_mut().chain(head.now.as_mut().map(|now| &mut now.slot));
        for slot in played.filter(|slot| slot.requester == user) {
            slot.requester = NOBODY;
            count += 1;
        }
        if count == 0 { Err(QueueRefusal::NothingOfTheirs) } else { Ok(Outcome::Disowned { count }) }
    }

    /// Forgets everything upcoming; says how many that was.
    pub(super) fn drop_upcoming(&mut self) -> usize {
        let taken = self.view.order.remove(0..usize::MAX);
        self.retire(&taken);
        taken.len()
    }

    fn not_empty(&self) -> Result<usize, QueueRefusal> {
        match self.view.len() {
            0 => Err(QueueRefusal::Empty),
            len => Ok(len),
        }
    }
}

/// From a person's position to ours.
pub(super) fn index(position: usize, len: usize) -> Result<usize, QueueRefusal> {
    match position.checked_sub(1) {
        Some(index) if index < len => Ok(index),
        _ => Err(QueueRefusal::NoSuchPosition { len }),
    }
}

pub(super) fn is_allowed(slot: Slot, only_of: Option<UserId>) -> bool {
    only_of.is_none_or(|user| slot.requester == user)
}
