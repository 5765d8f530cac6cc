//! The real events of `events/webhooks`: what each is answered with, and what it leaves in the queue.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::signing::COMMITTED_AT;
use webhooks::handle;

use super::world::World;

#[tokio::test]
async fn each_event_of_the_folder_does_what_its_snapshot_says() {
    let mut seen = BTreeMap::new();
    for fixture in testkit::fixtures("webhooks").unwrap() {
        let world = World::new().await;
        let answer = handle(&world.app, fixture.event, "r").await.unwrap();
        let queued: Vec<Value> = world.queued().await.into_iter().map(|job| job["task"].clone()).collect();
        let entry = match answer["statusCode"].as_u64() {
            Some(status) => json!({ "status": status, "body": answer["body"], "queued": queued }),
            None => json!({ "answer": answer }),
        };
        seen.insert(fixture.name, entry);
    }
    insta::assert_json_snapshot!(seen);
}

#[test]
fn each_is_signed_for_the_committed_time() {
    for fixture in testkit::fixtures("webhooks").unwrap() {
        let mut again = fixture.event.clone();
        testkit::webhooks::sign_event(&mut again, COMMITTED_AT);
        assert_eq!(again, fixture.event, "{}: ./timmy sign-events", fixture.name);
    }
}
