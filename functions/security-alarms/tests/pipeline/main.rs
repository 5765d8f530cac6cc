//! The whole function: alarms, events and orders on one end, incidents, the flag and notices on the other, with the real
//! semantics of tables, queues, topics, secrets, buckets and rules in the emulators.

#![expect(clippy::unwrap_used, reason = "this is a test")]

mod alarms;
mod contained;
mod evidence;
mod faults;
mod iam;
mod notices;
mod people;
mod signals;
mod storm;
mod ticks;
mod watches;
mod world;
