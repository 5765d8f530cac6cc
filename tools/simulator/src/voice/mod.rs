//! The voice servers (Discord: "Voice Connections"): a WebSocket over TLS, gateway versions 4 and 8, and UDP.

mod cipher;
mod close;
mod discovery;
mod frame;
mod hub;
mod message;
mod room;
mod rtp;
mod server;
mod session;
mod tls;
mod udp;

pub use cipher::CipherMode;
pub(crate) use close::Close;
pub(crate) use hub::{Stay, VoiceHub};
pub(crate) use rtp::Packet;
pub(crate) use server::{serve, watch_round};
pub(crate) use tls::Certificates;
pub use tls::TlsError;
pub(crate) use udp::Udp;
pub use udp::UdpFault;
