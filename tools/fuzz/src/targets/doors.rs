//! The function's own entry: whole requests in, answers out.

use serde_json::Value;
use serde_json::value::RawValue;
use shared::http_event::HttpAnswer;
use testkit::signing::{COMMITTED_AT, DiscordKey};

use crate::edit;
use crate::function::Doors;
use crate::request::Request;
use crate::stores::Stores;

thread_local! {
    static DOORS: Doors = Doors::open();
}

/// Promise: (headers, body) that we did not sign are a 401 with an empty body, whatever they are.
pub(super) fn front_door(data: &[u8]) {
    assert_refused(&strangers(&Request::read(data).to_event()));
}

/// Promise: the same for any JSON at all in the place of Lambda's event.
pub(super) fn lambda_event(data: &[u8]) {
    let text = str::from_utf8(data).ok();
    // Lambda delivers JSON; what is none never reaches a handler.
    if let Some(event) = text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok()) {
        assert_refused(&DOORS.with(|doors| doors.strangers(event)));
    }
}

/// Promise: whatever Discord signs gets a 200 with JSON, or a 400 or 401; never a panic and never another status.
pub(super) fn signed_interaction(data: &[u8]) {
    let (document, script) = edit::split(data);
    let body = edit::apply(document, script);
    // One input in four meets stores that fail; which ones is a matter of the input alone.
    let sum = body.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    let stores = if sum % 4 == 0 { Stores::Refusing } else { Stores::Approved };
    assert_answer(&discord(&body, stores));
}

fn strangers(event: &str) -> HttpAnswer {
    DOORS.with(|doors| doors.strangers(&raw(event)))
}

/// The answer to a request that Discord could have sent.
fn discord(body: &[u8], stores: Stores) -> HttpAnswer {
    DOORS.with(|doors| doors.discord(&raw(&signed(body).to_event()), stores))
}

#[expect(clippy::expect_used, reason = "an event that is no JSON is a fault of the fuzzer")]
fn raw(event: &str) -> Box<RawValue> {
    RawValue::from_string(event.to_owned()).expect("Lambda delivers JSON")
}

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
    let body = answer.body();
    match answer.status() {
        200 => assert!(serde_json::from_str::<Value>(body).is_ok(), "not JSON: {body}"),
        status => assert!(matches!(status, 400 | 401), "status {status}: {body}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &[u8] = br#"{"application_id":"1","id":"2","token":"t","type":1,"version":1}"#;

    fn committed(name: &str) -> Vec<u8> {
        let corpus = testkit::workspace_root().join("tools/fuzz/corpus/signed_interaction");
        std::fs::read(corpus.join(name)).unwrap()
    }

    #[test]
    fn what_is_signed_for_the_target_passes_the_signature() {
        for stores in [Stores::Approved, Stores::Refusing] {
            let answer = discord(PING, stores);
            assert_eq!((answer.status(), answer.body()), (200, r#"{"type":1}"#), "{stores:?}");
        }
    }

    #[test]
    fn strangers_have_another_key() {
        assert_refused(&strangers(&signed(PING).to_event()));
    }

    #[test]
    fn the_fuzzer_gets_into_the_commands() {
        let answers = [Stores::Approved, Stores::Refusing].map(|stores| discord(&committed("play"), stores));
        assert!(answers.iter().all(|answer| answer.status() == 200));
        assert!(answers[0].body().contains("Blue Monday"), "{}", answers[0].body());
        assert!(!answers[1].body().contains("Blue Monday"), "{}", answers[1].body());
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
