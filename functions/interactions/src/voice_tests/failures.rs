//! What fails on the way to the worker, and what becomes of the answer then (SPEC W1, P8).

use std::collections::BTreeMap;

use serde_json::json;
use shared::clock::Clock;
use testkit::{Aws, Fault};

use super::{bells, is_deferral, owed, play};
use crate::testing::{GUILD, World, member, now, voice};

#[tokio::test]
async fn a_change_that_fails_owes_nothing_and_is_said_at_once() {
    let mut world = World::with_voice().await;
    world.aws.fault_next("TransactWriteItems", Fault::Status500, 50);
    let said = world.command(member(), "play", play("some song")).await;
    assert!(said.text.contains("try again") && said.ephemeral(), "{said:?}");
    assert_eq!((owed(&world).await, bells(&world).await), (vec![], vec![]));
}

/// The first `PutItem` is the door's own.
#[tokio::test]
async fn there_is_no_deferral_without_a_row() {
    for (name, options) in [("play", play("some song")), ("join", json!([]))] {
        let mut world = World::with_voice().await;
        world.aws.fault_next("PutItem", Fault::None, 1);
        world.aws.fault_next("PutItem", Fault::Status500, 1);
        let said = world.command(member(), name, options).await;
        assert!(said.text.contains("try again") && said.ephemeral(), "{said:?}");
        assert_eq!(world.app.queue.view(GUILD, now()).await.unwrap().rev(), 0, "nothing was changed");
        assert_eq!(bells(&world).await, []);
    }
}

/// Voice with one of its queues gone.
async fn without(variable: &'static str) -> World {
    let broken = move |aws: &Aws| {
        let mut env = voice(aws);
        env.insert(variable, aws.queue_url("gone-{shard}"));
        env
    };
    World::configured(Clock::fixed(now()), broken).await
}

#[tokio::test]
async fn a_reply_whose_end_cannot_be_scheduled_is_not_owed() {
    let mut world = without("REPLY_DEADLINE_QUEUE_URL").await;
    let said = world.command(member(), "play", play("some song")).await;
    assert!(said.json["type"] == 4 && said.text.contains("some song"), "{said:?}");
    let said = world.command(member(), "join", json!([])).await;
    assert!(said.text.contains("try again") && said.ephemeral(), "{said:?}");
    assert_eq!(owed(&world).await, []);
    assert!(world.log.lines().iter().any(|line| line["call"] == "schedule" && line["voice_failures"] == 1));
}

#[tokio::test]
async fn a_bell_that_cannot_be_rung_costs_nobody_their_answer() {
    let mut world = without("VOICE_QUEUE_URL_TEMPLATE").await;
    let said = world.command(member(), "play", play("some song")).await;
    assert!(is_deferral(&said, 0), "{said:?}");
    assert_eq!(world.woken.next().await["type"], "wake", "without the bell the wake matters");
    assert!(world.log.lines().iter().any(|line| line["call"] == "ring" && line["voice_failures"] == 1));
    assert!(!world.log.text().contains("nobody_hears"));
}

#[tokio::test]
async fn when_neither_bell_nor_wake_goes_out_the_log_says_so() {
    let deaf = |aws: &Aws| {
        let gone = ("VOICE_QUEUE_URL_TEMPLATE", aws.queue_url("gone-{shard}"));
        let nobody = ("VOICE_SUPERVISOR_FUNCTION", "nobody".to_owned());
        voice(aws).into_iter().chain([gone, nobody]).collect::<BTreeMap<_, _>>()
    };
    let mut world = World::configured(Clock::fixed(now()), deaf).await;
    let said = world.command(member(), "play", play("some song")).await;
    assert!(is_deferral(&said, 0) && world.log.text().contains("nobody_hears"), "{said:?}");
}

/// A lease that cannot be read in time: the answer does not wait for it, and a worker is asked for.
#[tokio::test]
async fn a_table_that_hangs_after_the_change_costs_nobody_their_answer() {
    let mut world = World::with_voice().await;
    // The settings are read first.
    world.aws.fault_next("GetItem", Fault::None, 1);
    world.aws.fault_next("GetItem", Fault::Hang, 1);
    let said = world.command(member(), "play", play("some song")).await;
    assert!(is_deferral(&said, 0), "{said:?}");
    assert_eq!(world.woken.next().await["type"], "wake");
    assert!(world.log.lines().iter().any(|line| line["call"] == "look"));
}
