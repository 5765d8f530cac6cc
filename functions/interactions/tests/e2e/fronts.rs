//! From the request of a client to the row in the table, through each door that AWS has for a function.

use std::collections::BTreeSet;

use aws_local::function_url::{Front, Origin, event};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::signing::DiscordKey;

use crate::log::{is_private, personal};
use crate::world::{Answer, GUILD, Sender, World, now, text};

const JSON: &str = "application/json";
/// AWS hands over anything but text in base64.
const BYTES: &str = "application/octet-stream";

/// The event that the front makes of Discord's request.
fn posted(front: &Front, content_type: &str, body: &Value, at: Timestamp) -> Value {
    let body = body.to_string();
    let signature = DiscordKey::committed().sign(at.as_second(), body.as_bytes());
    let request = http::Request::post("/")
        .header("host", "abc.lambda-url.eu-central-1.on.aws")
        .header("content-type", content_type)
        .header("x-signature-timestamp", at.as_second())
        .header("x-signature-ed25519", signature);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let request_id = "7f1d3c2a-9c54-4f0e-8a44-0d6c5a0b1c2d".to_owned();
    let origin = Origin { source_ip: "192.0.2.33".parse().unwrap(), time: at, request_id };
    event(front, &parts, body.as_bytes(), &origin)
}

#[tokio::test]
async fn what_is_played_is_in_the_queue_through_either_front_and_in_base64() {
    let world = World::at(now()).await;
    let function = world.function();
    let api = |stage: &str| Front::HttpApi { stage: stage.to_owned() };
    let (mut id, mut secrets) = (1_456_000_000_000_000_000, BTreeSet::new());
    for (front, content_type) in [
        (Front::FunctionUrl, JSON),
        (api("prod"), JSON),
        (Front::FunctionUrl, BYTES),
        (api("$default"), BYTES),
    ] {
        id += 10;
        let title = format!("Song of front number {id}");
        let before = world.queues().view(GUILD, now()).await.unwrap();
        let play = Sender::OWNER.commands("play", &json!([text("query", &title)]), id);
        let event = posted(&front, content_type, &play, now());
        assert_eq!(event["isBase64Encoded"], content_type == BYTES);
        let played = Answer::read(&function.invoke(&event).await.unwrap());
        assert!(played.status == 200 && played.json["type"] == 4, "{front:?} {content_type}: {played:?}");

        let after = world.queues().view(GUILD, now()).await.unwrap();
        assert_eq!(after.len(), before.len() + 1);
        let last = after.order().iter().last().unwrap().entry;
        let entry = world.queues().entries(GUILD, &[last], now()).await.unwrap().remove(&last).unwrap();
        assert_eq!(entry.track.title().as_str(), title);

        let queue = Sender::OWNER.commands("queue", &json!([]), id + 1);
        let shown = function.invoke(&posted(&front, content_type, &queue, now())).await.unwrap();
        assert!(shown["body"].as_str().unwrap().contains(&title), "{shown}");
        personal(
            &json!({ "body": play.to_string(), "requestContext": event["requestContext"] }),
            &mut secrets,
        );
    }
    is_private(&function.finish(), &secrets);
}
