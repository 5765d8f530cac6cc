//! The four steps of a rotation of our own keys (SPEC W11), as Secrets Manager calls them, and in every other order.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use token_rotation::{App, Failure, Invocation, StepError, handle};

use super::world::{OWN_NAME, World};

const KEY: &str = "/timmybot/custom-id-key";
const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

async fn keys(client: &Client) -> KeySet {
    let got = client.get_secret_value().secret_id(KEY).version_stage("AWSCURRENT").send().await.unwrap();
    KeySet::parse(&Secret::new(got.secret_string.unwrap())).unwrap()
}

async fn stages(client: &Client) -> HashMap<String, Vec<String>> {
    let described = client.describe_secret().secret_id(KEY).send().await.unwrap();
    described.version_ids_to_stages.unwrap()
}

/// Lets Secrets Manager call this function.
fn serve(world: &World, app: &Arc<App>) {
    let app = Arc::clone(app);
    world.aws.functions().serve(OWN_NAME, move |event| {
        let app = Arc::clone(&app);
        async move {
            let invocation = Invocation { id: "r".into(), deadline: jiff::Timestamp::MAX };
            handle(&app, event, &invocation).await.map_err(|failure| failure.to_string())
        }
    });
}

async fn step(app: &App, name: &str, token: &str) -> Result<Value, Failure> {
    let event = json!({ "Step": name, "SecretId": KEY, "ClientRequestToken": token });
    let invocation = Invocation { id: "r".into(), deadline: jiff::Timestamp::MAX };
    handle(app, event, &invocation).await
}

#[tokio::test]
async fn a_rotation_makes_a_key_and_keeps_the_one_before_for_a_week() {
    let world = World::new().await;
    let app = Arc::new(world.app_by(Clock::system()));
    serve(&world, &app);
    let client = world.aws.secrets();
    let before = keys(&client).await;
    let token = client.rotate_secret().secret_id(KEY).send().await.unwrap().version_id.unwrap();
    let done = async || {
        stages(&client).await.get(&token).is_some_and(|own| own.iter().any(|one| one == "AWSCURRENT"))
    };
    tokio::time::timeout(Duration::from_secs(20), async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let after = keys(&client).await;
    assert_ne!(after.current().1, before.current().1);
    assert_eq!(after.get(before.current().0), Some(before.current().1));
    let week = SignedDuration::from_hours(24 * 7);
    let now = Clock::system().now();
    assert!(after.at(now + week - SignedDuration::from_mins(5)).get(before.current().0).is_some());
    assert!(after.at(now + week).get(before.current().0).is_none(), "seven days, and not longer");
    let pending =
        stages(&client).await.into_iter().find(|(_, stages)| stages.iter().any(|one| one == "AWSPENDING"));
    assert!(pending.is_none_or(|(version, _)| version == token));
    assert!(world.log.lines().iter().any(|line| line["extras"]["credential"] == "signing_key"));
}

/// Whatever comes in whatever order and however often: there is one current version with a good set of keys, and when all
/// four have come in their order, it is the new one.
#[test]
fn steps_may_come_in_any_order_and_again() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let steps = proptest::collection::vec(proptest::sample::select(STEPS.to_vec()), 0..8);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let ran = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let (client, app) = (world.aws.secrets(), world.app_by(Clock::system()));
            let before = keys(&client).await;
            let token = world.announced(KEY).await;
            for name in steps {
                let _ = step(&app, name, &token).await;
                let now = keys(&client).await;
                let kept = now.get(before.current().0) == Some(before.current().1);
                assert!(kept, "what was signed a moment ago verifies");
            }
            for name in STEPS {
                step(&app, name, &token).await.unwrap();
            }
            let all = stages(&client).await;
            assert!(all[&token].iter().any(|stage| stage == "AWSCURRENT"), "{all:?}");
            let current = all.values().flatten().filter(|stage| *stage == "AWSCURRENT").count();
            assert_eq!(current, 1);
            for name in STEPS {
                assert_eq!(step(&app, name, &token).await, Ok(Value::Null), "again changes nothing");
            }
            assert_ne!(keys(&client).await.current().0, before.current().0);
        });
        Ok(())
    });
    ran.unwrap();
}

#[tokio::test]
async fn what_is_not_ours_or_not_begun_is_refused() {
    let world = World::new().await;
    let app = world.app_by(Clock::system());
    let refused = step(&app, "createSecret", &"a".repeat(32)).await;
    assert_eq!(refused, Err(Failure::Step(StepError::NotNow)));
    let event = json!({ "Step": "createSecret", "SecretId": "/timmybot/bot-token", "ClientRequestToken": "t".repeat(32) });
    let invocation = Invocation { id: "r".into(), deadline: jiff::Timestamp::MAX };
    assert_eq!(handle(&app, event, &invocation).await, Err(Failure::Step(StepError::NotOurs)));
    let token = world.announced(KEY).await;
    let early = step(&app, "finishSecret", &token).await;
    assert!(early.is_err(), "there is nothing to finish: {early:?}");
    assert_eq!(step(&app, "testSecret", &token).await, Err(Failure::Step(StepError::NotNow)));
}
