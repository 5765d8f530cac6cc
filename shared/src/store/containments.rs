//! What containment has done to the account, in `incidents` (SPEC T33): one row, keys `scope` = `containment`, `sk` =
//! `state`. It is written before the first step, and each writer writes on the condition that nobody else has since it was
//! read: of two that follow the flag at once one goes on, and the other reads again.

use serde::{Deserialize, Serialize};

use super::incident_rows::{self, corrupt, key};
use super::item::{from_item, to_item};
use super::{Db, StoreError, Table};
use crate::domain::contained::Contained;

const SCOPE: &str = "containment";
const SK: &str = "state";

/// What was read, and which writing of it that was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenContained {
    /// What has been done.
    pub contained: Contained,
    /// 0 without a row.
    rev: u64,
}

#[derive(Serialize, Deserialize)]
struct Row {
    scope: String,
    sk: String,
    rev: u64,
    /// JSON: it is read by nobody but us, and whole.
    state: String,
}

/// What containment has done. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ContainmentStore {
    db: Db,
}

impl ContainmentStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// What has been done; nothing without a row. One strongly consistent read.
    pub async fn read(&self) -> Result<SeenContained, StoreError> {
        let item = self.db.get(Table::Incidents, key(SCOPE, SK), "containments.read").await?;
        let Some(item) = item else { return Ok(SeenContained::default()) };
        let row: Row = from_item(Table::Incidents, "containment", item)?;
        let contained = serde_json::from_str(&row.state).map_err(|_| corrupt("state"))?;
        Ok(SeenContained { contained, rev: row.rev })
    }

    /// Writes what is done, if nobody else has since it was read; `None`: somebody has.
    pub async fn save(
        &self,
        seen: &SeenContained,
        next: Contained,
    ) -> Result<Option<SeenContained>, StoreError> {
        let rev = seen.rev.saturating_add(1);
        let state = serde_json::to_string(&next).map_err(|_| corrupt("state does not serialise"))?;
        let row = Row { scope: SCOPE.to_owned(), sk: SK.to_owned(), rev, state };
        let item = to_item(Table::Incidents, &row)?;
        let written = incident_rows::put(&self.db, item, seen.rev, "containments.save").await?;
        Ok(written.then_some(SeenContained { contained: next, rev }))
    }
}

#[cfg(test)]
#[path = "containments_tests.rs"]
mod tests;
