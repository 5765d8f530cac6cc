//! Somebody with a thousand rows among thousands of others': page by page, over several invocations, with nothing left.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::ToSpan as _;
use shared::ids::UserId;
use shared::privacy::Place;
use shared::store::{Item, Table};

use super::world::{ADA, BEN, World, erasure, now};

const OWN: u64 = 1_000;

/// Sign-ins: a row each, in a partition each.
fn sign_in(user: UserId, number: u64) -> Item {
    let text = |value: String| AttributeValue::S(value);
    let fields = [
        ("owner", text(format!("family#{user}-{number}"))),
        ("sk", text("family".to_owned())),
        ("user", text(user.to_string())),
        ("username", text("ada".to_owned())),
        ("mfa", AttributeValue::Bool(false)),
        ("epoch", AttributeValue::N("0".to_owned())),
        ("current", text("c".repeat(64))),
        ("ends_at", text("2026-02-01T00:00:00Z".to_owned())),
        ("expires_at", AttributeValue::N("1769904000".to_owned())),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_rows_among_others_go_and_the_others_stay() {
    let world = World::new().await;
    for number in 0..OWN {
        world.put(Table::Sessions, sign_in(ADA, number)).await;
        world.put(Table::Sessions, sign_in(BEN, number)).await;
    }
    let receipt = world.erase(&erasure(ADA), now()).await;
    assert_eq!(receipt.counts[&Place::Sessions], OWN);
    let left = world.rows(Table::Sessions).await;
    assert_eq!(left.len() as u64, OWN);
    assert!(left.iter().all(|row| row["user"] == AttributeValue::S(BEN.to_string())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invocation_at_a_time_takes_what_its_time_allows() {
    let world = World::new().await;
    for number in 0..20 {
        world.put(Table::Sessions, sign_in(ADA, number)).await;
    }
    let app = world.app(now());
    for _ in 0..3 {
        // Its time is over before it begins: nothing is done, and nothing is lost.
        let invocation =
            data_retention::Invocation { deadline: now() + 1.second(), ..super::world::invocation(now()) };
        data_retention::handle(&app, super::world::message(&erasure(ADA)), &invocation).await.unwrap();
    }
    assert_eq!(world.rows(Table::Sessions).await.len(), 20);
    assert_eq!(world.erase(&erasure(ADA), now()).await.counts[&Place::Sessions], 20);
}
