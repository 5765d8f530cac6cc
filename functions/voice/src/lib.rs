//! The voice worker's playback: finds a track's bytes, decodes them, levels them, keeps them, and plays them.
//!
//! `net` fetches under guard, `source` knows where sound comes from, `media` demuxes and decodes, `loudness` measures,
//! `ingest` turns a source into 48 kHz stereo Opus of 20 ms, `cache` keeps that, `player` sends it to a voice channel.

pub mod cache;
pub mod config;
pub mod failure;
pub mod frames;
pub mod grants;
pub mod ingest;
pub mod library;
pub mod loudness;
pub mod media;
pub mod net;
pub mod playback;
pub mod player;
pub mod probe;
pub mod process;
pub mod source;
#[cfg(test)]
mod testing;
pub mod worker;
