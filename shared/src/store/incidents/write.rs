//! What changes.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;

use super::row::{self, CauseRow};
use super::{Cause, IncidentStore, Seen};
use crate::domain::incident::Incident;
use crate::store::in_transaction::InTransaction;
use crate::store::incident_rows::{self, corrupt};
use crate::store::item::Item;
use crate::store::unchanged::{IfUnchanged, REV};
use crate::store::{Applied, Change, StoreError, Table};

impl IncidentStore {
    /// Writes a new incident, which is the last of its cause from now on; `None`: somebody else has begun one, or has
    /// learned something of the cause, since it was read.
    pub async fn begin(&self, incident: &Incident, cause: &Cause) -> Result<Option<Seen>, StoreError> {
        if incident.fingerprint() != cause.fingerprint {
            return Err(corrupt("an incident of another cause"));
        }
        let pointer = CauseRow::of(incident, cause.rev.saturating_add(1));
        let items = [
            self.put(row::incident_item(incident, 1)?, 0)?,
            self.put(row::unsettled_item(incident.id)?, 0)?,
            self.put(pointer.item()?, cause.rev)?,
        ];
        let applied = Change::new(items).apply(&self.db, "incidents.begin").await?;
        Ok((applied == Applied::Done).then(|| Seen { incident: incident.clone(), rev: 1 }))
    }

    /// Remembers that a cause without an incident has cleared; `None`: somebody else has learned something of it since
    /// it was read.
    pub async fn remember_cleared(
        &self,
        cause: &Cause,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<()>, StoreError> {
        let next = CauseRow::cleared(cause.fingerprint, at, cause.rev.saturating_add(1), now);
        let written =
            incident_rows::put(&self.db, next.item()?, cause.rev, "incidents.remember_cleared").await?;
        Ok(written.then_some(()))
    }

    /// Writes what an incident has become, if nobody else has since it was read; `None`: somebody has.
    pub async fn save(&self, seen: &Seen, next: Incident) -> Result<Option<Seen>, StoreError> {
        if next.id != seen.incident.id {
            return Err(corrupt("another incident"));
        }
        let rev = seen.rev.saturating_add(1);
        let item = row::incident_item(&next, rev)?;
        let written = match (seen.incident.is_settled(), next.is_settled()) {
            (true, true) | (false, false) => {
                incident_rows::put(&self.db, item, seen.rev, "incidents.save").await?
            }
            (false, true) => self.save_with(item, seen.rev, self.settle(&next)?).await?,
            (true, false) => {
                let unsettled = self.put_any(row::unsettled_item(next.id)?)?;
                self.save_with(item, seen.rev, unsettled).await?
            }
        };
        Ok(written.then_some(Seen { incident: next, rev }))
    }

    async fn save_with(&self, item: Item, seen: u64, other: TransactWriteItem) -> Result<bool, StoreError> {
        let change = Change::new([self.put(item, seen)?, other]);
        Ok(change.apply(&self.db, "incidents.save").await? == Applied::Done)
    }

    /// Writes a row if it is still what was seen; 0: there was none.
    fn put(&self, item: Item, seen: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().set_item(Some(item)).if_unchanged(REV, seen);
        put.in_transaction(&self.db, Table::Incidents)
    }

    fn put_any(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        Put::builder().set_item(Some(item)).in_transaction(&self.db, Table::Incidents)
    }

    fn settle(&self, incident: &Incident) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().set_key(Some(row::unsettled_key(incident.id)));
        delete.in_transaction(&self.db, Table::Incidents)
    }
}
