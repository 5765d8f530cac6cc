//! The order of refusal, driven through the whole function (SPEC T15, T16, W20, W24, W1).

use serde_json::{Value, json};
use shared::domain::access::Step;
use shared::security::signature::BODY_MAX;
use testkit::Fault;
use testkit::signing::{COMMITTED_AT, DiscordKey};

use crate::testing::{
    From, OPERATOR, OPERATOR_2, OWNER, UNKNOWN, World, envelope, event, member, now, operator, other, owner,
};

fn wrong_option() -> Value {
    json!([{"name": "limits", "type": 1, "options": [{"name": "tracks", "type": 4, "value": 99_999}]}])
}

fn play(query: &str) -> Value {
    json!([{"name": "query", "type": 3, "value": query}])
}

fn admin(path: &[&str], options: Value) -> Value {
    path.iter().rev().enumerate().fold(options, |inner, (depth, name)| {
        let kind = if depth == 0 { 1 } else { 2 };
        json!([{"name": name, "type": kind, "options": inner}])
    })
}

/// The reason of the last refusal at the door, from the log.
fn reason(world: &World) -> String {
    let lines = world.log.lines();
    let last = lines.iter().rev().find(|line| line["event_type"] == "AUTHENTICATION_ATTEMPT").unwrap();
    last["extras"]["reason"].as_str().unwrap().to_owned()
}

/// A request that is wrong in every way is refused for the first of its faults; mended one by one, for the next.
#[tokio::test]
async fn the_door_refuses_in_its_order() {
    let world = World::empty().await;
    let key = DiscordKey::committed();
    let mut request = json!({
        "headers": {}, "body": " ".repeat(BODY_MAX + 1), "isBase64Encoded": false,
        "requestContext": {"requestId": "r", "http": {"method": "PUT", "sourceIp": "192.0.2.1"}},
    });
    let refused = async |request: &Value, expected: &str| {
        let said = world.raw(request).await;
        assert_eq!((said.status, said.json, reason(&world).as_str()), (401, Value::Null, expected));
    };
    refused(&request, "method").await;
    request["requestContext"]["http"]["method"] = "POST".into();
    refused(&request, "too_large").await;
    request["body"] = "{not json".into();
    refused(&request, "missing_header").await;
    request["headers"] = json!({"x-signature-ed25519": "zz,zz", "x-signature-timestamp": "soon"});
    refused(&request, "repeated_header").await;
    request["headers"]["x-signature-ed25519"] = "zz".into();
    refused(&request, "malformed_header").await;
    request["headers"]["x-signature-ed25519"] = "00".repeat(64).into();
    refused(&request, "malformed_header").await;
    request["headers"]["x-signature-timestamp"] = (COMMITTED_AT - 301).to_string().into();
    refused(&request, "bad_signature").await;
    key.sign_event(&mut request, COMMITTED_AT - 301);
    refused(&request, "stale").await;
    key.sign_event(&mut request, COMMITTED_AT);
    assert_eq!(world.raw(&request).await.status, 400);
}

#[tokio::test]
async fn the_gate_refuses_in_its_order() {
    let mut world = World::empty().await;
    let stranger = member().at(UNKNOWN);
    // The limits of the member are spent, the bot is paused, the guild is unknown, the permission is missing and the
    // option is wrong.
    for _ in 0..10 {
        world.command(stranger, "settings", wrong_option()).await;
    }
    let on = admin(&["lockdown", "on"], json!([{"name": "reason", "type": 3, "value": "drill"}]));
    world.command(operator(), "admin", on).await;
    let seen = envelope(
        stranger,
        2,
        json!({"id": "1", "name": "settings", "type": 1, "options": wrong_option()}),
        77,
    );
    world.send(&seen).await;
    assert_eq!(world.send(&seen).await.status, 401);
    assert_eq!(reason(&world), "replayed");

    let expect = async |world: &mut World, from: From, words: &str| {
        let said = world.command(from, "settings", wrong_option()).await;
        assert!(said.status == 200 && said.ephemeral() && said.text.contains(words), "{words}: {said:?}");
    };
    expect(&mut world, stranger, "too many attempts").await;
    approve(&world).await;
    expect(&mut world, stranger, "paused").await;
    let resume = admin(&["lockdown", "resume"], json!([]));
    world.command(operator(), "admin", resume.clone()).await;
    world.command(From { user: OPERATOR_2, ..operator() }, "admin", resume).await;
    expect(&mut world, stranger, "this command a lot").await;
    expect(&mut world, other().at(UNKNOWN), "Manage Server").await;
    expect(&mut world, owner().at(UNKNOWN), "between 1 and 10").await;
}

/// By the store, since the bot is paused for everybody but operators.
async fn approve(world: &World) {
    let reason = "we are nice".parse().unwrap();
    for step in [Step::Request { by: OWNER }, Step::Approve { by: OPERATOR, reason }] {
        world.app.access.take(UNKNOWN, &step, now()).await.unwrap();
    }
    world.app.standings.forget(UNKNOWN);
}

