//! What every function of `TimmyBot` shares.
//!
//! Dependencies point one way: [`domain`] and [`security`] are pure (no SDK, no runtime, no clock, no
//! environment); [`discord`] and [`telemetry`] format and parse; [`store`] and the clients behind features do I/O.

pub mod clock;
pub mod discord;
pub mod domain;
pub mod env;
pub mod http_event;
pub mod ids;
pub mod security;
#[cfg(feature = "store")]
pub mod store;
pub mod telemetry;
