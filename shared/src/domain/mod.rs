//! What the bot is about: queues, tracks, settings, playback, access. Pure: no I/O, no clock, no environment.

mod bounded;

pub mod access;
pub mod accounts;
pub mod breaker;
pub mod contained;
pub mod containment;
pub mod incident;
pub mod observed;
pub mod playback;
pub mod playlist;
pub mod playlist_address;
pub mod queue;
pub mod settings;
pub mod song_request;
pub mod status;
pub mod track;
pub mod workers;
