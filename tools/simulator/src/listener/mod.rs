//! People who listen: each is a member of their channel's encrypted group, decodes what bots play there and says what
//! they heard.

mod ear;
mod gaps;
mod heard;
mod mix;
mod ring;
mod tone;

pub(crate) use ear::Ear;
pub(crate) use heard::Arrival;
pub use heard::{Heard, PcmFrame};
pub(crate) use mix::pcm_stream;
pub use tone::Tone;

/// Samples a second of each channel of sound: Discord's Opus.
pub const SAMPLE_RATE: u32 = 48_000;

/// Interleaved left and right.
pub const CHANNELS: usize = 2;
