//! The buttons of an incident's card (SPEC T27, T33): take it, close it, silence it, pause the bot because of it. Nothing
//! is done about an incident here: security-alarms alone changes incidents, so each press is a row of the audit trail and
//! then an order. Pressed twice, it is done once.

use jiff::{SignedDuration, Timestamp};
use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::domain::incident::IncidentId;
use shared::messages::Order;
use shared::security::custom_id::IncidentDeed;
use shared::security::permissions::ManageIncidents;

use super::audited::{Deed, event, note};
use super::lockdown;
use crate::orders;
use crate::refused::Refused;
use crate::visit::Visit;

/// How long a press of "silence" lasts, in seconds; the button says the same.
const SILENCE_S: u32 = 3_600;

/// Does what the button says.
pub(crate) async fn pressed(
    visit: &Visit<'_>,
    deed: IncidentDeed,
    incident: IncidentId,
) -> Result<Answer, Refused> {
    match deed {
        IncidentDeed::Acknowledge => {
            let order = |by| Order::Acknowledge { incident, by };
            change(visit, incident, ("incident.acknowledge", Message::IncidentTaken), order).await
        }
        IncidentDeed::Resolve => {
            let order = |by| Order::Resolve { incident, by };
            change(visit, incident, ("incident.resolve", Message::IncidentClosed), order).await
        }
        IncidentDeed::Silence => {
            let order = |by| Order::Silence { incident, for_s: SILENCE_S, by };
            let said = Message::IncidentSilenced { until: Moment(silent_until(visit.now)) };
            change(visit, incident, ("incident.silence", said), order).await
        }
        // What contains does not wait for a table of incidents.
        IncidentDeed::Contain => lockdown::because_of(visit, incident).await,
    }
}

/// The row first: what nobody could say of later who did it is not ordered.
async fn change(
    visit: &Visit<'_>,
    incident: IncidentId,
    (action, said): (&'static str, Message),
    order: impl FnOnce(String) -> Order,
) -> Result<Answer, Refused> {
    visit.authorize::<ManageIncidents>()?;
    still_open(visit, incident).await?;
    let deed = Deed { action, resource: "incident", guild: None };
    let event = event(visit, deed)?.detail("incident", incident);
    let by = event.admin().as_str().to_owned();
    note(visit, deed, event).await?;
    orders::give(visit.app, visit.report, order(by), visit.now).await?;
    Ok(visit.whisper(&said))
}

fn silent_until(now: Timestamp) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(SILENCE_S.into())).unwrap_or(Timestamp::MAX)
}

/// Cards stay where they are for longer than what they are about.
async fn still_open(visit: &Visit<'_>, incident: IncidentId) -> Result<(), Refused> {
    match visit.read(visit.app.incidents.by_id(incident, visit.now).await)? {
        Some(seen) if seen.incident.is_open() => Ok(()),
        Some(_) => Err(Refused::Because(Message::IncidentOver)),
        None => Err(Refused::Because(Message::IncidentGone)),
    }
}
