//! Discord's vocabulary: the envelope that comes in, the answers that go out, and every word that the bot says.

pub mod cards;
pub mod commands;
pub mod components;
pub mod envelope;
pub mod escape;
pub mod invite;
pub mod response;
#[cfg(feature = "rest")]
pub mod rest;
pub mod words;