#[tokio::test]
async fn the_eleventh_denial_bans_and_is_told_once() {
    let mut world = World::empty().await;
    let stranger = member().at(UNKNOWN);
    for attempt in 0..14 {
        let said = world.command(stranger, "queue", json!([])).await;
        let banned = said.text.contains("too many attempts");
        assert_eq!((said.status, said.ephemeral(), banned), (200, true, attempt >= 10), "{attempt}");
    }
    let count = |kind: &str| world.log.lines().iter().filter(|line| line["event_type"] == kind).count();
    assert_eq!((count("GUILD_BANNED"), count("UNAUTHORIZED_ACCESS")), (1, 14));
}

#[tokio::test]
async fn autocomplete_never_counts_towards_a_ban() {
    let mut world = World::empty().await;
    let data = json!({"id": "1", "name": "play", "type": 1, "options": [{"name": "query", "type": 3, "value": "a", "focused": true}]});
    for _ in 0..15 {
        let said = world.interaction(member().at(UNKNOWN), 4, data.clone()).await;
        assert_eq!(said.json["type"], 8);
        assert!(said.json["data"]["choices"].as_array().unwrap().len() <= 1);
    }
    let said = world.command(member().at(UNKNOWN), "queue", json!([])).await;
    assert!(said.text.contains("does not have access"), "{said:?}");
}

#[tokio::test]
async fn the_eleventh_use_of_a_command_says_when_to_retry() {
    let mut world = World::empty().await;
    for _ in 0..10 {
        assert!(!world.command(member(), "queue", json!([])).await.text.contains("<t:"));
    }
    let said = world.command(member().speaking("de"), "queue", json!([])).await;
    assert!(said.ephemeral() && said.text.contains(&format!("<t:{}:R>", COMMITTED_AT + 60)), "{said:?}");
    assert!(!world.command(member(), "nowplaying", json!([])).await.text.contains("<t:"));
    assert!(!world.command(other(), "queue", json!([])).await.text.contains("<t:"));
}

#[tokio::test]
async fn a_signed_body_that_is_no_interaction_is_a_400() {
    let world = World::empty().await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    for body in ["", "null", "[]", "{\"type\":1}", deep.as_str()] {
        let said = world.raw(&event(body, COMMITTED_AT)).await;
        assert_eq!((said.status, &said.json["error"]["code"]), (400, &"invalid_input".into()), "{body:.20}");
    }
}

#[tokio::test]
async fn bodies_may_come_in_base64_and_be_no_utf_8() {
    use base64::Engine as _;
    let world = World::empty().await;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let key = DiscordKey::committed();
    for (body, status) in
        [(br#"{"type":1,"id":"1","application_id":"1","token":"t"}"#.as_slice(), 200), (b"\xff\xfe", 400)]
    {
        let mut request = event("", COMMITTED_AT);
        request["body"] = encode(body).into();
        request["isBase64Encoded"] = true.into();
        request["headers"]["x-signature-ed25519"] = key.sign(COMMITTED_AT, body).into();
        assert_eq!(world.raw(&request).await.status, status);
    }
    let mut huge = event("", COMMITTED_AT);
    huge["body"] = " ".repeat(6 * 1024 * 1024).into();
    assert_eq!(world.raw(&huge).await.status, 401);
}

/// A table that fails, throttles or hangs: the answer still comes in time, says "try again", and nothing changed.
#[tokio::test]
async fn a_failing_table_changes_nothing() {
    for fault in [Fault::Status500, Fault::Throttle, Fault::Hang] {
        let mut world = World::empty().await;
        world.aws.fault(fault);
        let limit = core::time::Duration::from_millis(2_500);
        let said = tokio::time::timeout(limit, world.command(member(), "play", play("some song"))).await;
        let said = said.unwrap_or_else(|_| panic!("{fault:?}: no answer in time"));
        assert!(
            said.status == 200 && said.ephemeral() && said.text.contains("try again"),
            "{fault:?}: {said:?}"
        );
        world.aws.fault(Fault::None);
        let queue = world.command(member(), "queue", json!([])).await;
        assert!(queue.text.contains("queue is empty"), "{fault:?}: {queue:?}");
    }
}

#[tokio::test]
async fn a_ping_needs_no_table() {
    let world = World::empty().await;
    world.aws.fault(Fault::Hang);
    let body = r#"{"type":1,"id":"1","application_id":"1","token":"t"}"#;
    let said = world.raw(&event(body, COMMITTED_AT)).await;
    assert_eq!((said.status, said.json), (200, json!({"type": 1})));
}

#[tokio::test]
async fn what_works_without_an_approved_guild() {
    let mut world = World::empty().await;
    for command in ["help", "accounts", "unlink"] {
        let said = world.command(member().at(UNKNOWN), command, json!([])).await;
        assert!(!said.text.contains("does not have access"), "{command}: {said:?}");
    }
    let service = json!([{ "name": "service", "type": 3, "value": "spotify" }]);
    let link = world.command(member().in_dm(), "link", service).await;
    assert!(link.text.contains("Account linking"), "{link:?}");
    let play = world.command(member().in_dm(), "play", play("x")).await;
    assert!(play.text.contains("only on a server"), "{play:?}");
}
