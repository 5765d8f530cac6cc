//! A planned change and its row of the trail, in one transaction (SPEC T36). Who loses the race for the rows that were
//! planned on plans again from a new reading; a change is never made without its row, nor a row written without its change.

use core::fmt;

use super::{AppendError, AuditStore};
use crate::clock::Rng;
use crate::security::audit::AuditEvent;
use crate::store::{Change, StoreError};

/// How often it is planned in all.
const TRIES: u32 = 8;

/// The change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarryOutError<E> {
    /// The plan says that it may not be, or could not be made. Nothing was written.
    #[error(transparent)]
    Plan(E),
    /// Somebody else was faster each time. Nothing was written.
    #[error("others were faster every time")]
    Contended,
    /// The trail failed; see [`AuditStore::append_with`].
    #[error(transparent)]
    Store(StoreError),
}

impl AuditStore {
    /// Plans a change, and writes it in one transaction with the row that says so in the chain of `tenant`. If somebody else
    /// has changed the same rows since they were read, it plans again, a bounded number of times.
    ///
    /// `plan` reads and says what to write, at most 98 conditional writes, and what to tell the caller once that is done.
    pub async fn carry_out<P, E, F>(
        &self,
        tenant: impl fmt::Display,
        event: &AuditEvent,
        rng: Rng,
        plan: impl Fn() -> F,
    ) -> Result<P, CarryOutError<E>>
    where
        F: Future<Output = Result<(Change, P), E>>,
    {
        let tenant = tenant.to_string();
        for _ in 0..TRIES {
            let (change, planned) = plan().await.map_err(CarryOutError::Plan)?;
            match self.append_with(&tenant, event.clone(), change.into_items(), rng).await {
                Ok(_) => return Ok(planned),
                Err(AppendError::Refused { .. }) => {}
                Err(AppendError::Store(error)) => return Err(CarryOutError::Store(error)),
            }
        }
        Err(CarryOutError::Contended)
    }
}

#[cfg(test)]
#[path = "carry_out_tests.rs"]
mod tests;
