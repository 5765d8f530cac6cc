//! From bytes to sound: what kind of bytes they are, their container, their codec, 48 kHz stereo.

mod adts;
mod art;
mod codec;
mod demux;
pub mod guard;
mod mix;
pub mod opus;
mod resample;
mod skip_tag;
pub mod sniff;
mod sound;
mod tags;
pub mod ts;

pub use art::{Art, COVER_MAX, Cover};
pub use sound::{Sound, Step};
pub use tags::Tags;

/// Samples a second and channel of everything that we play (Discord's rate).
pub const RATE: u32 = 48_000;
/// Samples of one channel in a frame of 20 ms.
pub const FRAME: usize = 960;
/// Samples of both channels in a frame of 20 ms.
pub const FRAME_STEREO: usize = 2 * FRAME;
/// The length of a frame.
pub const FRAME_LENGTH: core::time::Duration = core::time::Duration::from_millis(20);
