use serde_json::{Map, Value, json};
use shared::http_event::HttpEvent;
use shared::security::secret::Secret;
use shared::security::webhook::{Scheme, WebhookKeys, verify};
use testkit::signers;

use super::*;
use crate::channels::tests::world::{TEST_KEY, notice, now};

const RUNBOOKS: &str = "https://runbooks.example.org";

fn body_of(kind: Kind) -> Vec<u8> {
    body(&Facts::new(&notice(kind), RUNBOOKS))
}

fn parsed(kind: Kind) -> Value {
    serde_json::from_slice(&body_of(kind)).unwrap()
}

fn headers_of(kind: Kind) -> [(&'static str, String); 3] {
    let key = SigningKey::parse(&Secret::new(TEST_KEY)).unwrap();
    headers(&key, &notice(kind).id(), now(), &body_of(kind))
}

#[test]
fn bodies_look_like_this() {
    let shown = Kind::ALL.map(|kind| (kind.as_str().to_owned(), parsed(kind)));
    insta::assert_json_snapshot!(Value::Object(Map::from_iter(shown)));
}

#[test]
fn the_makers_of_the_standard_sign_it_so_too() {
    let [(_, id), (_, at), (_, signature)] = headers_of(Kind::Opened);
    let asked = json!({
        "do": "standard", "secret": TEST_KEY, "id": id, "at": at.parse::<i64>().unwrap(),
        "body": String::from_utf8(body_of(Kind::Opened)).unwrap(),
    });
    assert_eq!(signers::by_node(&asked).unwrap()["signature"], signature);
}

#[test]
fn we_would_take_it_ourselves_and_nothing_that_was_changed() {
    let keys = WebhookKeys::parse(&Secret::new(TEST_KEY), now()).unwrap();
    let event = |kind: Kind, changed: bool| {
        let mut body = String::from_utf8(body_of(kind)).unwrap();
        if changed {
            body = body.replace("unauthorized-access", "unauthorized-axcess");
        }
        let headers = headers_of(kind);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        HttpEvent::new("POST", &headers, body.as_bytes())
    };
    for kind in Kind::ALL {
        assert!(verify(Scheme::Generic, &event(kind, false), &keys, now()).is_ok(), "{}", kind.as_str());
    }
    assert!(verify(Scheme::Generic, &event(Kind::Opened, true), &keys, now()).is_err());
}

#[test]
fn a_retry_has_the_id_of_the_first_try() {
    let key = SigningKey::parse(&Secret::new(TEST_KEY)).unwrap();
    let later = now() + jiff::SignedDuration::from_secs(30);
    let id = notice(Kind::Opened).id();
    let [first, again] = [now(), later].map(|at| headers(&key, &id, at, b"{}"));
    assert_eq!(first[0], again[0]);
    assert_ne!(first[2], again[2]);
}

#[test]
fn the_body_is_as_documented() {
    let schema: Value = serde_json::from_str(include_str!("../../../../events/schemas/notice.json")).unwrap();
    for kind in Kind::ALL {
        let body = parsed(kind);
        held(&schema, &body);
        held(&schema["properties"]["data"], &body["data"]);
        let kinds = schema["properties"]["type"]["enum"].as_array().unwrap();
        assert!(kinds.contains(&body["type"]), "{body}");
    }
}

/// What is required is there, and what is there is described and takes its value's type.
fn held(schema: &Value, body: &Value) {
    let (body, properties) = (body.as_object().unwrap(), schema["properties"].as_object().unwrap());
    for name in schema["required"].as_array().unwrap() {
        assert!(body.contains_key(name.as_str().unwrap()), "{name}");
    }
    for (name, value) in body {
        let rules = properties.get(name).unwrap_or_else(|| panic!("{name} is not described"));
        let fits = match rules["type"].as_str().unwrap() {
            "string" => value.is_string(),
            "integer" => value.is_u64(),
            "object" => value.is_object(),
            other => panic!("{other}"),
        };
        assert!(fits, "{name}: {value}");
    }
}
