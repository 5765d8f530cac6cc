//! Sends sound to one voice channel, over songbird's driver (SPEC P3, P5).
//!
//! Songbird plays one endless track of ours, [`reader`]; which entry it gives packets of, from where, and what comes
//! next is decided in [`deck`], frame by frame and without asking songbird. So a change of tracks has no gap, a seek is
//! exact, the position is a number that we count, and nothing waits for a driver that may never answer. What must not be
//! heard by the server is kept back there too, by [`secrecy`].

mod deck;
mod disconnect;
mod driver;
mod events;
mod reader;
mod secrecy;

pub use deck::Position;
pub use disconnect::{DisconnectKind, Remedy, remedy};
pub use driver::{Engine, Player, PlayerError};
pub use events::PlayerEvent;
pub use secrecy::Deaf;
