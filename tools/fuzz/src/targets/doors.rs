//! The function's own entry: whole requests in, answers out.

use serde_json::Value;
use serde_json::value::RawValue;
use shared::http_event::HttpAnswer;
use testkit::signing::{COMMITTED_AT, DiscordKey};

use crate::edit;
use crate::function::Doors;
use crate::request::Request;

thread_local! {
    static DOORS: Doors = Doors::open();
}

/// Promise: (headers, body) that we did not sign are a 401 with an empty body, whatever they are.
pub(super) fn front_door(data: &[u8]) {
    let event = Request::read(data).to_event();
    assert_refused(&DOORS.with(|doors| doors.strangers(&event)));
}

/// Promise: the same for any JSON at all in the place of Lambda's event.
pub(super) fn lambda_event(data: &[u8]) {
    // Lambda delivers JSON; what is none never reaches a handler.
    let Ok(text) = str::from_utf8(data) else { return };
    if serde_json::from_str::<&RawValue>(text).is_ok() {
        assert_refused(&DOORS.with(|doors| doors.strangers(text)));
    }
}

/// Promise: whatever Discord signs gets a 200 with JSON, or a 400 or 401; never a panic and never another status.
pub(super) fn signed_interaction(data: &[u8]) {
    let (document, script) = edit::split(data);
    let body = edit::apply(document, script);
    let event = signed(&body).to_event();
    DOORS.with(|doors| {
        for answer in doors.discord(&event) {
            assert_answer(&answer);
        }
    });
}

/// A request that Discord could have sent.
fn signed(body: &[u8]) -> Request<'_> {
    let headers = [
        ("x-signature-ed25519", DiscordKey::committed().sign(COMMITTED_AT, body)),
        ("x-signature-timestamp", COMMITTED_AT.to_string()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
    Request { method: "POST".to_owned(), headers, body }
}

fn assert_refused(answer: &HttpAnswer) {
    assert_eq!((answer.status(), answer.body()), (401, ""), "an unsigned request got in");
}

fn assert_answer(answer: &HttpAnswer) {
    match answer.status() {
        200 => assert!(serde_json::from_str::<Value>(answer.body()).is_ok(), "not JSON: {}", answer.body()),
        400 | 401 => {}
        other => assert!(matches!(other, 200), "status {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &[u8] = br#"{"application_id":"1","id":"2","token":"t","type":1,"version":1}"#;

    #[test]
    fn what_is_signed_for_the_target_passes_the_signature() {
        let answers = DOORS.with(|doors| doors.discord(&signed(PING).to_event()));
        assert!(answers.iter().all(|answer| answer.status() == 200), "{answers:?}");
    }

    #[test]
    fn strangers_have_another_key() {
        assert_refused(&DOORS.with(|doors| doors.strangers(&signed(PING).to_event())));
    }

    #[test]
    fn the_promises_can_be_broken() {
        let broken: [fn(); 4] = [
            || assert_refused(&HttpAnswer::json(200, "{}".to_owned())),
            || assert_refused(&HttpAnswer::json(401, "why".to_owned())),
            || assert_answer(&HttpAnswer::empty(500)),
            || assert_answer(&HttpAnswer::json(200, "{".to_owned())),
        ];
        for check in broken {
            assert!(std::panic::catch_unwind(check).is_err());
        }
    }
}
