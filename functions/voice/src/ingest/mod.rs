//! A source becomes 48 kHz stereo Opus of 20 ms, evenly loud, while it is already being heard.
//!
//! The first ten seconds are decoded ahead and measured; their gain is what the first listeners hear. At the end the
//! whole is measured: if that gain was right to within a loudness unit, what was heard is what is kept, else the track
//! is encoded once more with the right one, from samples that lie on disk. A source that is Opus already and near the
//! target is never decoded into anything: its packets pass.

mod encoder;
mod level;
mod run;
mod spool;
mod stream;
mod track;

pub use stream::run_stream;
pub use track::{Kept, Limits, run_track};
