//! More than one invocation can do, and more than one run may.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use data_retention::night::Checkpoint;
use data_retention::{Answer, Failure, Invocation, NightError, handle};
use jiff::SignedDuration;
use serde_json::json;
use shared::clock::Clock;
use shared::privacy::RetentionReason;
use shared::store::{Item, Table};

use super::world::{HOUR, OWN_NAME, World, nightly, number, text};

const ROWS: i64 = 100_000;
/// Every so many rows one has ended; together fewer than one run may delete.
const EVERY: i64 = 11;
const SECRETS: u64 = 10_000;
/// Users' secrets that no link leads to.
const ORPHANS: u64 = 60;

/// Rows of limits, some of which ended two hours before now.
async fn fill(world: &World) {
    world.aws.rows_are_made_up();
    let now = Clock::system().now();
    let row = |n: i64| {
        let end = if n % EVERY == 0 { now - HOUR * 2 } else { now + HOUR };
        let row = [
            ("subject", text(n.to_string())),
            ("sk", text("denied")),
            ("ring", AttributeValue::L(vec![number(n)])),
            ("expires_at", number(end.as_second())),
        ];
        to_put(row.into())
    };
    write(world, "rate-limits", (0..ROWS).map(row).collect()).await;
}

fn to_put(row: Vec<(&str, AttributeValue)>) -> WriteRequest {
    let item: Item = row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
    WriteRequest::builder().put_request(put).build()
}

async fn write(world: &World, suffix: &str, all: Vec<WriteRequest>) {
    let table = format!("{}-{suffix}", world.aws.prefix());
    for some in all.chunks(25) {
        let write = world.aws.dynamodb().batch_write_item().request_items(&table, some.to_vec());
        assert!(write.send().await.unwrap().unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_goes_on_over_several_invocations_until_all_is_done() {
    let world = World::new().await;
    fill(&world).await;
    let heard = world.aws.listen_as(OWN_NAME);
    let app = world.app(Clock::system());
    let (mut event, mut rounds) = (nightly(), 0);
    let night = loop {
        // A minute and two seconds before the end: two seconds are left to work in.
        let deadline = Clock::system().now() + SignedDuration::from_secs(62);
        let invocation = Invocation { id: "r".to_owned(), deadline };
        let answer = Box::pin(handle(&app, event, &invocation)).await.unwrap();
        let Answer::Night(night) = answer else { panic!("{answer:?}") };
        assert_eq!(night.checkpoint.is_some(), rounds == 0, "it is signed once");
        if night.over {
            break night;
        }
        rounds += 1;
        event = heard.next().await;
        let handed = Checkpoint::read(event["checkpoint"].as_object().unwrap()).unwrap();
        assert_eq!((handed.round, handed.started_at), (rounds, night.started_at));
        assert!(event.to_string().len() < 1_000, "what is handed on does not grow: {event}");
    };
    assert!(rounds > 0, "it took several invocations");
    let due = (ROWS + EVERY - 1) / EVERY;
    assert_eq!(i64::from(night.tally.of(RetentionReason::PastItsEnd)), due);
    assert_eq!((night.tally.failed, night.tally.changed, night.tally.left), (0, 0, 0));
    assert_eq!(world.summary()["rounds"], rounds);
    let answer = world.dry_run_at(Clock::system().now()).await;
    let left = u64::try_from(ROWS - due).unwrap();
    assert_eq!((json!(answer.counts), answer.seen >= left), (json!({}), true), "{}", answer.seen);
}

/// Each is looked up, and those alone go that no link leads to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_thousand_secrets_those_go_that_no_link_leads_to() {
    let world = World::new().await;
    let tags = [("application", "timmybot"), ("kind", "user-oauth")];
    for user in 1..=SECRETS {
        world.secret(&format!("/timmybot/users/{user}/oauth"), &tags).await;
    }
    write(&world, "account-links", (ORPHANS + 1..=SECRETS).map(link).collect()).await;
    let tally = world.run().await;
    assert_eq!(u64::from(tally.of(RetentionReason::Orphaned)), ORPHANS);
    assert_eq!((tally.failed, tally.changed, tally.left), (0, 0, 0));
    assert_eq!(world.secrets().await.len() as u64, SECRETS - ORPHANS);
    assert!(tally.seen >= SECRETS * 2 - ORPHANS, "links and secrets: {}", tally.seen);
}

/// As `shared/src/store/links.rs` writes it.
fn link(user: u64) -> WriteRequest {
    to_put(vec![
        ("owner", text(format!("user#{user}"))),
        ("sk", text("link#twitch")),
        ("rev", number(1)),
        ("subject", text(format!("s{user}"))),
        ("status", text("linked")),
        ("linked_at", text("2025-01-01T00:00:00Z")),
        ("failures", number(0)),
    ])
}

/// A loop that never ends is ended.
#[tokio::test]
async fn a_run_that_goes_on_for_ever_is_stopped() {
    let world = World::new().await;
    let app = world.app(Clock::system());
    let mut checkpoint = Checkpoint::new(world.night);
    checkpoint.round = 200;
    let run = shared::messages::RetentionRun::new(false).after(checkpoint.to_map().unwrap());
    let over = Invocation { id: "r".to_owned(), deadline: Clock::system().now() };
    let ended = Box::pin(handle(&app, serde_json::to_value(run).unwrap(), &over)).await;
    assert_eq!(ended.unwrap_err(), Failure::Night(NightError::Endless));
}

#[tokio::test]
async fn a_run_that_cannot_go_on_says_so() {
    let world = World::new().await;
    world.ended(Table::Replay, "old", HOUR).await;
    let app = world.app(Clock::system());
    // Nobody serves the function's name.
    let over = Invocation { id: "r".to_owned(), deadline: Clock::system().now() };
    let ended = Box::pin(handle(&app, nightly(), &over)).await;
    assert!(matches!(ended, Err(Failure::Night(NightError::Continue { .. }))), "{ended:?}");
}
