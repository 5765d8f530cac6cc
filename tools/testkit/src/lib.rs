//! What tests stand on: emulators, signed requests, pinned tools. A failure here fails the test, so this crate panics.

mod aws;
mod config;
pub mod iam;
pub mod template;

pub use aws::{Aws, sdk_config};
pub use aws_local::Fault;
pub use config::workspace_root;
