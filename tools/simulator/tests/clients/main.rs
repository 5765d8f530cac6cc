//! Clients that we did not write log in, join, and are heard.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail the test")]

mod accounts;
mod foreign;
mod gateway;
mod python;
mod region;
mod rest;
mod role;
mod songbird_bot;
mod tone;
mod using;
mod voice;
