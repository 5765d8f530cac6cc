//! The one way out to the internet: every source, playlist, key and picture is fetched through [`Guarded`].

mod body;
mod client;
mod exceptions;
mod pace;
mod policy;
pub mod proxy;
mod resolver;
mod target;

pub use body::{Body, read_small};
pub use client::{Answer, Ask, Guarded, NoClient};
pub use exceptions::{BadException, PrivateHost, PrivateHosts};
pub use policy::{NetPolicy, Timeouts};
pub use target::Target;
