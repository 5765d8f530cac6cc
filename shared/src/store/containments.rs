//! What containment has done to the account, in `incidents` (SPEC T33): one row, keys `scope` = `containment`, `sk` =
//! `state`. It is written before the first step, and each writer writes on the condition that nobody else has since it was
//! read: of two that follow the flag at once one goes on, and the other reads again.

use serde::{Deserialize, Serialize};

use super::condition::held;
use super::item::{Item, from_item, number, text, to_item};
use super::{Db, StoreError, Table};
use crate::domain::contained::Contained;

const SCOPE: &str = "containment";
const SK: &str = "state";
const NEW: &str = "attribute_not_exists(sk)";
const SAME: &str = "rev = :seen";

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
        let call =
            self.db.client().get_item().table_name(self.db.table(Table::Incidents)).consistent_read(true);
        let sent = call.set_key(Some(key())).send().await;
        let item = sent.map_err(|error| StoreError::unavailable("containments.read", &error))?.item;
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
        let call = self.db.client().put_item().table_name(self.db.table(Table::Incidents));
        let call = call.set_item(Some(to_item(Table::Incidents, &row)?));
        let call = match seen.rev {
            0 => call.condition_expression(NEW),
            seen => call.condition_expression(SAME).expression_attribute_values(":seen", number(seen)),
        };
        Ok(held(call.send().await, "containments.save")?.map(|_| SeenContained { contained: next, rev }))
    }
}

fn key() -> Item {
    Item::from([("scope".to_owned(), text(SCOPE)), ("sk".to_owned(), text(SK))])
}

const fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Incidents.suffix(), what }
}

#[cfg(test)]
#[path = "containments_tests.rs"]
mod tests;
