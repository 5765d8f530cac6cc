//! What there is.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;

use super::row::{self, CauseRow, INCIDENT, UNSETTLED};
use super::{Cause, IncidentStore, Seen};
use crate::domain::incident::{Fingerprint, Incident, IncidentId};
use crate::store::incident_rows::of_scope;
use crate::store::item::{is_live, text};
use crate::store::{StoreError, Table};

const OF_SCOPE_BEFORE: &str = "#scope = :scope AND sk < :before";

impl IncidentStore {
    /// An incident; `None`: there is none, or it ended too long ago.
    pub async fn by_id(&self, id: IncidentId, now: Timestamp) -> Result<Option<Seen>, StoreError> {
        let item = self.db.get(Table::Incidents, row::incident_key(id), "incidents.by_id").await?;
        let seen = item.map(row::read_incident).transpose()?;
        Ok(seen.filter(|seen| row::is_kept(&seen.incident, now)))
    }

    /// What is known of a cause.
    pub async fn of_cause(&self, fingerprint: Fingerprint, now: Timestamp) -> Result<Cause, StoreError> {
        let nothing = Cause { latest: None, cleared_at: None, fingerprint, rev: 0 };
        let item = self.db.get(Table::Incidents, row::cause_key(fingerprint), "incidents.of_cause").await?;
        let Some(row) = item.map(CauseRow::read).transpose()? else { return Ok(nothing) };
        let rev = row.rev;
        if !is_live(row.expires_at, now) {
            return Ok(Cause { rev, ..nothing });
        }
        let latest = match row.incident {
            Some(id) => self.by_id(id, now).await?,
            None => None,
        };
        Ok(Cause { latest, cleared_at: row.cleared_at()?, fingerprint, rev })
    }

    /// Those that go on, the latest first. One small query while there are none.
    pub async fn open(&self) -> Result<Vec<Incident>, StoreError> {
        let unsettled = self.unsettled().await?.into_iter().map(|seen| seen.incident);
        Ok(unsettled.filter(Incident::is_open).collect())
    }

    /// Those with which something has still to be done: they go on, or somebody has still to hear that they ended. The
    /// latest first.
    pub async fn unsettled(&self) -> Result<Vec<Seen>, StoreError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let call = self.latest_first(UNSETTLED).set_exclusive_start_key(after);
            let sent = call.send().await;
            let page = sent.map_err(|error| StoreError::unavailable("incidents.unsettled", &error))?;
            for item in page.items.unwrap_or_default() {
                let key = row::incident_key(row::id(&item)?);
                // Both rows were written in one transaction; between the two readings it may have been settled.
                let item = self.db.get(Table::Incidents, key, "incidents.unsettled").await?;
                found.extend(item.map(row::read_incident).transpose()?);
            }
            after = page.last_evaluated_key;
            if after.is_none() {
                found.retain(|seen| !seen.incident.is_settled());
                return Ok(found);
            }
        }
    }

    /// At most so many that began before that one, or the last ones; the latest first.
    pub async fn recent(
        &self,
        most: usize,
        before: Option<IncidentId>,
        now: Timestamp,
    ) -> Result<Vec<Incident>, StoreError> {
        let limit = i32::try_from(most).unwrap_or(i32::MAX).max(1);
        let mut found = Vec::new();
        let mut after = None;
        while found.len() < most {
            let call = match before {
                None => self.latest_first(INCIDENT),
                Some(id) => self
                    .latest_first(INCIDENT)
                    .key_condition_expression(OF_SCOPE_BEFORE)
                    .expression_attribute_values(":before", text(id.to_string())),
            };
            let sent = call.limit(limit).set_exclusive_start_key(after).send().await;
            let page = sent.map_err(|error| StoreError::unavailable("incidents.recent", &error))?;
            for item in page.items.unwrap_or_default() {
                let incident = row::read_incident(item)?.incident;
                found.extend(row::is_kept(&incident, now).then_some(incident));
            }
            after = page.last_evaluated_key;
            if after.is_none() {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// Of one scope, the latest id first.
    fn latest_first(&self, scope: &str) -> QueryFluentBuilder {
        of_scope(&self.db, scope).scan_index_forward(false)
    }
}
