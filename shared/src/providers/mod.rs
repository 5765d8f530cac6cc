//! The five services whose accounts can be linked, as they document themselves (SPEC W12). Pure: what is sent and what an
//! answer means; who sends it is elsewhere.

pub mod answer;
pub mod authorize;
#[cfg(feature = "oauth")]
pub mod channel;
#[cfg(feature = "oauth")]
pub mod client;
pub mod eventsub;
pub mod identity;
pub mod library;
#[cfg(feature = "oauth")]
pub mod pinned_tls;
#[cfg(feature = "oauth")]
pub mod playlists;
#[cfg(feature = "oauth")]
pub mod refresher;
#[cfg(feature = "oauth")]
pub mod registrations;
pub mod request;
pub mod spec;
