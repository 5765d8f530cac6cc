//! Discord's Webhook Events (<https://docs.discord.com/developers/events/webhook-events>): PING is type 0 here, and wants an
//! empty 204 like everything else.

use serde::Deserialize;
use serde_json::Value;
use shared::ids::UserId;
use shared::messages::WebhookTask;
use shared::security::webhook::Delivery;

use super::{Read, Unreadable, json};

const PING: u8 = 0;
const EVENT: u8 = 1;
/// A user took our application away: they want nothing of us any more.
const DEAUTHORIZED: &str = "APPLICATION_DEAUTHORIZED";

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: u8,
    event: Option<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Option<Value>,
}

#[derive(Deserialize)]
struct Deauthorized {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: UserId,
}

pub(super) fn read(body: &[u8], delivery: &Delivery) -> Result<Read, Unreadable> {
    let payload: Payload = json(body)?;
    match (payload.kind, payload.event) {
        (EVENT, Some(event)) if event.kind == DEAUTHORIZED => {
            let data = event.data.ok_or(Unreadable::Malformed)?;
            let Deauthorized { user } = serde_json::from_value(data).map_err(|_| Unreadable::Malformed)?;
            Ok(Read::job(delivery, WebhookTask::Erase { user: user.id }))
        }
        (PING, _) | (EVENT, Some(_)) => Ok(Read::NOTHING),
        _ => Err(Unreadable::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(body: &Value) -> Result<Read, Unreadable> {
        read(body.to_string().as_bytes(), &Delivery::of(&[b"1"]))
    }

    fn event(kind: &str, data: &Value) -> Value {
        let event = json!({ "type": kind, "timestamp": "2024-10-18T14:42:53.064834", "data": data });
        json!({ "version": 1, "application_id": "1234560123453231555", "type": 1, "event": event })
    }

    #[test]
    fn who_took_us_away_is_erased() {
        let read =
            of(&event(DEAUTHORIZED, &json!({ "user": { "id": "80351110224678912", "username": "ada" } })));
        let task = WebhookTask::Erase { user: UserId::new(80_351_110_224_678_912) };
        assert_eq!(read, Ok(Read::job(&Delivery::of(&[b"1"]), task)));
    }

    #[test]
    fn a_ping_and_other_events_are_nothing_to_do() {
        assert_eq!(of(&json!({ "version": 1, "application_id": "1", "type": 0 })), Ok(Read::NOTHING));
        for kind in ["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE", "QUEST_USER_ENROLLMENT", "NEW_ONE"] {
            assert_eq!(of(&event(kind, &json!({}))), Ok(Read::NOTHING), "{kind}");
        }
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        for body in [
            json!({}),
            json!({ "type": 1 }),
            json!({ "type": 2, "event": { "type": "X" } }),
            event(DEAUTHORIZED, &json!({})),
            event(DEAUTHORIZED, &json!({ "user": { "id": "0" } })),
            event(DEAUTHORIZED, &Value::Null),
        ] {
            assert_eq!(of(&body), Err(Unreadable::Malformed), "{body}");
        }
    }
}
