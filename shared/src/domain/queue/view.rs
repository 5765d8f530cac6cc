//! A queue as it was at one moment.

use super::{Caps, EntryId, Order, Slot};
use crate::domain::playback::Playback;
use crate::ids::UserId;

/// How many played entries are remembered, for `previous` and `/history`.
pub const HISTORY_MAX: usize = 50;

/// The entry that is current, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    /// The entry.
    pub slot: Slot,
    /// The `rev` at which it became current. A replay of the same entry is another run.
    pub run: u64,
}

/// What one row holds: everything but the upcoming entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Grows with every change; starts at the epoch's milliseconds, so that it grows across a forgotten queue too.
    pub rev: u64,
    /// What is current.
    pub now: Option<Current>,
    /// What is to be done with it.
    pub playback: Playback,
    /// Played entries, the latest last, at most [`HISTORY_MAX`].
    pub history: Vec<Slot>,
    /// Epoch seconds until which every row that the queue refers to is sure to exist.
    pub fresh_until: i64,
}

/// A whole queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    pub(super) head: Head,
    pub(super) order: Order,
    pub(super) stored: bool,
    /// Nobody uses it yet: its volume is still to be taken from the guild's settings.
    pub(super) fresh: bool,
}

impl QueueView {
    /// A queue that was never used.
    pub fn new(caps: Caps) -> Self {
        let head =
            Head { rev: 0, now: None, playback: Playback::default(), history: Vec::new(), fresh_until: 0 };
        Self { head, order: Order::empty(0, Vec::new(), caps), stored: false, fresh: true }
    }

    /// A queue as its rows say.
    pub fn from_rows(head: Head, order: Order) -> Self {
        Self { head, order, stored: true, fresh: false }
    }

    /// A queue that was used too long ago: only its `rev` and its rows to be dropped are left of it.
    pub fn forgotten(rev: u64, next_id: u32, leftovers: Vec<u32>, caps: Caps) -> Self {
        let mut view = Self::new(caps);
        view.head.rev = rev;
        Self { order: Order::empty(next_id, leftovers, caps), stored: true, ..view }
    }

    /// The head.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The upcoming entries.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Grows with every change.
    pub fn rev(&self) -> u64 {
        self.head.rev
    }

    /// The `rev` that a write has to find; `None` when there must be no row yet.
    pub fn expected_rev(&self) -> Option<u64> {
        self.stored.then_some(self.head.rev)
    }

    /// What is current.
    pub fn now(&self) -> Option<Current> {
        self.head.now
    }

    /// The desired state of the player.
    pub fn playback(&self) -> Playback {
        self.head.playback
    }

    /// How many are upcoming.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether nothing is upcoming.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Upcoming and current.
    pub fn total(&self) -> usize {
        self.len() + usize::from(self.head.now.is_some())
    }

    /// How many of upcoming and current `user` asked for.
    pub fn count_of(&self, user: UserId) -> usize {
        let current = self.head.now.is_some_and(|now| now.slot.requester == user);
        self.order.count_of(user) + usize::from(current)
    }

    /// The upcoming entry at a person's `position`, from 1.
    pub fn at(&self, position: usize) -> Option<Slot> {
        self.order.get(position.checked_sub(1)?)
    }

    /// A person's position of an upcoming entry, from 1.
    pub fn position_of(&self, entry: EntryId) -> Option<usize> {
        self.order.index_of(entry).map(|index| index + 1)
    }

    /// `size` upcoming entries from page `page` (from 0), each with its position from 1.
    pub fn page(&self, page: usize, size: usize) -> Vec<(usize, Slot)> {
        let start = page.saturating_mul(size);
        self.order.iter().enumerate().skip(start).take(size).map(|(index, slot)| (index + 1, slot)).collect()
    }

    /// Played entries, the latest first.
    pub fn history(&self) -> impl Iterator<Item = Slot> + '_ {
        self.head.history.iter().rev().copied()
    }

    /// Every entry that the queue refers to.
    pub fn references(&self) -> impl Iterator<Item = EntryId> + '_ {
        let now = self.head.now.iter().map(|now| now.slot);
        now.chain(self.order.iter()).chain(self.head.history.iter().copied()).map(|slot| slot.entry)
    }
}
