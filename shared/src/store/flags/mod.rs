//! The containment flag: one row that everything asks (SPEC T33). Every move is conditional on the version read. Who raises
//! it to L4 or further ends every sign-in and API key in the same transaction.

mod row;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::change::{Applied, Change, TRIES};
use super::in_transaction::InTransaction;
use super::unchanged::{Counter, IfUnchanged};
use super::{Db, StoreError, Table, cutoff};
use crate::domain::access::Reason;
use crate::domain::containment::{Act, Containment, InvalidMove, Level};

pub(super) use self::row::{key, level};

const VERSION: Counter = Counter { no_row: "attribute_not_exists(flag)", same: "version = :seen" };

/// The containment flag.
#[derive(Clone, Debug)]
pub struct FlagStore {
    db: Db,
}

/// What somebody wants to happen to the flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Go up to a level.
    Raise(Level, Act, Reason),
    /// Ask to go back to L0.
    RequestResume(Act),
    /// Be the second person who says so.
    ConfirmResume(Act),
}

/// A move that may be made.
#[derive(Clone, Debug)]
pub struct PlannedMove {
    /// The write. On a conflict, plan again.
    pub change: Change,
    /// The flag before: the prior state that the audit row records.
    pub before: Containment,
    /// The flag then.
    pub after: Containment,
}

/// Why the flag did not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// It does not move so.
    #[error(transparent)]
    Move(#[from] InvalidMove),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Move {
    fn from(self, before: Containment) -> Result<Containment, InvalidMove> {
        match self {
            Self::Raise(level, act, reason) => before.raise(level, act, reason),
            Self::RequestResume(act) => before.request_resume(act),
            Self::ConfirmResume(act) => before.confirm_resume(act),
        }
    }
}

impl FlagStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// The level, where no guild is read along. A failure means: the cache's `last_level` decides.
    pub async fn level(&self) -> Result<Level, StoreError> {
        Ok(self.read().await?.level())
    }

    /// The whole flag.
    pub async fn read(&self) -> Result<Containment, StoreError> {
        Ok(self.versioned().await?.0)
    }

    /// What a move would write; it can be joined with an audit row in one transaction.
    pub async fn plan(&self, wanted: &Move) -> Result<PlannedMove, FlagError> {
        let (before, seen) = self.versioned().await?;
        let after = wanted.clone().from(before.clone())?;
        let mut items = vec![self.put(&after, seen)?];
        if let Move::Raise(_, act, _) = wanted
            && after.level() >= Level::L4
        {
            items.extend(cutoff::end_all(&self.db, act.at)?);
        }
        let change = Change::new(items);
        Ok(PlannedMove { change, before, after })
    }

    /// Makes a move without an audit row, again from a new reading after each lost race.
    pub async fn make(&self, wanted: &Move) -> Result<Containment, FlagError> {
        for _ in 0..TRIES {
            let planned = self.plan(wanted).await?;
            if self.apply(planned.change).await? == Applied::Done {
                return Ok(planned.after);
            }
        }
        Err(StoreError::Contended { operation: "flags.make" }.into())
    }

    /// Writes a planned change alone.
    pub async fn apply(&self, change: Change) -> Result<Applied, StoreError> {
        change.apply(&self.db, "flags.apply").await
    }

    async fn versioned(&self) -> Result<(Containment, u64), StoreError> {
        row::read(self.db.get(Table::Flags, key(), "flags.read").await?.as_ref())
    }

    /// Version 0 is the missing row.
    fn put(&self, after: &Containment, seen: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().set_item(Some(row::write(after, seen.saturating_add(1))));
        put.if_unchanged(VERSION, seen).in_transaction(&self.db, Table::Flags)
    }
}

#[cfg(test)]
mod tests;
