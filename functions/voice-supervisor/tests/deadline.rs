//! The whole function: events in, a fake Discord at the wire, the real table semantics in the emulator.

#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod discord;
mod iam;
mod process;
mod workers;

use core::time::Duration;
use std::collections::BTreeMap;

use discord::{FakeDiscord, Mood};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::env::Env;
use shared::ids::{ApplicationId, GuildId, InteractionId, UserId};
use shared::messages::ReplyDeadline;
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::deferred::{Claim, Deferral, DeferredReplies, DeferredReply, Ended, Purpose, ReplyKind};
use shared::telemetry::{Captured, Sink};
use testkit::silence::Silence;
use testkit::{Aws, Fault};
use voice_supervisor::{Answer, App, Config, Machine, handle};

const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
const TOKEN: &str = "aW50ZXJhY3Rpb24.s3cr3t";
const REQUEST: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

struct World {
    aws: Aws,
    discord: FakeDiscord,
    log: Captured,
    sink: Sink,
    _silence: Silence,
}

fn deferred_at() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn deadline() -> Timestamp {
    deferred_at() + 60.seconds()
}

impl World {
    async fn new() -> Self {
        let (sink, log) = Sink::memory();
        let (aws, searched) = (Aws::start().await, log.clone());
        let silence = Silence::of(&aws, [TOKEN], move || searched.text());
        Self { aws, discord: FakeDiscord::start().await, log, sink, _silence: silence }
    }

    fn app(&self, now: Timestamp) -> App {
        self.app_with("/timmybot/log-key", now)
    }

    fn app_with(&self, log_key: &str, now: Timestamp) -> App {
        let mut env = self.env();
        env.insert("LOG_KEY_SECRET".to_owned(), log_key.to_owned());
        let config = Config::from_env(&Env::of(env)).unwrap();
        let patience = Patience {
            attempt: Duration::from_secs(1),
            total: Duration::from_millis(2500),
            first_wait: Duration::from_millis(2),
        };
        let machine =
            Machine { sink: self.sink.clone(), clock: Clock::fixed(now), rng: Rng::system(), patience };
        App::on(&machine, &config, self.aws.sdk_config()).unwrap()
    }

    /// What the template tells the function, with addresses of this machine.
    fn env(&self) -> BTreeMap<String, String> {
        let (api, queue) = (format!("{}/api/v10", self.discord.url()), self.aws.queue_url("reply-deadline"));
        let own = [
            ("LOG_KEY_SECRET", "/timmybot/log-key"),
            ("DISCORD_API_BASE_URL", api.as_str()),
            ("DISCORD_APPLICATION_ID", "7"),
            ("REPLY_DEADLINE_QUEUE_URL", queue.as_str()),
            ("ECS_CLUSTER", "arn:aws:ecs:eu-central-1:000000000000:cluster/timmybot-voice"),
            (
                "VOICE_TASK_DEFINITION",
                "arn:aws:ecs:eu-central-1:000000000000:task-definition/timmybot-voice:1",
            ),
            ("VOICE_SUBNETS", "subnet-1,subnet-2"),
            ("VOICE_SECURITY_GROUP", "sg-1"),
        ];
        let mut env = self.aws.env();
        env.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        env
    }

    fn replies(&self) -> DeferredReplies {
        DeferredReplies::new(Db::new(self.aws.dynamodb(), self.aws.prefix()))
    }

    async fn open(&self, id: u64, locale: &str, kind: ReplyKind) {
        let deferral = Deferral {
            tenant: GUILD.to_string(),
            interaction: InteractionId::new(id),
            caller: UserId::new(9),
            purpose: Purpose::Join,
            application: ApplicationId::new(7),
            token: Secret::new(format!("{TOKEN}{id}")),
            locale: locale.to_owned(),
            kind,
            support_id: "0123ABCD".parse().unwrap(),
        };
        let reply = DeferredReply::new(deferral, deferred_at(), Duration::from_mins(1)).unwrap();
        self.replies().open(&reply).await.unwrap();
    }

    /// Delivers one message for each id at `now`; the ids that have to come again.
    async fn deliver(&self, now: Timestamp, ids: &[u64]) -> Vec<String> {
        failed(&self.app(now), event(ids.iter().map(|id| (*id, message(*id))))).await
    }
}

fn message(id: u64) -> String {
    ReplyDeadline::new(GUILD, InteractionId::new(id)).to_body().unwrap()
}

