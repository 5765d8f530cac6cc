//! The upcoming entries as a list of segments. It knows which segments it changed, so that only those are written.

use core::ops::Range;

use super::{EntryId, NOBODY, Slot};
use crate::ids::UserId;

/// How large things may grow; a parameter, so that tests meet every edge with a handful of tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Slots in a segment.
    pub segment: usize,
    /// Segments before everything is packed anew. With `segment`, it keeps a transaction below 100 items.
    pub directory: usize,
}

impl Caps {
    /// 256 slots are 4.6 KB; 64 segments at three quarters hold 12,288 tracks.
    pub const PRODUCTION: Self = Self { segment: 256, directory: 64 };
}

/// A row of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its number, never used twice while the head lives.
    pub id: u32,
    /// The queue's `rev` that wrote it.
    pub rev: u64,
    /// Its slots in order, never empty once written.
    pub slots: Vec<Slot>,
}

/// What the head's directory says about a segment. A segment read with another `rev` or length is from another
/// moment than the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRef {
    /// The segment's number.
    pub id: u32,
    /// How many slots it has.
    pub len: u32,
    /// The `rev` that wrote it.
    pub rev: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    segment: Segment,
    changed: bool,
}

/// The upcoming entries of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pieces: Vec<Piece>,
    next_id: u32,
    /// Rows that exist and are needed no more.
    dropped: Vec<u32>,
    caps: Caps,
}

impl Order {
    /// Nothing upcoming. `leftovers` are rows of a forgotten queue, dropped with the next write.
    pub fn empty(next_id: u32, leftovers: Vec<u32>, caps: Caps) -> Self {
        Self { pieces: Vec::new(), next_id, dropped: leftovers, caps }
    }

    /// The order as its rows say.
    pub fn from_segments(segments: Vec<Segment>, next_id: u32, caps: Caps) -> Self {
        let pieces = segments.into_iter().map(|segment| Piece { segment, changed: false }).collect();
        Self { pieces, next_id, dropped: Vec::new(), caps }
    }

