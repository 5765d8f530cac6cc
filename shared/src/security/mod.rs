//! One security rule a file: the rule, the threat and the refusal stand at its top. Pure functions over values.

pub mod access;
#[cfg(feature = "sessions")]
pub mod access_token;
pub mod api_key;
pub mod audit;
pub mod audit_chain;
pub mod ca_pins;
pub mod custom_id;
pub mod event;
pub mod fact;
pub mod input;
pub mod key_set;
pub mod oauth;
pub mod permissions;
pub mod pseudonym;
pub mod public_address;
pub mod rate_limit;
pub mod refresh_token;
pub mod replay;
pub mod role_change;
pub mod secret;
pub mod signature;
pub mod support_id;
pub mod track_url;
pub mod webhook;