fn event(records: impl IntoIterator<Item = (u64, String)>) -> Value {
    let records =
        records.into_iter().map(|(id, body)| json!({ "messageId": format!("m{id}"), "body": body }));
    json!({ "Records": records.collect::<Vec<_>>() })
}

async fn failed(app: &App, event: Value) -> Vec<String> {
    let answer = serde_json::to_value(handle(app, event, REQUEST).await.unwrap()).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_open_reply_is_ended_with_a_localised_error_and_a_support_id() {
    for (locale, kind) in
        [("en-US", ReplyKind::Public), ("de", ReplyKind::Ephemeral), ("xx", ReplyKind::Public)]
    {
        let world = World::new().await;
        world.open(1, locale, kind).await;
        assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
        let edits = world.discord.edits();
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].path, format!("/api/v10/webhooks/7/{TOKEN}1/messages/@original"));
        assert!(edits[0].body["content"].as_str().unwrap().contains("0123ABCD"));
        insta::assert_json_snapshot!(format!("told_in_{locale}"), edits[0].body);
    }
}

#[tokio::test]
async fn the_log_names_the_support_id_and_neither_token_nor_id() {
    let world = World::new().await;
    world.open(846_462_639_134_605_312, "fr", ReplyKind::Public).await;
    world.deliver(deadline(), &[846_462_639_134_605_312]).await;
    let lines = world.log.lines();
    let note = lines.iter().find(|line| line["log"] == "note").unwrap();
    assert_eq!(note["facts"], json!({ "outcome": "told", "support_id": "0123ABCD" }));
    assert_eq!(note["correlation_id"], REQUEST);
    assert!(lines.iter().any(|line| line["deadline_ended"] == 1 && line["outcome"] == "told"));
    for secret in ["s3cr3t", "846462639134605312", "290926798626357999"] {
        assert!(!world.log.text().contains(secret), "{}", world.log.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn duplicate_deliveries_tell_the_user_once() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    let (one, other) = (world.app(deadline()), world.app(deadline()));
    let twice = || event((0..5).map(|_| (1, message(1))));
    let (first, second) = tokio::join!(handle(&one, twice(), REQUEST), handle(&other, twice(), REQUEST));
    assert!(matches!((first, second), (Ok(Answer::Messages(_)), Ok(Answer::Messages(_)))));
    assert_eq!(world.discord.edits().len(), 1);
    assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
    assert_eq!(world.discord.edits().len(), 1);
}

#[tokio::test]
async fn a_batch_ends_each_of_its_replies_and_names_only_what_failed() {
    let world = World::new().await;
    for id in 1..=9 {
        world.open(id, "en-US", ReplyKind::Ephemeral).await;
    }
    world.discord.mood_for(&format!("{TOKEN}4"), Mood::Status(500));
    let mut failed = world.deliver(deadline(), &[1, 2, 3, 4, 5, 6, 7, 8, 9]).await;
    failed.sort();
    assert_eq!(failed, ["m4"]);
    assert_eq!(world.discord.told(), 8);
}

#[tokio::test]
async fn discord_failing_for_a_moment_is_tried_again_at_once() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    world.discord.fail_next(2);
    assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
    assert_eq!((world.discord.edits().len(), world.discord.told()), (3, 1));
}

#[tokio::test]
async fn discord_failing_for_longer_makes_the_message_come_again_until_it_works() {
    for mood in [Mood::Status(503), Mood::Hang] {
        let world = World::new().await;
        world.open(1, "en-US", ReplyKind::Public).await;
        world.discord.mood(mood);
        assert_eq!(world.deliver(deadline(), &[1]).await, ["m1"]);
        world.discord.mood(Mood::Well);
        assert_eq!(world.deliver(deadline() + 5.seconds(), &[1]).await, ["m1"], "the claim still holds");
        assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
        assert_eq!(world.discord.told(), 1);
    }
}

#[tokio::test]
async fn a_dead_token_and_a_refusal_end_the_row_without_coming_again() {
    for (status, outcome) in [(404, "gone"), (400, "refused")] {
        let world = World::new().await;
        world.open(1, "en-US", ReplyKind::Public).await;
        world.discord.mood(Mood::Status(status));
        assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
        assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
        assert_eq!(world.discord.edits().len(), 1);
        assert!(world.log.lines().iter().any(|line| line["outcome"] == outcome), "{}", world.log.text());
    }
}

#[tokio::test]
async fn an_answered_reply_is_left_alone() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    let ended = world.replies().end(GUILD, InteractionId::new(1), deferred_at() + 1.second()).await.unwrap();
    assert_eq!(ended, Ended::Now);
    assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
    assert!(world.discord.edits().is_empty());
}

