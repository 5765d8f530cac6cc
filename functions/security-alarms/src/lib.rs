//! Hears of everything that may be wrong, and makes of it incidents that people are told of, contain and close (SPEC T27,
//! T32 to T34).
//!
//! What comes in (alarms, findings, stopped tasks, our own events) is parsed at the edge into a [`Signal`]; a pure function
//! decides what becomes of the incident of its cause; one conditional write keeps it; then the channels are told. What is
//! repeated, late or out of order changes nothing. How far the bot is contained stands in one flag that everything obeys;
//! [`contain`] makes the rest of the account follow it.
//!
//! [`Signal`]: shared::domain::incident::Signal

mod app;
mod change;
mod channels;
mod config;
mod contain;
mod contained;
mod event;
pub mod grants;
mod handle;
mod hear;
mod looking;
mod not_done;
pub mod notification;
mod orders;
mod rule;
mod score;
mod status;
mod telling;
mod tick;
mod watch;

pub use app::{App, AppError, Machine};
pub use config::Config;
pub use contain::{Account, ContainError, rehearse};
pub use event::{Event, UnknownEvent};
pub use handle::{Answer, Failure, handle};
pub use not_done::NotDone;
pub use notification::would_hear;
pub use shared::invocation::Invocation;
