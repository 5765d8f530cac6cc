//! Rule: nothing of a container reaches its parser that announces more than it can hold.
//! Threat: symphonia 0.5 allocates what a header announces before it reads it. A file of a hundred bytes that announces
//! a terabyte ends the whole process, and with it the music of every guild: a failed allocation is no error in Rust.
//! Refusal: "not audio", before the parser sees it.

pub mod ebml;
pub mod mp4;