#[tokio::test]
async fn a_real_answer_in_the_making_is_not_covered_by_the_error() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    let claim = world.replies().claim(GUILD, InteractionId::new(1), deadline()).await.unwrap();
    let Claim::Mine(answering) = claim else { panic!("{claim:?}") };
    assert_eq!(world.deliver(deadline() + 1.second(), &[1]).await, ["m1"]);
    world.replies().finish(&answering).await.unwrap();
    assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
    assert!(world.discord.edits().is_empty());
}

/// Killed after the claim and before the edit: the row stays claimed, and nobody was told.
#[tokio::test]
async fn killed_between_claim_and_edit_the_next_delivery_goes_on() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    world.discord.mood(Mood::Hang);
    let (app, one) = (world.app(deadline()), event([(1, message(1))]));
    let killed = tokio::time::timeout(Duration::from_millis(200), handle(&app, one, REQUEST)).await;
    assert!(killed.is_err());
    world.discord.mood(Mood::Well);
    assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
    assert_eq!(world.discord.told(), 1);
}

/// Killed after the edit and before the row was finished: the user reads the same error a second time in the same place.
#[tokio::test]
async fn killed_between_edit_and_finish_the_next_delivery_says_the_same_again() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    world.aws.fault_next("UpdateItem", Fault::None, 1);
    world.aws.fault_next("UpdateItem", Fault::Status500, 1);
    assert_eq!(world.deliver(deadline(), &[1]).await, ["m1"]);
    assert_eq!(world.deliver(deadline() + 1.minute(), &[1]).await, [""; 0]);
    let edits = world.discord.edits();
    assert_eq!(edits.len(), 2);
    assert_eq!(edits[0].body, edits[1].body);
}

#[tokio::test]
async fn a_missing_row_and_a_dead_token_need_nothing() {
    let world = World::new().await;
    assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
    world.open(2, "en-US", ReplyKind::Public).await;
    assert_eq!(world.deliver(deferred_at() + 15.minutes(), &[2]).await, [""; 0]);
    assert!(world.discord.edits().is_empty());
}

#[tokio::test]
async fn a_message_before_its_time_comes_again() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    assert_eq!(world.deliver(deferred_at() + 10.seconds(), &[1]).await, ["m1"]);
    assert!(world.discord.edits().is_empty());
}

#[tokio::test]
async fn a_failing_table_makes_the_message_come_again() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    world.aws.fault(Fault::Throttle);
    assert_eq!(world.deliver(deadline(), &[1]).await, ["m1"]);
    assert!(world.log.lines().iter().any(|line| line["store_failures"] == 1));
    world.aws.fault(Fault::None);
    assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
    assert_eq!(world.discord.told(), 1);
}

#[tokio::test]
async fn without_the_log_key_replies_still_end() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    let app = world.app_with("/timmybot/no-such-secret", deadline());
    assert_eq!(failed(&app, event([(1, message(1))])).await, [""; 0]);
    assert!(world.log.lines().iter().any(|line| line["code"] == "ResourceNotFoundException"));
    assert_eq!(world.discord.told(), 1);
}

/// Every file of `events/voice-supervisor/` is what `sam local invoke -e` takes; each has a snapshot of its answer.
#[tokio::test]
async fn the_recorded_events_have_their_answers() {
    let folder = testkit::workspace_root().join("events/voice-supervisor");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    for file in files {
        let world = World::new().await;
        for id in [846_462_639_134_605_312, 846_462_639_134_605_313] {
            world.open(id, "en-US", ReplyKind::Public).await;
        }
        let event: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let answer =
            handle(&world.app(deadline()), event, REQUEST).await.map_err(|failure| failure.to_string());
        let told: Vec<Value> = world.discord.edits().into_iter().map(|edit| edit.body).collect();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let answer = answer.map_or_else(|failure| json!({ "failure": failure }), |answer| json!(answer));
        insta::assert_json_snapshot!(format!("event_{name}"), json!({ "answer": answer, "told": told }));
    }
}