    /// How many are upcoming.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.segment.slots.len()).sum()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.segment.slots.is_empty())
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.pieces.iter().flat_map(|piece| piece.segment.slots.iter().copied())
    }

    /// The one at `index`, from 0.
    pub fn get(&self, index: usize) -> Option<Slot> {
        let (piece, offset) = self.locate(index);
        self.pieces.get(piece)?.segment.slots.get(offset).copied()
    }

    /// Where an entry stands, from 0.
    pub fn index_of(&self, entry: EntryId) -> Option<usize> {
        self.iter().position(|slot| slot.entry == entry)
    }

    /// How many of them `user` asked for.
    pub fn count_of(&self, user: UserId) -> usize {
        self.iter().filter(|slot| slot.requester == user).count()
    }

    /// What the head's directory says.
    pub fn directory(&self) -> impl Iterator<Item = SegmentRef> + '_ {
        self.pieces.iter().map(|Piece { segment, .. }| SegmentRef {
            id: segment.id,
            len: u32::try_from(segment.slots.len()).unwrap_or(u32::MAX),
            rev: segment.rev,
        })
    }

    /// The number that the next new segment gets.
    pub fn next_id(&self) -> u32 {
        self.next_id
    }

    /// Puts `slots` before the one at `index`; at the end when `index` is past it.
    pub(super) fn insert(&mut self, index: usize, slots: &[Slot]) {
        if slots.is_empty() {
            return;
        }
        if self.pieces.is_empty() {
            let fresh = self.fresh();
            self.pieces.push(fresh);
        }
        let (at, offset) = self.locate(index);
        let last = self.pieces.len() - 1;
        let (at, offset) =
            if at > last { (last, self.pieces[last].segment.slots.len()) } else { (at, offset) };
        let piece = &mut self.pieces[at];
        let appending = at == last && offset == piece.segment.slots.len();
        piece.segment.slots.splice(offset..offset, slots.iter().copied());
        piece.changed = true;
        self.split(at, appending);
    }

    /// Takes the ones at `range` out; what is past the end is not there.
    pub(super) fn remove(&mut self, range: Range<usize>) -> Vec<Slot> {
        let mut start = 0;
        let mut taken = Vec::new();
        for piece in &mut self.pieces {
            let len = piece.segment.slots.len();
            let from = range.start.saturating_sub(start).min(len);
            let to = range.end.saturating_sub(start).min(len);
            if from < to {
                taken.extend(piece.segment.slots.drain(from..to));
                piece.changed = true;
            }
            start += len;
        }
        taken
    }

    /// Takes out whatever `unwanted` says.
    pub(super) fn remove_where(&mut self, unwanted: impl Fn(Slot) -> bool) -> Vec<Slot> {
        let mut taken = Vec::new();
        for piece in &mut self.pieces {
            let before = taken.len();
            taken.extend(piece.segment.slots.extract_if(.., |slot| unwanted(*slot)));
            piece.changed |= taken.len() > before;
        }
        taken
    }

    /// What `user` asked for was asked for by nobody; says how many that was.
    pub(super) fn disown(&mut self, user: UserId) -> usize {
        let mut count = 0;
        for piece in &mut self.pieces {
            for slot in piece.segment.slots.iter_mut().filter(|slot| slot.requester == user) {
                slot.requester = NOBODY;
                piece.changed = true;
                count += 1;
            }
        }
        count
    }

    /// Another order altogether, in as few segments as possible; their rows are used again.
    pub(super) fn replace(&mut self, slots: &[Slot]) {
        self.pack(slots, self.caps.segment);
    }

    /// Makes it fit to be written at `rev`: no empty segment, small neighbours joined, not too many.
    pub(super) fn settle(&mut self, rev: u64) {
        self.join_neighbours();
        self.drop_empty();
        if self.pieces.len() > self.caps.directory {
            let slots: Vec<Slot> = self.iter().collect();
            // Room is left in each, or the next insertion would split it again.
            self.pack(&slots, (self.caps.segment * 3 / 4).max(1));
        }
        for piece in self.pieces.iter_mut().filter(|piece| piece.changed) {
            piece.segment.rev = rev;
        }
    }

    /// The segments to write, after [`Self::settle`].
    pub(super) fn changed(&self) -> impl Iterator<Item = &Segment> {
        self.pieces.iter().filter(|piece| piece.changed).map(|piece| &piece.segment)
    }

    /// The rows to delete, after [`Self::settle`].
    pub(super) fn dropped(&self) -> &[u32] {
        &self.dropped
    }

    /// As it will be read after the write.
    pub(super) fn written(mut self) -> Self {
        self.dropped.clear();
        self.pieces.iter_mut().for_each(|piece| piece.changed = false);
        self
    }

    fn locate(&self, index: usize) -> (usize, usize) {
        let mut offset = index;
        for (number, piece) in self.pieces.iter().enumerate() {
            if offset < piece.segment.slots.len() {
                return (number, offset);
            }
            offset -= piece.segment.slots.len();
        }
        (self.pieces.len(), offset)
    }

    fn fresh(&mut self) -> Piece {
        let segment = Segment { id: self.next_id, rev: 0, slots: Vec::new() };
        self.next_id = self.next_id.wrapping_add(1);
        Piece { segment, changed: true }
    }

    /// Appending leaves full segments behind; anything else leaves halves with room for the next insertion.
    fn split(&mut self, at: usize, appending: bool) {
        let slots = &self.pieces[at].segment.slots;
        if slots.len() <= self.caps.segment {
            return;
        }
        let parts = slots.len().div_ceil(self.caps.segment);
        let size = if appending { self.caps.segment } else { slots.len().div_ceil(parts) };
        let rest = self.pieces[at].segment.slots.split_off(size);
        for (number, chunk) in rest.chunks(size).enumerate() {
            let mut piece = self.fresh();
            piece.segment.slots = chunk.to_vec();
            self.pieces.insert(at + 1 + number, piece);
        }
    }

    /// Only what changed anyway is joined, and only while the result stays half empty.
    fn join_neighbours(&mut self) {
        let mut at = 0;
        while at + 1 < self.pieces.len() {
            let (left, right) = (&self.pieces[at], &self.pieces[at + 1]);
            let together = left.segment.slots.len() + right.segment.slots.len();
            if (left.changed || right.changed) && together <= self.caps.segment / 2 {
                let right = self.pieces.remove(at + 1);
                let left = &mut self.pieces[at];
                left.segment.slots.extend(right.segment.slots);
                left.changed = true;
                self.dropped.push(right.segment.id);
            } else {
                at += 1;
            }
        }
    }

    fn drop_empty(&mut self) {
        let empty = self.pieces.extract_if(.., |piece| piece.segment.slots.is_empty());
        self.dropped.extend(empty.map(|piece| piece.segment.id));
    }

    fn pack(&mut self, slots: &[Slot], size: usize) {
        let mut old = core::mem::take(&mut self.pieces).into_iter();
        for chunk in slots.chunks(size) {
            let mut piece = old.next().unwrap_or_else(|| self.fresh());
            piece.changed = true;
            piece.segment.slots = chunk.to_vec();
            self.pieces.push(piece);
        }
        self.dropped.extend(old.map(|piece| piece.segment.id));
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
