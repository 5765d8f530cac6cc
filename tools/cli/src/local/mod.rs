//! The bot on one machine: the stack, and the commands that play Discord to it.

pub mod compose;
pub mod draw;
mod seed;
pub mod send;
pub mod session;
pub mod sign_events;
pub mod up;
