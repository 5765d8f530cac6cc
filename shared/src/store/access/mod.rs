//! Approvals, bans and the count of approved guilds (SPEC T15, T16, P10).
//!
//! A guild's rows have the keys (guild, `access`) and (guild, `ban`); the count is one row, (`#approved`, `count`).
//! Each step is planned from one consistent reading and is conditional on it, the count included: it moves in the
//! transaction that moves the status, so no retry can move it twice.

mod bans;
mod forget;
mod plan;
mod read;
mod row;

use jiff::Timestamp;

pub use self::bans::DenialOutcome;
pub use self::plan::Planned;
pub use self::read::{AccessView, Cursor, CursorError, Listed, Page};
use super::change::{Applied, Change, TRIES};
use super::rate_limits::RateLimitStore;
use super::{Db, StoreError};
use crate::domain::access::{GuildAccess, InvalidTransition, Step};
use crate::ids::GuildId;

/// How many guilds may be approved at the same time, unless configured otherwise (SPEC P10).
pub const DEFAULT_CAP: u32 = 50;

/// Which guilds may use the bot.
#[derive(Clone, Debug)]
pub struct AccessStore {
    db: Db,
    limits: RateLimitStore,
    cap: u32,
}

/// Why a step did not happen. Nothing was written, unless the store's failure says that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The step does not exist from where the guild stands.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
    /// As many guilds are approved as may be.
    #[error("{cap} guilds are approved already")]
    CapReached {
        /// How many may be.
        cap: u32,
    },
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccessStore {
    /// Over the tables of `db`, with at most `cap` approved guilds.
    pub fn new(db: Db, limits: RateLimitStore, cap: u32) -> Self {
        Self { db, limits, cap }
    }

    /// Takes a step without an audit row: plans and applies, again from a new reading after each lost race.
    pub async fn take(&self, guild: GuildId, step: &Step, at: Timestamp) -> Result<GuildAccess, AccessError> {
        for _ in 0..TRIES {
            let planned = self.plan(guild, step, at).await?;
            if self.apply(planned.change).await? == Applied::Done {
                return Ok(planned.after);
            }
        }
        Err(StoreError::Contended { operation: "access.take" }.into())
    }

    /// Writes a planned change alone.
    pub async fn apply(&self, change: Change) -> Result<Applied, StoreError> {
        change.apply(&self.db, "access.apply").await
    }
}

#[cfg(test)]
mod tests;
