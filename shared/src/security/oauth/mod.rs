//! The rules of linking an account (SPEC W12): what is random, what is bound to what, and when a callback is believed.

pub mod callback;
pub mod one_time;
pub mod pkce;
