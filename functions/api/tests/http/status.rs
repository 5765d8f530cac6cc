//! The status page and `/status.json`: what is told from the document and the flag, and that something is told whatever
//! else fails (SPEC T33).

use jiff::{Timestamp, ToSpan as _};
use shared::clock::Clock;
use shared::domain::containment::{Act, Level};
use shared::domain::incident::Component;
use shared::domain::status::{Care, Outage, StatusDocument};
use shared::status_bucket::StatusBucket;
use shared::store::flags::{FlagStore, Move};
use testkit::Fault;

use super::world::{As, OLGA, Said, World};

fn now() -> Timestamp {
    Clock::system().now()
}

fn disturbed() -> StatusDocument {
    let since = now() - 20.minutes();
    let gone = Outage {
        component: Component::Commands,
        care: Care::Over,
        since: now() - 50.hours(),
        until: Some(now() - 49.hours()),
    };
    StatusDocument {
        outages: vec![Outage { component: Component::Music, care: Care::LookedInto, since, until: None }],
        history: vec![gone],
        ..StatusDocument::quiet(now())
    }
}

async fn put(world: &World, document: &StatusDocument) {
    StatusBucket::new(world.aws.sdk_config(), &world.aws.bucket("status")).put(document).await.unwrap();
}

async fn raise(world: &World, level: Level) {
    let act = Act { by: OLGA.into(), at: now() };
    FlagStore::new(world.db()).make(&Move::Raise(level, act, "a drill".parse().unwrap())).await.unwrap();
}

async fn both(world: &World) -> (Said, Said) {
    let page = world.get("/status", &As::Nobody, None).await.is(200);
    (page, world.get("/status.json", &As::Nobody, None).await.is(200))
}

fn state(said: &Said, component: &str) -> String {
    let json = said.json();
    let part = json["components"].as_array().unwrap().iter().find(|part| part["component"] == component);
    part.unwrap()["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn before_the_first_incident_everything_works() {
    let world = World::new().await;
    let (page, json) = both(&world).await;
    assert!(page.0.body().contains("Everything works") && page.0.body().contains("Nothing to report"));
    assert_eq!((&json.json()["status"], &json.json()["complete"]), (&"operational".into(), &true.into()));
    for said in [&page, &json] {
        assert_eq!(said.header("cache-control"), Some("public, max-age=10"));
    }
}

#[tokio::test]
async fn what_is_written_is_shown_with_the_flag_as_it_is_now() {
    let world = World::new().await;
    put(&world, &disturbed()).await;
    let (page, json) = both(&world).await;
    for words in ["does not work as it should", "Music may stutter or stop", "looking into it", "for 1 hour"]
    {
        assert!(page.0.body().contains(words), "{words}");
    }
    assert_eq!(json.json()["incidents"][0]["state"], "looked_into");
    assert_eq!((state(&json, "music"), state(&json, "commands")), ("disturbed".into(), "works".into()));
    assert_eq!(json.json()["history"][0]["component"], "commands");
    // Nobody has written the document again, and another process reads the flag.
    raise(&world, Level::L3).await;
    let other = world.app_after(1);
    let said = world.send_to(&other, ("GET", "/status.json"), &As::Nobody, None, None).await.is(200);
    assert_eq!(
        (said.json()["status"].clone(), state(&said, "music")),
        ("locked_down".into(), "paused".into())
    );
}

/// However many look, the bucket is read once in ten seconds, also while it fails.
#[tokio::test]
async fn the_bucket_is_read_once_in_ten_seconds() {
    let world = World::at(Clock::fixed(now())).await;
    let reads = || {
        let calls = world.aws.take_calls();
        calls.iter().filter(|call| call.operation == "GetObject").count()
    };
    world.aws.record_calls();
    for _ in 0..5 {
        both(&world).await;
    }
    assert_eq!(reads(), 1);
    let world = World::at(Clock::fixed(now())).await;
    world.aws.fault_next("GetObject", Fault::Status500, 1);
    for _ in 0..3 {
        let (page, json) = both(&world).await;
        assert!(page.0.body().contains("cannot be told just now"));
        assert_eq!(json.json()["complete"], false);
    }
    let failed = world.log.lines().iter().filter(|line| line["fault"] == "status_bucket").count();
    assert_eq!(failed, 1);
}

/// Whichever of them fails: a page is there, and says no more than is known.
#[tokio::test]
async fn something_is_told_whatever_fails() {
    for fault in [Fault::Status500, Fault::Throttle] {
        let world = World::new().await;
        put(&world, &disturbed()).await;
        world.aws.fault(fault);
        world.aws.fault_next("GetObject", fault, 1);
        let limit = core::time::Duration::from_secs(8);
        let page =
            tokio::time::timeout(limit, world.get("/status", &As::Nobody, None)).await.unwrap().is(200);
        let json = world.get("/status.json", &As::Nobody, None).await.is(200);
        assert!(page.0.body().contains("It cannot be told just now"), "{fault:?}");
        assert_eq!(json.json()["status"], "unknown", "{fault:?}");
        assert_eq!(state(&json, "music"), "unknown", "{fault:?}");
        // Everything else waits for the limiter (SPEC W1, W25).
        world.get("/api/v1/health", &As::Nobody, None).await.is(503);
        world.aws.fault(Fault::None);
    }
}

#[tokio::test]
async fn a_bucket_that_fails_leaves_the_flag_and_a_flag_that_fails_leaves_the_bucket() {
    let world = World::new().await;
    raise(&world, Level::L1).await;
    world.aws.fault_next("GetObject", Fault::Status500, 1);
    let (page, json) = both(&world).await;
    assert!(page.0.body().contains("Paused for now"));
    assert_eq!((state(&json, "commands"), state(&json, "music")), ("paused".into(), "unknown".into()));
    let world = World::new().await;
    put(&world, &disturbed()).await;
    world.aws.fault_next("GetItem", Fault::Status500, 2);
    let (page, json) = both(&world).await;
    assert!(page.0.body().contains("Music may stutter or stop"));
    assert_eq!(
        (json.json()["status"].clone(), state(&json, "music")),
        ("unknown".into(), "disturbed".into())
    );
}
