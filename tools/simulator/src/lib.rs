//! A Discord on one machine: main gateway, REST, and voice that is encrypted end to end, with people who listen; and the
//! services whose accounts members link. Good enough that unmodified clients log in, join, are heard and link. For
//! tests, benchmarks and the local stack.
//!
//! ```no_run
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! use simulator::{ChannelId, Config, Simulator, UserId};
//! let simulator = Simulator::start(Config::default())?;
//! let ada = simulator.join(UserId::new(5001), ChannelId::new(1002))?;
//! // … a bot logs in at simulator.gateway_url(), with SSL_CERT_FILE at simulator.ca_pem_path() …
//! ada.wait_tone(440.0, std::time::Duration::from_secs(10)).await?;
//! simulator.stop().await;
//! # Ok(())
//! # }
//! ```

mod accounts;
mod client;
mod config;
mod control;
mod core;
mod dave;
mod fault;
mod gateway;
mod ids;
mod listener;
mod listener_handle;
mod machine;
mod rest;
mod rules;
mod simulator;
mod voice;
mod world;

pub use accounts::{
    Account, Accounts, AccountsConfig, AccountsFault, AccountsFaultKind, ChatLine, ClientConfig, Delivered,
    Endpoint, FaultAt, Grant, Playlist, PlaylistEntry, Redemption, Service, Subscription, SubscriptionStatus,
};
pub use client::{Entry, Key, Kind, Offer, OfferKind, Song, Stage};
pub use config::{
    ApplicationConfig, ChannelConfig, ChannelKind, Commits, Config, Dave, GatewayRules, GuildConfig, Ports,
    RoleConfig, UserConfig, VoiceRules,
};
pub use control::Info;
pub use core::JoinError;
pub use dave::DaveError;
pub use fault::{Fault, RestFault, RestFaultKind};
pub use ids::{ApplicationId, ChannelId, CommandId, GuildId, InteractionId, MessageId, RoleId, UserId};
pub use listener::{CHANNELS, Heard, PcmFrame, SAMPLE_RATE, Tone};
pub use listener_handle::Listener;
pub use machine::NoEntropy;
pub use rules::Violation;
pub use simulator::{Simulator, StartError, TimedOut};
pub use voice::{CipherMode, TlsError, UdpFault};
pub use world::{
    Channel, Guild, Interaction, Message, Origin, Person, Refusal, Reply, VoiceFlags, VoiceState, World,
};
