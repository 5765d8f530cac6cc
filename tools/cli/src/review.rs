//! Somebody has reviewed an incident that is over (SPEC T34). As with a press in Discord the row in the audit trail comes
//! first, then the order: security-alarms alone changes incidents.

use anyhow::{Context as _, Result};
use shared::domain::incident::IncidentId;
use shared::messages::{Control, Order};
use shared::queues::Delay;
use shared::security::audit::AuditEvent;

use crate::lockdown::Door;

/// Writes the row and gives the order, in the name of who opened the door.
pub(crate) async fn order(door: &Door, incident: IncidentId) -> Result<()> {
    let admin = door.names.admin(door.user);
    let event =
        AuditEvent::new(admin, "incident.review", "incident", "console", door.act.at, door.rng.bytes()?)
            .detail("incident", incident);
    let by = event.admin().as_str().to_owned();
    door.audit.append("operators", event, door.rng).await.context("writing the row of the trail")?;
    let order = Control::new(Order::Review { incident, by }, door.act.at);
    let given = door.control.order(&order, Delay::NONE).await;
    given.context("the row of the trail is written, but the order was not given: do it once more")
}
