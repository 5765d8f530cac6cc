//! A table comes back from a backup, and with it whoever was erased meanwhile (SPEC T30, T35).

use data_retention::handle;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::messages::{PrivacyRequest, Restored};
use shared::store::Table;

use super::world::{ADA, BEN, GUILD, OTHER, World, erasure, invocation, now};

/// What is asked for in `-privacy`, taken out of it.
async fn asked(world: &World) -> Vec<PrivacyRequest> {
    let (sqs, url) = (world.aws.sqs(), world.aws.queue_url("privacy"));
    let received = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.unwrap();
    let mut asked = Vec::new();
    for message in received.messages.unwrap_or_default() {
        asked.push(PrivacyRequest::parse(message.body().unwrap()).unwrap());
        let delete = sqs.delete_message().queue_url(&url);
        delete.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    }
    asked
}

/// An operator says that a table is as it was at `to`.
async fn says(world: &World, to: Timestamp, at: Timestamp) -> Value {
    let event = serde_json::to_value(Restored::new(to)).unwrap();
    serde_json::to_value(handle(&world.app(at), event, &invocation(at)).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_erased_since_the_backup_is_erased_again_and_nobody_else() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.fill(BEN, OTHER, now()).await;
    let (table, backup) = (Table::Playlists, world.rows(Table::Playlists).await);
    world.erase(&erasure(ADA), now() + 1.hour()).await;
    let erased = world.everything().await;
    for row in backup {
        world.put(table, row).await;
    }
    assert_ne!(world.everything().await[table.suffix()], erased[table.suffix()], "she is back");
    asked(&world).await;

    let later = now() + 2.hours();
    assert_eq!(says(&world, now(), later).await, json!({ "requests": 1 }));
    assert_eq!(says(&world, now(), later).await, json!({ "requests": 1 }), "it may be said again");
    let again = asked(&world).await;
    let [first, second] = again[..] else { panic!("{again:?}") };
    assert_eq!((first, first.subject()), (second, erasure(ADA).subject()), "and is the same request");
    world.erase(&first, later).await;
    assert_eq!(world.everything().await[table.suffix()], erased[table.suffix()]);
    assert!(world.vault().read(BEN).await.unwrap().is_some());
}

#[tokio::test]
async fn a_backup_from_after_an_erasure_brings_nobody_back() {
    let world = World::new().await;
    world.fill(ADA, GUILD, now()).await;
    world.erase(&erasure(ADA), now()).await;
    asked(&world).await;
    let days_later = now() + (3 * 24).hours();
    assert_eq!(says(&world, days_later, days_later).await, json!({ "requests": 0 }));
    assert!(asked(&world).await.is_empty());
}
