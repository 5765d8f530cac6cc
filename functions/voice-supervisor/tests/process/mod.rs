//! The function as it is deployed: the built binary under a Runtime API.

use core::time::Duration;

use aws_local::lambda::{Function, FunctionOptions};
use jiff::ToSpan as _;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::ids::{ApplicationId, InteractionId, UserId};
use shared::security::secret::Secret;
use shared::store::deferred::{Deferral, DeferredReply, Purpose, ReplyKind};

use super::{GUILD, TOKEN, World, message};

const ID: u64 = 846_462_639_134_605_312;

/// With the memory and the time that the template gives it.
fn start(world: &World) -> Function {
    let mut options = FunctionOptions::new(env!("CARGO_BIN_EXE_voice-supervisor").into(), "voice-supervisor");
    options.timeout = Duration::from_secs(10);
    options.env = world.env();
    Function::start(&options).unwrap()
}

/// A reply whose minute has just passed.
async fn open_and_due(world: &World) {
    let deferral = Deferral {
        tenant: GUILD.to_string(),
        interaction: InteractionId::new(ID),
        caller: UserId::new(9),
        purpose: Purpose::Join,
        application: ApplicationId::new(7),
        token: Secret::new(TOKEN.to_owned()),
        locale: "de".to_owned(),
        kind: ReplyKind::Public,
        support_id: "0123ABCD".parse().unwrap(),
    };
    let before = Clock::system().now() - 61.seconds();
    let reply = DeferredReply::new(deferral, before, Duration::from_mins(1)).unwrap();
    world.replies().open(&reply).await.unwrap();
}

#[tokio::test]
async fn the_process_ends_a_reply_and_its_log_is_json_without_ids_and_tokens() {
    let world = World::new().await;
    open_and_due(&world).await;
    let function = start(&world);
    let records = [("m1", message(ID)), ("m2", "{}".to_owned())];
    let records =
        records.map(|(id, body)| json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" }));
    let answer = function.invoke(&json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "m2" }] }));
    assert_eq!(world.discord.told(), 1);
    let lines = function.finish();
    assert!(lines.iter().any(|line| line.contains("0123ABCD")), "{lines:?}");
    for line in &lines {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|json| json.is_object()), "{line}");
        for secret in [TOKEN, &ID.to_string(), &GUILD.to_string()] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

#[tokio::test]
async fn the_process_starts_a_worker_and_fails_loudly_at_what_it_does_not_know() {
    let world = World::new().await;
    let function = start(&world);
    let wake = json!({ "type": "wake", "version": 1, "shard": 0 });
    assert_eq!(function.invoke(&wake).await.unwrap(), json!({ "outcome": "started" }));
    assert_eq!(world.aws.ecs().task_arns().len(), 1);
    assert!(function.invoke(&json!({ "type": "sleep" })).await.is_err());
    let lines = function.finish();
    assert!(lines.iter().any(|line| line.contains("\"unknown\"")), "{lines:?}");
}
