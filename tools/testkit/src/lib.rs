//! What tests stand on: emulators, signed requests, pinned tools. A failure here fails the test, so this crate panics.

mod aws;
pub mod browser;
pub mod client_hello;
mod config;
pub mod deployed;
mod fixtures;
pub mod iam;
pub mod iam_simulator;
mod npm;
pub mod oidc_provider;
mod page;
mod patience;
mod rows;
pub mod signers;
pub mod signing;
pub mod silence;
pub mod template;
mod venv;
pub mod webhooks;

pub use aws::{Aws, Heard, sdk_config};
pub use aws_local::ecs::Refusal;
pub use aws_local::{Call, Fault, Published};
pub use config::{cargo_home, target_dir, workspace_root};
pub use fixtures::{Fixture, FixtureError, fixtures};
pub use npm::{NpmError, npm};
pub use page::{PageError, write_section};
pub use patience::retrying;
pub use venv::{Venv, VenvError, venv};
