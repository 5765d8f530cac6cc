//! Stub.

pub mod iam;
pub mod template;
