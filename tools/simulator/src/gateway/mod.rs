//! The main gateway (Discord: "Gateway", version 10, JSON, no compression).

mod close;
mod frame;
mod hub;
mod server;
mod session;

pub(crate) use close::Close;
pub(crate) use frame::VoiceRequest;
pub(crate) use hub::{Hub, Out};
pub(crate) use server::serve;
