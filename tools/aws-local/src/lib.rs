//! The AWS services that we call, on loopback, built from `template.yaml`: for tests and for `timmy up`.
//!
//! One file (or folder) a service, speaking the service's own wire protocol, with its documented errors. Nothing here
//! checks IAM, and of signatures only those in the addresses of S3.

mod calls;
pub mod cloudwatch;
pub mod dynamodb;
pub mod ecs;
mod eventbridge;
mod fault;
pub mod function_url;
mod host;
pub mod kms;
pub mod lambda;
mod listing;
mod logs;
mod machine;
mod private_file;
mod rows;
pub mod s3;
pub mod secretsmanager;
pub mod sns;
pub mod sqs;
mod stack;
pub mod template;
mod wire;
mod xml;

pub use calls::{Call, Need};
pub use fault::{Fault, Hangs};
pub use rows::{Rows, Unread};
pub use secretsmanager::EverHeld;
pub use sns::Published;
pub use stack::{Data, Intake, Stack, StackError, StackOptions};
pub use wire::{ACCESS_KEY, ACCOUNT, REGION};
