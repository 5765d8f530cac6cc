//! The circuit breaker of a channel, over several instances of the function.

use jiff::SignedDuration;
use shared::domain::incident::Kind;

use super::world::{Does, Ear, World, label, notice, now};
use crate::channels::DeliverError;

#[tokio::test]
async fn after_five_failures_a_channel_is_left_alone_for_a_minute_and_then_tried_once() {
    let mut ear = Ear::new(Does::status(500)).await;
    let world = World::new().await;
    world.slack("team", &ear.url).await;
    let (one, team) = (notice(Kind::Opened), label("team"));
    for _ in 0..5 {
        assert!(world.another().deliver(&team, &one, &world.log, now()).await.is_err());
    }
    assert_eq!(ear.all().len(), 5);
    let until = now() + SignedDuration::from_secs(60);
    let open = |until| Err(DeliverError::Later { code: "open".to_owned(), not_before: Some(until) });
    assert_eq!(world.another().deliver(&team, &one, &world.log, now()).await, open(until));
    assert_eq!(ear.all().len(), 0);
    // Half open: of two at the same time one tries, and what it finds holds for both.
    let (first, second) = (world.another(), world.another());
    let outcomes = tokio::join!(
        first.deliver(&team, &one, &world.log, until),
        second.deliver(&team, &one, &world.log, until)
    );
    assert!(outcomes.0.is_err() && outcomes.1.is_err());
    assert_eq!(ear.all().len(), 1);
    let twice = until + SignedDuration::from_secs(120);
    assert_eq!(world.another().deliver(&team, &one, &world.log, until).await, open(twice));
    ear.does(Does::well());
    assert_eq!(world.another().deliver(&team, &one, &world.log, twice).await, Ok(()));
    assert_eq!(world.state("team", twice).await.breaker.failures, 0);
    assert_eq!(world.another().deliver(&team, &one, &world.log, twice).await, Ok(()));
    assert_eq!(ear.all().len(), 2);
}

#[tokio::test]
async fn a_channel_that_works_costs_no_write() {
    let ear = Ear::new(Does::well()).await;
    let world = World::new().await;
    world.slack("team", &ear.url).await;
    world.aws.record_calls();
    world.fan_out.tell(&notice(Kind::Opened), &world.log, now()).await;
    let calls = world.aws.take_calls();
    let writes = calls.iter().filter(|call| call.operation == "PutItem").count();
    assert_eq!(writes, 0);
    assert_eq!(calls.iter().filter(|call| call.operation == "Query").count(), 1);
}
