//! A guild's queue: what is current, what is upcoming, what was played.
//!
//! The order of up to 10,000 tracks lies in *segments*: rows of at most 256 packed slots (18 bytes each), listed in
//! a directory in the head. A command changes the one or two segments that it touches; a shuffle rewrites at most
//! 64; so every command is one transaction, and no half state is ever seen. (DESIGN's first idea, sortable
//! positions under a generation, needed batches outside of a transaction for everything above 90 rows.)
//!
//! [`plan()`] is pure: a view and a request become a [`Plan`] or a refusal. `store::queue` applies it under the
//! head's `rev`. Invariants: an entry is in one place (current, upcoming, played) or nowhere; nothing is upcoming
//! while nothing is current; a refusal changes nothing.

mod add;
mod command;
mod edit;
mod entry;
mod ids;
mod order;
mod outcome;
mod plan;
mod shuffle;
mod step;
mod view;

#[cfg(test)]
mod model_tests;

pub use command::{Command, Place, Request, Selection};
pub use entry::{Entry, NOBODY, SLOT_BYTES, Slot};
pub use ids::{EntryId, OpId, ParseEntryIdError};
pub use order::{Caps, Order, Segment, SegmentRef};
pub use outcome::{LeftOut, Outcome, QueueRefusal};
pub use plan::{Plan, plan};
pub use shuffle::shuffle;
pub use view::{Current, HISTORY_MAX, Head, QueueView};

/// The queue is forgotten this long after its last use (SPEC, constants).
pub const QUEUE_TTL_S: i64 = 24 * 60 * 60;
/// A row that the queue refers to lives this long, and is renewed while the queue is in use.
pub const ENTRY_TTL_S: i64 = 7 * 24 * 60 * 60;
