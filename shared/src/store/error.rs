//! What can go wrong between us and the table.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::aws_code;

/// A store's failure. It never carries a key, a value or the service's message: those may hold ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The call failed, was throttled or timed out. For a write: it may or may not have happened.
    #[error("{operation} failed: {code}")]
    Unavailable {
        /// Our name of the operation, for the log.
        operation: &'static str,
        /// The service's error code, or `timeout`, `dispatch`, `response`.
        code: String,
    },
    /// Somebody else kept changing the same rows until our tries were spent. Nothing was written.
    #[error("{operation} lost every race")]
    Contended {
        /// Our name of the operation, for the log.
        operation: &'static str,
    },
    /// A row does not read as what we write; nothing is guessed from it.
    #[error("a row of {table} is corrupt: {what}")]
    Corrupt {
        /// The table's suffix.
        table: &'static str,
        /// What is wrong with it, in constant words.
        what: &'static str,
    },
}

impl StoreError {
    /// Our name of what failed, for the log.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Unavailable { operation, .. } | Self::Contended { operation } => operation,
            Self::Corrupt { table, .. } => table,
        }
    }

    /// The cause, in words that hold nothing personal.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable { code, .. } => code,
            Self::Contended { .. } => "contended",
            Self::Corrupt { what, .. } => what,
        }
    }

    /// The failure of an SDK call, reduced to what may be logged.
    pub(crate) fn unavailable<E, R>(operation: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        Self::Unavailable { operation, code: aws_code::code(error) }
    }
}
