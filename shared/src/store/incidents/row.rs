//! Between incidents and their rows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CAUSE_KEPT, CLEARED_KEPT, KEPT, Seen};
use crate::domain::incident::{Fingerprint, Incident, IncidentId};
use crate::store::incident_rows::{corrupt, key};
use crate::store::item::{Item, from_item, is_live, to_item};
use crate::store::{StoreError, Table};

/// The scope of incidents.
pub(super) const INCIDENT: &str = "incident";
/// The scope of the ids of those with which something has still to be done.
pub(super) const UNSETTLED: &str = "unsettled";
const CAUSE: &str = "cause";

#[derive(Serialize, Deserialize)]
struct IncidentRow {
    scope: String,
    sk: IncidentId,
    rev: u64,
    /// JSON: it is read by nobody but us, and whole.
    incident: String,
    expires_at: i64,
}

#[derive(Serialize)]
struct UnsettledRow {
    scope: &'static str,
    sk: IncidentId,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CauseRow {
    scope: String,
    sk: String,
    pub(super) rev: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) incident: Option<IncidentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleared_at: Option<i64>,
    pub(super) expires_at: i64,
}

impl CauseRow {
    /// This incident is the last of its cause.
    pub(super) fn of(incident: &Incident, rev: u64) -> Self {
        Self {
            scope: CAUSE.to_owned(),
            sk: incident.fingerprint().to_string(),
            rev,
            incident: Some(incident.id),
            cleared_at: None,
            expires_at: after(incident.opened_at, CAUSE_KEPT),
        }
    }

    /// It cleared then, and has no incident.
    pub(super) fn cleared(cause: Fingerprint, at: Timestamp, rev: u64, now: Timestamp) -> Self {
        Self {
            scope: CAUSE.to_owned(),
            sk: cause.to_string(),
            rev,
            incident: None,
            cleared_at: Some(at.as_millisecond()),
            expires_at: after(now, CLEARED_KEPT),
        }
    }

    pub(super) fn cleared_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let at = self.cleared_at.map(Timestamp::from_millisecond).transpose();
        at.map_err(|_| corrupt("cleared_at"))
    }

    pub(super) fn item(&self) -> Result<Item, StoreError> {
        to_item(Table::Incidents, self)
    }

    pub(super) fn read(item: Item) -> Result<Self, StoreError> {
        from_item(Table::Incidents, "cause", item)
    }
}

/// The row of an incident.
pub(super) fn incident_item(incident: &Incident, rev: u64) -> Result<Item, StoreError> {
    let json = serde_json::to_string(incident).map_err(|_| corrupt("an incident does not serialise"))?;
    let expires_at = after(incident.touched_at(), KEPT);
    let row = IncidentRow { scope: INCIDENT.to_owned(), sk: incident.id, rev, incident: json, expires_at };
    to_item(Table::Incidents, &row)
}

/// The incident of a row.
pub(super) fn read_incident(item: Item) -> Result<Seen, StoreError> {
    let row: IncidentRow = from_item(Table::Incidents, "incident", item)?;
    let incident: Incident = serde_json::from_str(&row.incident).map_err(|_| corrupt("incident"))?;
    if incident.id == row.sk { Ok(Seen { incident, rev: row.rev }) } else { Err(corrupt("id")) }
}

/// Whether an incident is still kept; the table's own TTL may lag by days.
pub(super) fn is_kept(incident: &Incident, now: Timestamp) -> bool {
    is_live(after(incident.touched_at(), KEPT), now)
}

/// The row that says that something has still to be done with it.
pub(super) fn unsettled_item(id: IncidentId) -> Result<Item, StoreError> {
    to_item(Table::Incidents, &UnsettledRow { scope: UNSETTLED, sk: id })
}

/// The key of [`unsettled_item`].
pub(super) fn unsettled_key(id: IncidentId) -> Item {
    key(UNSETTLED, id.to_string())
}

pub(super) fn incident_key(id: IncidentId) -> Item {
    key(INCIDENT, id.to_string())
}

pub(super) fn cause_key(cause: Fingerprint) -> Item {
    key(CAUSE, cause.to_string())
}

/// The id in a row's `sk`.
pub(super) fn id(item: &Item) -> Result<IncidentId, StoreError> {
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| sk.parse().ok());
    sk.ok_or_else(|| corrupt("sk"))
}

/// Epoch seconds, so long after `at`.
fn after(at: Timestamp, kept: jiff::SignedDuration) -> i64 {
    at.saturating_add(kept).unwrap_or(Timestamp::MAX).as_second()
}
