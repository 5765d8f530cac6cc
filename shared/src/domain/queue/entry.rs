//! An entry is a track in a queue; a slot is its place in the order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::EntryId;
use crate::domain::track::Track;
use crate::ids::UserId;

/// Who asked for what somebody asked for who was erased since. No Discord user has this id: theirs hold a time.
pub const NOBODY: UserId = UserId::new(u64::MAX);

/// Bytes of a packed slot.
pub const SLOT_BYTES: usize = 18;

/// Who wants which entry. It lies in the order itself, so that limits per user are counted from one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The entry.
    pub entry: EntryId,
    /// Who asked for it.
    pub requester: UserId,
}

impl Slot {
    /// The packed form: entry, then requester, big-endian.
    pub fn to_bytes(self) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        bytes[..10].copy_from_slice(&self.entry.to_bytes());
        bytes[10..].copy_from_slice(&self.requester.get().to_be_bytes());
        bytes
    }

    /// What [`Self::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (entry, requester) = bytes.split_at_checked(10)?;
        let requester = u64::from_be_bytes(requester.try_into().ok()?);
        Some(Self {
            entry: EntryId::from_bytes(entry.try_into().ok()?),
            requester: UserId::new_checked(requester)?,
        })
    }

    /// Many slots in a row.
    pub fn pack(slots: &[Self]) -> Vec<u8> {
        slots.iter().flat_map(|slot| slot.to_bytes()).collect()
    }

    /// What [`Self::pack`] wrote; `None` for anything else.
    pub fn unpack(bytes: &[u8]) -> Option<Vec<Self>> {
        let (slots, rest) = bytes.as_chunks::<SLOT_BYTES>();
        if !rest.is_empty() {
            return None;
        }
        slots.iter().map(|slot| Self::from_bytes(slot)).collect()
    }
}

/// A track that somebody asked for. It never changes; only its place in the order does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The track.
    pub track: Track,
    /// Who asked for it.
    pub requester: UserId,
    /// When.
    pub added_at: Timestamp,
}

impl Entry {
    /// Its place in an order.
    pub fn slot(&self) -> Slot {
        Slot { entry: self.id, requester: self.requester }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_whole_slots_with_a_requester_unpack() {
        assert_eq!(Slot::unpack(&[]), Some(Vec::new()));
        assert_eq!(Slot::unpack(&[1; SLOT_BYTES - 1]), None);
        assert_eq!(Slot::unpack(&[1; SLOT_BYTES + 1]), None);
        assert_eq!(Slot::unpack(&[0; SLOT_BYTES]), None);
        assert_eq!(Slot::unpack(&[1; 2 * SLOT_BYTES]).map(|slots| slots.len()), Some(2));
    }

    proptest! {
        #[test]
        fn packing_gives_them_back(parts in prop::collection::vec((any::<u64>(), any::<u16>(), 1..u64::MAX), 0..20)) {
            let slots: Vec<Slot> = parts
                .into_iter()
                .map(|(origin, index, user)| Slot { entry: EntryId::new(origin, index), requester: UserId::new(user) })
                .collect();
            prop_assert_eq!(Slot::unpack(&Slot::pack(&slots)), Some(slots));
        }
    }
}
