//! Ten thousand links in one night: page by page, over several invocations, with nothing left and nothing done twice.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::store::links::DUE_PARTS;
use token_rotation::{Checkpoint, Invocation, handle};

use super::world::{ADA, LATE_S, OWN_NAME, World, nightly};

const ROWS: u64 = 10_000;

/// Rows of links whose tokens are not there, as if unlinking had died in each: they are taken away.
async fn fill(world: &World) {
    let text = |value: String| AttributeValue::S(value);
    let row = |n: u64| {
        let user = 1_000_000 + n;
        let item = HashMap::from([
            ("owner".to_owned(), text(format!("user#{user}"))),
            ("sk".to_owned(), text("link#twitch".to_owned())),
            ("rev".to_owned(), AttributeValue::N("1".to_owned())),
            ("subject".to_owned(), text(format!("s{n}"))),
            ("status".to_owned(), text("linked".to_owned())),
            ("linked_at".to_owned(), text("2025-01-01T00:00:00Z".to_owned())),
            ("failures".to_owned(), AttributeValue::N("0".to_owned())),
            ("due_part".to_owned(), text(format!("due#{}", user % DUE_PARTS))),
            ("due_at".to_owned(), AttributeValue::N((1_700_000_000 + n).to_string())),
        ]);
        WriteRequest::builder()
            .put_request(PutRequest::builder().set_item(Some(item)).build().unwrap())
            .build()
    };
    let owned = |n: u64| {
        let item = HashMap::from([
            ("owner".to_owned(), text(format!("subject#twitch#s{n}"))),
            ("sk".to_owned(), text("user".to_owned())),
            ("user".to_owned(), text((1_000_000 + n).to_string())),
        ]);
        WriteRequest::builder()
            .put_request(PutRequest::builder().set_item(Some(item)).build().unwrap())
            .build()
    };
    let all: Vec<WriteRequest> = (0..ROWS).flat_map(|n| [row(n), owned(n)]).collect();
    let table = format!("{}-account-links", world.aws.prefix());
    for part in all.chunks(25) {
        let write = world.aws.dynamodb().batch_write_item().request_items(&table, part.to_vec());
        assert!(write.send().await.unwrap().unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_links_are_walked_through_over_several_invocations() {
    let world = World::new().await;
    fill(&world).await;
    world.link(ADA, Provider::Spotify, 0).await;
    let heard = world.aws.listen_as(OWN_NAME);
    let app = world.app_by(Clock::system());
    let mut event = nightly();
    let mut rounds = 0;
    let done = loop {
        // A minute and a second before the end: one second is left to work in.
        let deadline = Clock::system().now() + SignedDuration::from_secs(61);
        let invocation = Invocation { id: "r".into(), deadline };
        let counts = handle(&app, event, &invocation).await.unwrap();
        if world.log.lines().iter().any(|line| line["extras"]["credential"] == "linked_accounts") {
            break counts;
        }
        rounds += 1;
        event = heard.next().await;
        let checkpoint: Checkpoint = serde_json::from_value(event.clone()).unwrap();
        assert_eq!(checkpoint.round, rounds);
        assert!(event.to_string().len() < 1_000, "what is handed on does not grow: {event}");
    };
    assert!(rounds > 1, "it took several invocations");
    assert_eq!(done["gone"], json!(ROWS), "{done}");
    assert_eq!(done["renewed"], 0, "Ada's link is not due yet");
    assert_eq!(world.summary()["rounds"], rounds);
    let again = world.night(LATE_S).await.unwrap();
    assert_eq!(
        (&again["gone"], &again["renewed"]),
        (&json!(0), &json!(1)),
        "a second run finds what is due since"
    );
}

/// A loop that never ends is ended.
#[tokio::test]
async fn a_run_that_goes_on_for_ever_is_stopped() {
    let world = World::new().await;
    let app = world.app_by(Clock::system());
    let mut checkpoint = serde_json::to_value(Checkpoint::nightly(Timestamp::UNIX_EPOCH)).unwrap();
    checkpoint["round"] = json!(200);
    let over = Invocation { id: "r".into(), deadline: Clock::system().now() };
    let ended = handle(&app, checkpoint, &over).await.unwrap_err();
    assert_eq!(ended.to_string(), "the run has gone on for too many rounds");
}
