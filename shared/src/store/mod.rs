//! Concrete stores over `DynamoDB`, one file an access pattern. Every write that matters is conditional.
//!
//! Rows are named by their tenant first (SPEC W17). Expressions are constants; what users send travels only as
//! expression values (SPEC W34). Tables come from `template.yaml`, in the cloud and in tests.

mod cancelled;
mod change;
mod condition;
mod cutoff;
mod db;
mod error;
mod in_transaction;
mod incident_rows;
mod item;
mod unchanged;

pub mod access;
pub mod alert_channels;
#[cfg(feature = "sessions")]
pub mod api_keys;
pub mod audit;
pub mod channels;
pub mod containments;
pub mod deferred;
pub mod deliveries;
pub mod flags;
pub mod incidents;
pub mod leases;
pub mod linkings;
pub mod links;
pub mod observed;
pub mod playlists;
pub mod queue;
pub mod rate_limits;
pub mod replay;
pub mod roles;
#[cfg(feature = "sessions")]
pub mod sessions;
pub mod settings;
pub mod sign_ins;
pub mod suspicion;
pub mod token_leases;
pub mod tombstones;
pub mod votes;
pub mod walk;

pub use change::{Applied, Change};
pub use db::{Db, client};
pub use error::StoreError;
pub use item::Item;

pub use crate::table::Table;
