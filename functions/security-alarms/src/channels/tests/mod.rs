//! The fan-out against real servers on this machine, and channels in the emulator's secrets.

mod faults;
mod later;
mod told;
pub(super) mod world;
