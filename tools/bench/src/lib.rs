//! Measures what `docs/BENCHMARKS.md` says and writes it there: `cargo run --release -p bench`.
//!
//! Each part is a function from a [`world::World`] to a section of the page. A target that is missed is an error at the
//! end, after everything has been measured and written.

pub mod accounts;
pub mod alarms;
pub mod api;
pub mod audit;
pub mod calls;
pub mod cpu;
pub mod figure;
pub mod functions;
pub mod load;
pub mod machine;
pub mod page;
pub mod parts;
pub mod peers;
pub mod process;
pub mod recorder;
pub mod retention;
pub mod sample;
pub mod soak;
pub mod voice;
pub mod world;
