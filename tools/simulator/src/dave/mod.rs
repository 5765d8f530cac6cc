//! Discord's end-to-end encryption, from the voice server's side: the external sender that proposes who joins and
//! leaves an MLS group, and the order in which its members commit. <https://daveprotocol.com>

mod group;
mod member;
mod roster;
mod sender;

pub(crate) use group::{Group, Kind, Next, Round};
pub(crate) use member::Member;
pub(crate) use sender::{CommitWelcome, ExternalSender};

/// Something of MLS went wrong; the text is of the library that said so.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DaveError(String);

impl DaveError {
    pub(crate) fn of(error: impl std::fmt::Debug) -> Self {
        Self(format!("{error:?}"))
    }
}
