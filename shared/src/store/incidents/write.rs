//! What changes.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;

use super::row::{self, CauseRow};
use super::{Cause, IncidentStore, Seen};
use crate::domain::incident::Incident;
use crate::store::condition::held;
use crate::store::item::{Item, number};
use crate::store::{Applied, Change, StoreError, Table};

const NEW: &str = "attribute_not_exists(sk)";
const SAME: &str = "rev = :seen";

impl IncidentStore {
    /// Writes a new incident, which is the last of its cause from now on; `None`: somebody else has begun one, or has
    /// learned something of the cause, since it was read.
    pub async fn begin(&self, incident: &Incident, cause: &Cause) -> Result<Option<Seen>, StoreError> {
        if incident.fingerprint() != cause.fingerprint {
            return Err(row::corrupt("an incident of another cause"));
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
        let call = self.db.client().put_item().table_name(self.db.table(Table::Incidents));
        let call = call.set_item(Some(next.item()?));
        let call = match cause.rev {
            0 => call.condition_expression(NEW),
            rev => call.condition_expression(SAME).expression_attribute_values(":seen", number(rev)),
        };
        Ok(held(call.send().await, "incidents.remember_cleared")?.map(drop))
    }

    /// Writes what an incident has become, if nobody else has since it was read; `None`: somebody has.
    pub async fn save(&self, seen: &Seen, next: Incident) -> Result<Option<Seen>, StoreError> {
        if next.id != seen.incident.id {
            return Err(row::corrupt("another incident"));
        }
        let rev = seen.rev.saturating_add(1);
        let item = row::incident_item(&next, rev)?;
        let written = match (seen.incident.is_settled(), next.is_settled()) {
            (true, true) | (false, false) => self.save_alone(item, seen.rev).await?,
            (false, true) => self.save_with(item, seen.rev, self.settle(&next)?).await?,
            (true, false) => {
                let unsettled = self.put_any(row::unsettled_item(next.id)?)?;
                self.save_with(item, seen.rev, unsettled).await?
            }
        };
        Ok(written.then_some(Seen { incident: next, rev }))
    }

    async fn save_alone(&self, item: Item, seen: u64) -> Result<bool, StoreError> {
        let call = self.db.client().put_item().table_name(self.db.table(Table::Incidents));
        let call = call.set_item(Some(item)).condition_expression(SAME);
        let sent = call.expression_attribute_values(":seen", number(seen)).send().await;
        Ok(held(sent, "incidents.save")?.is_some())
    }

    async fn save_with(&self, item: Item, seen: u64, other: TransactWriteItem) -> Result<bool, StoreError> {
        let change = Change::new([self.put(item, seen)?, other]);
        Ok(change.apply(&self.db, "incidents.save").await? == Applied::Done)
    }

    /// Writes a row if it is still what was seen; 0: there was none.
    fn put(&self, item: Item, seen: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(self.db.table(Table::Incidents)).set_item(Some(item));
        let put = match seen {
            0 => put.condition_expression(NEW),
            rev => put.condition_expression(SAME).expression_attribute_values(":seen", number(rev)),
        };
        let put = put.build().map_err(|_| row::corrupt("a write is incomplete"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn put_any(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(self.db.table(Table::Incidents)).set_item(Some(item)).build();
        Ok(TransactWriteItem::builder().put(put.map_err(|_| row::corrupt("a write is incomplete"))?).build())
    }

    fn settle(&self, incident: &Incident) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(self.db.table(Table::Incidents))
            .set_key(Some(row::unsettled_key(incident.id)))
            .build();
        let delete = delete.map_err(|_| row::corrupt("a write is incomplete"))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
