//! HTTP Live Streaming (RFC 8216): a playlist of pieces, perhaps one that grows. Everything it names is fetched through
//! the guarded connector, judged like a link that a user typed.

mod fetch;
mod key;
pub mod playlist;

pub(super) use fetch::{DOCUMENT_MAX, open};
