//! A keystroke starts a worker, once, and never gets in the way (SPEC P7).

use jiff::ToSpan as _;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::workers::{LeaseTimes, ShardId};
use shared::store::Db;
use shared::store::leases::Leases;
use testkit::{Aws, Fault};

use crate::testing::{From, Said, UNKNOWN, World, member, now, other, voice};

const WAKE: &str = "Invoke";

fn typed(text: &str) -> Value {
    let query = json!({"name": "query", "type": 3, "value": text, "focused": true});
    json!({"id": "1", "name": "play", "type": 1, "options": [query]})
}

async fn keystroke(world: &mut World, from: From) -> Said {
    let said = world.interaction(from, 4, typed("danc")).await;
    assert_eq!((said.status, &said.json["type"]), (200, &json!(8)), "{said:?}");
    said
}

/// How often something was called since the last time.
fn called(world: &World, operation: &str, resource: &str) -> usize {
    let calls = world.aws.take_calls().into_iter().filter(|call| call.operation == operation);
    calls.filter(|call| call.needs.iter().any(|need| need.resource.starts_with(resource))).count()
}

fn wakes(world: &World) -> usize {
    called(world, WAKE, "function/voice-supervisor")
}

/// Another process of the function, so many seconds later: nothing is cached there.
fn later(world: &World, seconds: i64) -> crate::App {
    let clock = Clock::fixed(now() + seconds.seconds());
    crate::testing::app(&world.aws, clock, voice(&world.aws)).0
}

#[tokio::test]
async fn the_first_keystroke_wakes_and_those_after_it_do_not() {
    let mut world = World::with_voice().await;
    world.aws.record_calls();
    let said = keystroke(&mut world, member()).await;
    assert_eq!(said.json["data"]["choices"][0]["value"], "danc");
    assert_eq!(world.woken.next().await, json!({ "type": "wake", "version": 1, "shard": 0 }));
    for from in [member(), other(), member()] {
        keystroke(&mut world, from).await;
    }
    assert_eq!(wakes(&world), 1);
}

/// What one process remembers for 5 s, all of them together remember for 60.
#[tokio::test]
async fn a_guild_wakes_once_a_minute_whichever_process_it_meets() {
    let mut world = World::with_voice().await;
    world.aws.record_calls();
    for (seconds, expected) in [(0, 1), (10, 0), (59, 0), (61, 1)] {
        world.app = later(&world, seconds);
        let asked = crate::testing::envelope(member(), 4, typed("danc"), 900 + seconds.unsigned_abs());
        let event = crate::testing::event(&asked.to_string(), (now() + seconds.seconds()).as_second());
        assert_eq!(world.raw(&event).await.json["type"], 8);
        assert_eq!(wakes(&world), expected, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_worker_that_is_there_is_not_woken_and_looked_for_every_five_seconds_at_most() {
    let mut world = World::with_voice().await;
    let leases = Leases::new(Db::new(world.aws.dynamodb(), world.aws.prefix()), LeaseTimes::DEFAULT);
    leases.take(ShardId::new(0), &"worker-1".parse().unwrap(), now()).await.unwrap();
    world.aws.record_calls();
    for _ in 0..3 {
        keystroke(&mut world, member()).await;
    }
    assert_eq!(called(&world, "GetItem", "table/leases"), 1);
    keystroke(&mut world, member()).await;
    assert_eq!(wakes(&world), 0);
}

#[tokio::test]
async fn only_approved_guilds_wake_and_only_where_voice_is_on() {
    let mut world = World::with_voice().await;
    world.aws.record_calls();
    keystroke(&mut world, member().at(UNKNOWN)).await;
    let name = json!({"name": "name", "type": 3, "value": "Ro", "focused": true});
    let load = json!([{"name": "load", "type": 1, "options": [name]}]);
    world.interaction(member(), 4, json!({"id": "1", "name": "playlist", "type": 1, "options": load})).await;
    assert_eq!(wakes(&world), 0);
    let mut world = World::empty().await;
    world.aws.record_calls();
    keystroke(&mut world, member()).await;
    assert_eq!(wakes(&world), 0);
}

/// The supervisor is not there, or the lease cannot be read: there are choices all the same, and no word of it.
#[tokio::test]
async fn what_fails_is_silent() {
    let nobody = |aws: &Aws| {
        voice(aws).into_iter().chain([("VOICE_SUPERVISOR_FUNCTION", "nobody".to_owned())]).collect()
    };
    let mut world = World::configured(Clock::fixed(now()), nobody).await;
    let said = keystroke(&mut world, member()).await;
    assert_eq!(said.json["data"]["choices"][0]["value"], "danc");
    assert!(world.log.lines().iter().any(|line| line["call"] == "wake"));

    let mut world = World::with_voice().await;
    // The settings are read first.
    world.aws.fault_next("GetItem", Fault::None, 1);
    world.aws.fault_next("GetItem", Fault::Hang, 1);
    let said = keystroke(&mut world, member()).await;
    assert_eq!(said.json["data"]["choices"][0]["value"], "danc");
}
