//! What every function of `TimmyBot` shares.
//!
//! Dependencies point one way: [`domain`] and [`security`] are pure (no SDK, no runtime, no clock, no
//! environment); [`discord`] and [`telemetry`] format and parse; [`store`] and the clients behind features do I/O.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "aws")]
pub mod aws_code;
pub mod clock;
pub mod discord;
pub mod domain;
pub mod env;
pub mod event_source;
#[cfg(feature = "evidence")]
pub mod evidence;
#[cfg(feature = "exports")]
pub mod exports;
#[cfg(test)]
mod fake_http;
pub mod grant;
pub mod http_error;
pub mod http_event;
pub mod ids;
pub mod invocation;
#[cfg(feature = "invoke")]
pub mod invoke;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(feature = "oauth")]
pub mod linking;
#[cfg(feature = "secrets")]
pub mod logbook;
pub mod machine;
pub mod messages;
pub mod privacy;
pub mod providers;
pub mod public_base;
#[cfg(feature = "queues")]
pub mod queues;
#[cfg(feature = "secrets")]
pub mod secrets;
pub mod security;
#[cfg(feature = "signing")]
pub mod signing;
pub mod sqs_event;
#[cfg(feature = "status")]
pub mod status_bucket;
#[cfg(feature = "store")]
pub mod store;
pub mod table;
pub mod telemetry;
#[cfg(feature = "vault")]
pub mod vault;
#[cfg(feature = "voice-call")]
pub mod voice_call;
