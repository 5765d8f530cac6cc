use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{AwsVpcConfiguration, CapacityProviderStrategyItem, NetworkConfiguration};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::discord::rest::Patience;
use shared::domain::containment::{Act, By};
use shared::env::Env;
use shared::ids::UserId;
use shared::store::flags::Move;
use shared::telemetry::{Captured, Sink};
use testkit::{Aws, Fault};

use super::*;
use crate::app::Machine;
use crate::config::Config;

const ANN: UserId = UserId::new(80_351_110_224_678_912);
const BEN: UserId = UserId::new(80_351_110_224_678_913);
const ROTATION: &str = "timmybot-token-rotation";
const RETENTION: &str = "timmybot-data-retention";
/// Off before anything happens.
const OFF_BEFORE: &str = "timmybot-webhooks-nightly";

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

struct World {
    aws: Aws,
    app: App,
    log: Captured,
    /// Each raise has a time of its own.
    raises: core::cell::Cell<i64>,
}

/// All that is restored.
#[derive(Debug, PartialEq, Eq)]
struct State {
    rules: BTreeMap<String, bool>,
    mappings: BTreeMap<String, bool>,
    concurrency: BTreeMap<String, Option<u32>>,
    keys: BTreeMap<String, bool>,
}

impl World {
    /// Some things are off already, and a job has something reserved.
    async fn new() -> Self {
        let aws = Aws::start().await;
        let (sink, log) = Sink::memory();
        let app = App::new(config(&aws), aws.sdk_config(), &machine(sink)).unwrap();
        let world = Self { aws, app, log, raises: 0.into() };
        world.rotate();
        let clients = &world.app.contain;
        clients.events.disable_rule().name(OFF_BEFORE).send().await.unwrap();
        let reserve = clients.lambda.put_function_concurrency().function_name(RETENTION);
        reserve.reserved_concurrent_executions(5).send().await.unwrap();
        let mappings = clients.mappings().await.unwrap();
        let (first, _) = mappings.first_key_value().unwrap();
        clients.lambda.update_event_source_mapping().uuid(first).enabled(false).send().await.unwrap();
        world
    }

    /// Rotation as Secrets Manager wants it done: a new value, and the label moved to it.
    fn rotate(&self) {
        let secrets = self.aws.secrets();
        self.aws.functions().serve(ROTATION, move |event| {
            let secrets = secrets.clone();
            async move { step(&secrets, &event).await.map(|()| Value::Null) }
        });
    }

    async fn run_tasks(&self, count: u32) {
        for number in 0..count {
            let vpc = AwsVpcConfiguration::builder().subnets("subnet-1").build().unwrap();
            let spot = CapacityProviderStrategyItem::builder().capacity_provider("FARGATE_SPOT").weight(1);
            let run = self.app.contain.ecs.run_task().cluster("timmybot-voice");
            let run = run.task_definition("timmybot-voice").client_token(format!("token-{number}"));
            let run = run.capacity_provider_strategy(spot.build().unwrap());
            let network = NetworkConfiguration::builder().awsvpc_configuration(vpc).build();
            run.network_configuration(network).send().await.unwrap();
        }
    }

    async fn state(&self) -> State {
        let clients = &self.app.contain;
        State {
            rules: clients.rules().await.unwrap(),
            mappings: clients.mappings().await.unwrap(),
            concurrency: clients.concurrency().await.unwrap(),
            keys: clients.keys().await.unwrap(),
        }
    }

    async fn reads_replies_that_are_due(&self) -> bool {
        let of =
            self.app.contain.lambda.list_event_source_mappings().function_name("timmybot-voice-supervisor");
        let listed = of.send().await.unwrap();
        let mut mappings = listed.event_source_mappings().iter();
        let replies =
            mappings.find(|mapping| mapping.event_source_arn().unwrap().ends_with("-reply-deadline"));
        replies.unwrap().state() == Some("Enabled")
    }

    fn act(&self, by: UserId) -> Act {
        self.raises.set(self.raises.get() + 1);
        Act { by: by.into(), at: now() + jiff::SignedDuration::from_secs(self.raises.get()) }
    }

