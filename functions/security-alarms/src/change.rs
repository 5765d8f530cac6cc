//! Changes of incidents that are there.

use jiff::Timestamp;
use shared::domain::incident::{Incident, IncidentId};
use shared::store::incidents::Seen;

use crate::app::App;
use crate::not_done::NotDone;

/// How often something is tried again after somebody else was first.
pub(crate) const TRIES: u32 = 8;

/// Changes an incident by a pure function, again from a new reading after each lost race. `None`: there is no such
/// incident, or there is nothing to change.
pub(crate) async fn change(
    app: &App,
    id: IncidentId,
    by: impl Fn(&Incident, Timestamp) -> Option<Incident>,
) -> Result<Option<Seen>, NotDone> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(seen) = app.incidents.by_id(id, now).await? else { return Ok(None) };
        let Some(next) = by(&seen.incident, now) else { return Ok(None) };
        if let Some(saved) = app.incidents.save(&seen, next).await? {
            return Ok(Some(saved));
        }
    }
    Err(NotDone::contended("incidents.save"))
}

/// The same of one that was just read or written: most often nobody else has changed it since. It comes back as it is
/// then, also if there was nothing to change.
pub(crate) async fn change_seen(
    app: &App,
    seen: Seen,
    by: impl Fn(&Incident, Timestamp) -> Option<Incident>,
) -> Result<Seen, NotDone> {
    let Some(next) = by(&seen.incident, app.clock.now()) else { return Ok(seen) };
    if let Some(saved) = app.incidents.save(&seen, next).await? {
        return Ok(saved);
    }
    Ok(change(app, seen.incident.id, by).await?.unwrap_or(seen))
}
