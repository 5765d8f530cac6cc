//! What becomes of a message after one try.

use shared::queues::Delay;

/// Whether the same request is to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing is left to do, or somebody else is at it.
    Done,
    /// It goes on after this.
    Later(Delay),
}