    async fn raise(&self, level: Level) {
        let raise = Move::Raise(level, self.act(ANN), "drill".parse().unwrap());
        self.app.flags.make(&raise).await.unwrap();
    }

    async fn lift(&self) {
        self.app.flags.make(&Move::RequestResume(self.act(ANN))).await.unwrap();
        self.app.flags.make(&Move::ConfirmResume(self.act(BEN))).await.unwrap();
    }

    async fn follow(&self) -> Result<Followed, ContainError> {
        let log = self.app.logbook.of("test", now()).await;
        Box::pin(follow(&self.app, None, &log, now())).await
    }

    /// As orders and ticks do it: again until it is done. A secret that is being replaced just now takes a moment.
    async fn follow_to_the_end(&self) -> Level {
        for _ in 0..500 {
            if let Ok(Followed { level, done: true, .. }) = self.follow().await {
                return level;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never ends: {}", self.log.text());
    }

    /// Is killed when it has made so many calls.
    async fn follow_and_die_after(&self, calls: usize) {
        self.aws.record_calls();
        let heard = async {
            let mut heard = 0;
            while heard < calls {
                tokio::task::yield_now().await;
                heard += self.aws.take_calls().len();
            }
        };
        tokio::select! {
            biased;
            () = heard => {}
            _ = self.follow() => {}
        }
    }

    async fn evidence(&self, name: &str) -> Value {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let object = client.get_object().bucket(self.aws.bucket("evidence")).key(name).send().await.unwrap();
        assert_eq!(
            object.object_lock_mode().map(aws_sdk_s3::types::ObjectLockMode::as_str),
            Some("GOVERNANCE")
        );
        serde_json::from_slice(&object.body.collect().await.unwrap().to_vec()).unwrap()
    }

    /// The versions that the secrets have now.
    async fn versions(&self) -> BTreeMap<String, String> {
        let mut versions = BTreeMap::new();
        for secret in self.app.contain.replaceable().await.unwrap() {
            let get = self.aws.secrets().get_secret_value().secret_id(&secret).send().await.unwrap();
            versions.insert(secret, get.version_id.unwrap());
        }
        versions
    }
}

async fn step(secrets: &aws_sdk_secretsmanager::Client, event: &Value) -> Result<(), String> {
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let (secret, token) = (text("SecretId"), text("ClientRequestToken"));
    match event["Step"].as_str() {
        Some("createSecret") => {
            let put = secrets.put_secret_value().secret_id(secret).client_request_token(&token);
            let put = put.secret_string("k".repeat(64)).version_stages("AWSPENDING");
            put.send().await.map(drop).map_err(|error| error.to_string())
        }
        Some("finishSecret") => {
            let current = secrets.get_secret_value().secret_id(&secret).send().await;
            let current = current.map_err(|error| error.to_string())?.version_id.unwrap_or_default();
            let label = secrets.update_secret_version_stage().secret_id(secret).version_stage("AWSCURRENT");
            let label = label.move_to_version_id(token).remove_from_version_id(current);
            label.send().await.map(drop).map_err(|error| error.to_string())
        }
        _ => Ok(()),
    }
}

fn config(aws: &Aws) -> Config {
    let touched = [("ECS_CLUSTER", "timmybot-voice"), ("TOKEN_KEY_ID", "alias/timmybot-tokens")];
    let touched = touched.map(|(name, value)| (name, value.to_owned()));
    Config::from_env(&Env::of(aws.alarms_env().into_iter().chain(touched))).unwrap()
}

fn machine(sink: Sink) -> Machine {
    Machine { sink, clock: Clock::system(), rng: Rng::system(), patience: Patience::STANDARD }
}

fn all_off(switches: &BTreeMap<String, bool>) -> bool {
    !switches.is_empty() && switches.values().all(|on| !on)
}

#[tokio::test]
async fn calm_is_two_reads() {
    let world = World::new().await;
    world.aws.record_calls();
    let followed = world.follow().await.unwrap();
    assert_eq!(followed, Followed { level: Level::L0, evidence: None, done: true });
    let calls: Vec<_> = world.aws.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls.iter().filter(|call| *call != "GetSecretValue").count(), 2, "{calls:?}");
}

#[tokio::test]
async fn each_level_stops_what_it_says_and_resuming_restores_it() {
    for level in Level::ALL.into_iter().skip(1) {
        let world = World::new().await;
        world.run_tasks(3).await;
        let (before, versions) = (world.state().await, world.versions().await);
        world.raise(level).await;
        assert_eq!(world.follow_to_the_end().await, level);
        let during = world.state().await;
        assert_eq!(all_off(&during.rules), level >= Level::L2, "{level:?}");
        assert_eq!(all_off(&during.mappings), level >= Level::L2, "{level:?}");
        assert_eq!(during.concurrency[RETENTION] == Some(0), level >= Level::L3, "{level:?}");
        // Secrets cannot be replaced without it.
        assert_eq!(during.concurrency[ROTATION] == Some(0), level == Level::L3, "{level:?}");
        assert_eq!(world.app.contain.tasks().await.unwrap().is_empty(), level >= Level::L3, "{level:?}");
        assert_eq!(all_off(&during.keys), level == Level::L5, "{level:?}");
        // What wakes this function is never touched.
        let own = world.app.contain.events.describe_rule().name("timmybot-incidents-watch").send().await;
        assert_eq!(own.unwrap().state.unwrap().as_str(), "ENABLED");
        assert!(world.reads_replies_that_are_due().await, "{level:?}");
        world.lift().await;
        assert_eq!(world.follow_to_the_end().await, Level::L0);
        assert_eq!(world.state().await, before, "{level:?}");
        let replaced = world.versions().await.iter().filter(|(name, now)| versions[*name] != **now).count();
        assert_eq!(replaced, if level >= Level::L4 { 3 } else { 0 }, "{level:?}: there is no way back");
    }
}

#[tokio::test]
async fn evidence_is_kept_before_anything_is_touched() {
    let world = World::new().await;
    world.run_tasks(1).await;
    let before = world.state().await;
    world.raise(Level::L3).await;
    let followed = world.follow().await.unwrap();
    let name = followed.evidence.unwrap();
    let kept = world.evidence(&name).await;
    assert_eq!((&kept["flag"]["level"], &kept["flag"]["level_now"]), (&json!(3), &json!(3)));
    assert!(kept["flag"]["raised_by"].as_str().unwrap().starts_with("admin_"), "{kept}");
    assert_eq!(kept["rules"], json!(before.rules), "as it was before");
    assert_eq!(kept["mappings"], json!(before.mappings));
    assert_eq!(kept["concurrency"], json!(before.concurrency));
    assert_eq!(kept["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(kept["incidents"], json!([]));
    assert!(kept["tables"]["audit"]["latest"].is_i64(), "{kept}");
    let tables = kept["tables"].as_object().unwrap();
    assert_eq!(tables.len(), shared::store::Table::ALL.len());
    let groups: BTreeSet<_> =
        kept["logs"]["groups"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(groups.contains("\"/aws/lambda/timmybot-interactions\"") && groups.len() == 9, "{groups:?}");
    assert!(!kept.to_string().contains(&ANN.to_string()), "nobody's id");
    // The same raise has one; another has its own.
    world.aws.record_calls();
    assert_eq!(world.follow().await.unwrap().evidence.as_ref(), Some(&name));
    assert!(world.aws.take_calls().iter().all(|call| call.operation != "PutObject"));
    world.raise(Level::L4).await;
    let second = world.follow().await.unwrap().evidence.unwrap();
    assert_ne!(second, name);
}

/// What the alarms do by themselves has its evidence too.
#[tokio::test]
async fn the_alarms_are_named_in_their_evidence() {
    let world = World::new().await;
    let act = Act { by: By::Alarms, at: now() };
    world.app.flags.make(&Move::Raise(Level::L1, act, "attack".parse().unwrap())).await.unwrap();
    let name = world.follow().await.unwrap().evidence.unwrap();
    let kept = world.evidence(&name).await;
    assert_eq!(kept["flag"]["raised_by"], "alarms");
    // Nothing has to be stopped for this level, and yet it is told what ran.
    assert!(kept["rules"].as_object().is_some_and(|rules| rules.len() == 3), "{kept}");
}

#[tokio::test]
async fn evidence_that_cannot_be_had_holds_nothing_up_and_is_tried_again() {
    let world = World::new().await;
    world.raise(Level::L2).await;
    world.aws.fault_next("PutObject", Fault::Status500, 1);
    let followed = world.follow().await.unwrap();
    assert_eq!((followed.level, followed.evidence, followed.done), (Level::L2, None, false));
    assert!(all_off(&world.state().await.rules), "it is contained all the same");
    assert!(world.log.text().contains("contain.evidence"));
    let again = world.follow().await.unwrap();
    assert!(again.evidence.is_some() && again.done);
}

#[tokio::test]
async fn each_call_may_fail_in_each_direction() {
    let world = World::new().await;
    let before = world.state().await;
    let far = ["ListSecrets", "DescribeKey", "RotateSecret", "DisableKey", "EnableKey"];
    for operation in [
        "ListRules",
        "ListEventSourceMappings",
        "GetFunctionConcurrency",
        "ListTasks",
        "ListSecrets",
        "DescribeKey",
        "DisableRule",
        "EnableRule",
        "UpdateEventSourceMapping",
        "PutFunctionConcurrency",
        "DeleteFunctionConcurrency",
        "RotateSecret",
        "DisableKey",
        "EnableKey",
        "PutObject",
        "DescribeContinuousBackups",
        "GetItem",
        "PutItem",
        "Query",
    ] {
        for fault in [Fault::Status500, Fault::Throttle, Fault::AnswerLost] {
            let said = format!("{operation} {fault:?}");
            let level = if far.contains(&operation) { Level::L5 } else { Level::L3 };
            world.raise(level).await;
            world.aws.fault_next(operation, fault, 1);
            let _ = world.follow().await;
            assert_eq!(world.follow_to_the_end().await, level, "{said}");
            let during = world.state().await;
            assert!(all_off(&during.rules) && all_off(&during.mappings), "{said}");
            assert_eq!(all_off(&during.keys), level == Level::L5, "{said}");
            world.lift().await;
            world.aws.fault_next(operation, fault, 1);
            let _ = world.follow().await;
            assert_eq!(world.follow_to_the_end().await, Level::L0, "{said}");
            assert_eq!(world.state().await, before, "{said}");
        }
    }
}

#[tokio::test]
async fn killed_at_any_call_it_goes_on_where_it_was() {
    let world = World::new().await;
    let before = world.state().await;
    for calls in (1..64).step_by(3) {
        world.raise(Level::L5).await;
        world.follow_and_die_after(calls).await;
        assert_eq!(world.follow_to_the_end().await, Level::L5);
        let during = world.state().await;
        assert!(all_off(&during.rules) && all_off(&during.mappings) && all_off(&during.keys), "{calls}");
        world.lift().await;
        world.follow_and_die_after(calls).await;
        assert_eq!(world.follow_to_the_end().await, Level::L0);
        assert_eq!(world.state().await, before, "killed after {calls} calls");
    }
}

/// The second page fails: what the first one said is not acted on.
#[tokio::test]
async fn half_a_list_is_not_acted_on() {
    let world = World::new().await;
    let before = world.state().await;
    world.raise(Level::L2).await;
    world.aws.fault_next("ListRules", Fault::None, 1);
    world.aws.fault_next("ListRules", Fault::Status500, 1);
    let followed = world.follow().await.unwrap();
    assert!(!followed.done);
    let during = world.state().await;
    assert_eq!(during.rules, before.rules, "not one of them");
    assert!(all_off(&during.mappings), "the others go on");
    world.follow_to_the_end().await;
    assert!(all_off(&world.state().await.rules));
    world.lift().await;
    world.follow_to_the_end().await;
    assert_eq!(world.state().await, before);
}

#[tokio::test]
async fn raised_twice_it_restores_what_was_before_the_first() {
    let world = World::new().await;
    let before = world.state().await;
    for level in [Level::L2, Level::L3, Level::L5] {
        world.raise(level).await;
        world.follow_to_the_end().await;
    }
    world.lift().await;
    world.follow_to_the_end().await;
    assert_eq!(world.state().await, before);
}

/// Half of it is restored when somebody raises it again: what has come back goes, and nothing more comes back.
#[tokio::test]
async fn raised_while_it_is_restored_it_stays_contained() {
    let world = World::new().await;
    let before = world.state().await;
    for calls in (1..40).step_by(4) {
        world.raise(Level::L3).await;
        world.follow_to_the_end().await;
        world.lift().await;
        world.follow_and_die_after(calls).await;
        world.raise(Level::L2).await;
        world.follow_to_the_end().await;
        let during = world.state().await;
        assert!(all_off(&during.rules) && all_off(&during.mappings), "{calls}");
        world.lift().await;
        world.follow_to_the_end().await;
        assert_eq!(world.state().await, before, "{calls}");
    }
}

/// Who is giving back asks the flag before each step, and turns round by themselves.
#[tokio::test]
async fn raised_between_two_steps_it_turns_round() {
    let world = World::new().await;
    let before = world.state().await;
    world.raise(Level::L3).await;
    world.follow_to_the_end().await;
    world.lift().await;
    world.aws.record_calls();
    let raising = async {
        let begun = || {
            let calls = world.aws.take_calls();
            calls.iter().any(|call| {
                call.operation.ends_with("FunctionConcurrency") && call.operation != "GetFunctionConcurrency"
            })
        };
        while !begun() {
            tokio::task::yield_now().await;
        }
        world.raise(Level::L2).await;
    };
    let (followed, ()) = tokio::join!(world.follow(), raising);
    assert_eq!(followed.unwrap().level, Level::L2);
    let during = world.state().await;
    assert!(all_off(&during.rules) && all_off(&during.mappings), "{during:?}");
    world.lift().await;
    world.follow_to_the_end().await;
    assert_eq!(world.state().await, before);
}

#[tokio::test]
async fn many_who_follow_at_once_end_where_one_would() {
    let world = World::new().await;
    let before = world.state().await;
    world.raise(Level::L3).await;
    let _ = tokio::join!(world.follow(), world.follow(), world.follow());
    world.follow_to_the_end().await;
    assert!(all_off(&world.state().await.rules));
    world.lift().await;
    let _ = tokio::join!(world.follow(), world.follow(), world.follow());
    world.follow_to_the_end().await;
    assert_eq!(world.state().await, before);
}

/// A worker that somebody started in the last moment is found at the next tick.
#[tokio::test]
async fn workers_that_start_meanwhile_are_stopped_too() {
    let world = World::new().await;
    world.raise(Level::L3).await;
    world.follow_to_the_end().await;
    world.run_tasks(2).await;
    // A third may be starting while these two are stopped, so it looks once more.
    assert!(!world.follow().await.unwrap().done);
    assert!(world.follow().await.unwrap().done);
    assert!(world.app.contain.tasks().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_rehearsal_touches_nothing() {
    let world = World::new().await;
    let before = world.state().await;
    let account = crate::contain::Account {
        table_prefix: "timmybot".to_owned(),
        secret_prefix: "/timmybot".to_owned(),
        cluster: Some("timmybot-voice".to_owned()),
        token_key: Some("alias/timmybot-tokens".to_owned()),
    };
    let log = world.app.logbook.of("test", now()).await;
    let rehearse =
        async |level| crate::contain::rehearse(&account, world.aws.sdk_config(), level, &log, now()).await;
    assert_eq!(rehearse(Level::L1).await.unwrap(), Vec::<String>::new());
    let steps = rehearse(Level::L5).await.unwrap();
    assert!(!steps.iter().any(|step| step.contains(OFF_BEFORE)), "it is off already: {steps:?}");
    assert!(steps.iter().any(|step| step.contains(RETENTION)), "{steps:?}");
    assert_eq!(world.state().await, before);
    world.aws.fault_next("ListSecrets", Fault::Status500, 1);
    assert_eq!(rehearse(Level::L4).await.unwrap_err().code(), "partial");
}
