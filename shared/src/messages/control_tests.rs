use serde_json::{Value, json};

use super::super::schema::agrees;
use super::*;
use crate::clock::Rng;

const SCHEMA: &str = include_str!("../../../events/schemas/control.json");

fn at() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

fn incident() -> IncidentId {
    IncidentId::new(at(), Rng::fixed(7)).unwrap()
}

fn by() -> String {
    "admin_0123456789abcdef".to_owned()
}

/// One of each.
fn orders() -> Vec<Order> {
    let (incident, channel) = (incident(), || "slack-ops".parse().unwrap());
    vec![
        Order::Raise { alert: Alert::GuildBanned, label: None },
        Order::Raise { alert: Alert::DeadLetters, label: Some("webhooks".parse().unwrap()) },
        Order::Acknowledge { incident, by: by() },
        Order::Resolve { incident, by: by() },
        Order::Review { incident, by: by() },
        Order::Silence { incident, for_s: 3600, by: by() },
        Order::Contain { incident: None },
        Order::Contain { incident: Some(incident) },
        Order::Flush { incident },
        Order::Deliver { channel: channel(), notice: Box::new(Notice::test(incident, at())), attempt: 1 },
        Order::Test { channel: channel() },
    ]
}

fn body(order: &Value) -> String {
    json!({ "type": "control", "version": 1, "at": "2026-01-02T03:04:05Z", "order": order }).to_string()
}

#[test]
fn each_order_reads_back_and_is_what_its_schema_says() {
    for order in orders() {
        let control = Control::new(order, at());
        let body = control.to_body().unwrap();
        assert_eq!(Control::parse(&body), Ok(control.clone()), "{body}");
        assert_eq!(control.at(), at());
        agrees(SCHEMA, &control);
    }
}

#[test]
fn alerts_have_names_that_the_schema_takes() {
    for alert in Alert::ALL {
        agrees(SCHEMA, &Control::new(Order::Raise { alert, label: None }, at()));
    }
}

#[test]
fn an_order_says_what_is_to_be_done_in_plain_words() {
    let control = Control::new(Order::Raise { alert: Alert::GuildBanned, label: None }, at());
    let expected = json!({
        "type": "control", "version": 1, "at": "2026-01-02T03:04:05.678Z",
        "order": { "do": "raise", "alert": "guild-banned", "label": null },
    });
    assert_eq!(serde_json::from_str::<Value>(&control.to_body().unwrap()).unwrap(), expected);
}

#[test]
fn what_is_no_order_of_ours_is_refused() {
    let id = incident().to_string();
    assert!(Control::parse(&body(&json!({ "do": "flush", "incident": id }))).is_ok());
    for order in [
        json!({}),
        json!({ "do": "everything" }),
        json!({ "do": "flush" }),
        json!({ "do": "flush", "incident": "I-abcdef" }),
        json!({ "do": "flush", "incident": id, "and": "more" }),
        json!({ "do": "raise", "alert": "nobody-knows", "label": null }),
        json!({ "do": "raise", "alert": "guild-banned", "label": "175928847299117063" }),
        json!({ "do": "silence", "incident": id, "for_s": -1, "by": "admin_x" }),
        json!({ "do": "deliver", "channel": "slack ops", "notice": {}, "attempt": 1 }),
    ] {
        assert_eq!(Control::parse(&body(&order)), Err(BadMessage), "{order}");
    }
    for body in ["", "{}", "null", r#"{"type":"control","version":2,"at":"2026-01-02T03:04:05Z","order":{}}"#]
    {
        assert_eq!(Control::parse(body), Err(BadMessage), "{body}");
    }
}

/// The longest that a queue takes is 256 KiB; an incident with a full timeline is far below that.
#[test]
fn the_longest_order_fits_into_a_message() {
    let mut notice = Notice::test(incident(), at());
    notice.incident.detail = Some("x".repeat(400).as_str().into());
    for _ in 0..100 {
        notice.incident.note(
            at(),
            crate::domain::incident::Happening::Fired(u64::MAX),
            crate::domain::incident::By::Person(by()),
        );
    }
    let order =
        Order::Deliver { channel: "a".repeat(48).parse().unwrap(), notice: Box::new(notice), attempt: 99 };
    assert!(Control::new(order, at()).to_body().unwrap().len() < 32_768);
}
