//! ECS through the SDK: tasks are processes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_local::ecs::{Ecs, Program, Refusal};
use aws_local::{Data, Stack};
use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::run_task::builders::RunTaskFluentBuilder;
use aws_sdk_ecs::types::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, ContainerOverride, DesiredStatus, KeyValuePair,
    LaunchType, NetworkConfiguration, Task, TaskOverride,
};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const CLUSTER: &str = "timmybot-voice";
const SPOT: &str = "FARGATE_SPOT";

struct World {
    stack: Stack,
    client: Client,
    stopped: UnboundedReceiver<Value>,
}

impl World {
    /// Tasks run this shell script.
    fn new(script: &str) -> Self {
        let stack = common::stack(Data::Memory);
        let client = Client::new(&testkit::sdk_config(&stack.endpoint()));
        let args = vec!["-c".to_owned(), script.to_owned()];
        stack
            .ecs()
            .program(CLUSTER, Program { binary: "/bin/sh".into(), args, env: BTreeMap::new(), log: None });
        let (send, stopped) = unbounded_channel();
        let send = Mutex::new(send);
        stack.ecs().on_stopped(Arc::new(move |event| drop(send.lock().unwrap().send(event))));
        Self { stack, client, stopped }
    }

    fn ecs(&self) -> &Ecs {
        self.stack.ecs()
    }

    fn ask(&self, token: &str, provider: &str) -> RunTaskFluentBuilder {
        let strategy =
            CapacityProviderStrategyItem::builder().capacity_provider(provider).weight(1).build().unwrap();
        let vpc = AwsVpcConfiguration::builder().subnets("subnet-1").build().unwrap();
        let shard = KeyValuePair::builder().name("SHARD_ID").value("3").build();
        let container = ContainerOverride::builder().name("voice").environment(shard).build();
        self.client
            .run_task()
            .cluster(CLUSTER)
            .task_definition("timmybot-voice:1")
            .capacity_provider_strategy(strategy)
            .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
            .overrides(TaskOverride::builder().container_overrides(container).build())
            .client_token(token)
    }

    async fn run(&self, token: &str) -> String {
        let output = self.ask(token, SPOT).send().await.unwrap();
        output.tasks()[0].task_arn().unwrap().to_owned()
    }

    async fn describe(&self, arn: &str) -> Task {
        let output = self.client.describe_tasks().cluster(CLUSTER).tasks(arn).send().await.unwrap();
        output.tasks()[0].clone()
    }

    async fn event(&mut self) -> Value {
        tokio::time::timeout(Duration::from_secs(10), self.stopped.recv()).await.unwrap().unwrap()["detail"]
            .take()
    }
}

/// Waits for what a process does in its own time.
async fn until(mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_task_runs_with_its_overrides_and_tells_how_it_ended() {
    let mut world = World::new("echo shard $SHARD_ID; exit 7");
    let arn = world.run("a").await;
    let detail = world.event().await;
    assert_eq!((&detail["taskArn"], &detail["lastStatus"]), (&arn.as_str().into(), &"STOPPED".into()));
    assert_eq!(detail["stopCode"], "EssentialContainerExited");
    assert_eq!(
        (&detail["containers"][0]["exitCode"], &detail["group"]),
        (&7.into(), &"family:timmybot-voice".into())
    );
    until(|| world.ecs().logs(&arn) == ["shard 3"]).await;
    let task = world.describe(&arn).await;
    assert_eq!((task.last_status(), task.containers()[0].exit_code()), (Some("STOPPED"), Some(7)));
    assert_eq!(world.ecs().pid(&arn), None);
}

#[tokio::test]
async fn a_token_gets_the_same_task_and_another_request_a_conflict() {
    let world = World::new("exec sleep 60");
    let arn = world.run("a").await;
    assert_eq!(world.run("a").await, arn);
    assert_ne!(world.run("b").await, arn);
    assert_eq!(world.ecs().task_arns().len(), 2);
    let conflict = world.ask("a", "FARGATE").send().await.unwrap_err().into_service_error();
    assert!(conflict.is_conflict_exception(), "{conflict:?}");
}

#[tokio::test]
async fn stopping_asks_first_and_kills_when_the_time_is_over() {
    for (script, code) in [
        ("trap 'exit 5' TERM; while :; do sleep 0.01; done", 5),
        ("trap '' TERM; while :; do sleep 0.01; done", 137),
    ] {
        let mut world = World::new(&format!("{script} # ready"));
        let arn = world.run("a").await;
        let pid = world.ecs().pid(&arn).unwrap();
        // The trap is set when the first sleep runs.
        let children = format!("/proc/{pid}/task/{pid}/children");
        until(|| std::fs::read_to_string(&children).is_ok_and(|children| !children.is_empty())).await;
        let stop =
            world.client.stop_task().cluster(CLUSTER).task(&arn).reason("enough").send().await.unwrap();
        assert_eq!(stop.task().and_then(Task::desired_status), Some("STOPPED"));
        let detail = world.event().await;
        assert_eq!(
            (&detail["stopCode"], &detail["stoppedReason"]),
            (&"UserInitiated".into(), &"enough".into())
        );
        assert_eq!(detail["containers"][0]["exitCode"], code);
    }
}

#[tokio::test]
async fn spot_can_be_refused_at_once_or_later_or_taken_back() {
    let mut world = World::new("exec sleep 60");
    world.ecs().refuse(SPOT, Refusal::AtOnce, 1);
    let refused = world.ask("a", SPOT).send().await.unwrap();
    assert!(refused.tasks().is_empty());
    assert!(refused.failures()[0].reason().unwrap().starts_with("Capacity is unavailable"));
    world.ecs().refuse(SPOT, Refusal::Later, 1);
    let later = world.run("a").await;
    let detail = world.event().await;
    assert_eq!(
        (&detail["taskArn"], &detail["stopCode"]),
        (&later.as_str().into(), &"TaskFailedToStart".into())
    );
    let arn = world.run("b").await;
    world.ecs().interrupt(&arn);
    assert_eq!(world.event().await["stopCode"], "SpotInterruption");
}

#[tokio::test]
async fn tasks_are_listed_by_who_started_them() {
    let world = World::new("exec sleep 60");
    let arn = world.ask("a", SPOT).started_by("voice/0/1/1").send().await.unwrap().tasks()[0]
        .task_arn()
        .unwrap()
        .to_owned();
    world.run("b").await;
    let list = |by: &str, status| {
        world.client.list_tasks().cluster(CLUSTER).started_by(by).desired_status(status).send()
    };
    let running = list("voice/0/1/1", DesiredStatus::Running).await.unwrap();
    assert_eq!(running.task_arns(), [arn]);
    assert!(list("voice/0/1/1", DesiredStatus::Stopped).await.unwrap().task_arns().is_empty());
    let gone = world.client.describe_tasks().cluster(CLUSTER).tasks("none").send().await.unwrap();
    assert_eq!(gone.failures()[0].reason(), Some("MISSING"));
}

#[tokio::test]
async fn dropping_the_stack_kills_its_tasks() {
    let world = World::new("exec sleep 60");
    let arn = world.run("a").await;
    let folder = format!("/proc/{}", world.ecs().pid(&arn).unwrap());
    drop(world);
    until(|| !std::path::Path::new(&folder).exists()).await;
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let world = World::new("true");
    let ask = || world.ask("a", SPOT);
    let cluster = ask().cluster("none").send().await.unwrap_err().into_service_error();
    assert!(cluster.is_cluster_not_found_exception(), "{cluster:?}");
    let definition = ask().task_definition("none").send().await.unwrap_err().into_service_error();
    assert!(definition.is_client_exception(), "{definition:?}");
    for bad in [
        ask().set_network_configuration(None),
        ask().launch_type(LaunchType::Fargate),
        ask().client_token("a b"),
        ask().started_by("a b"),
        ask().count(11),
        ask().overrides(
            TaskOverride::builder()
                .container_overrides(ContainerOverride::builder().name("x").build())
                .build(),
        ),
    ] {
        let error = bad.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_exception(), "{error:?}");
    }
    let stop = world.client.stop_task().cluster(CLUSTER).task("none").send().await;
    assert!(stop.unwrap_err().into_service_error().is_invalid_parameter_exception());
    assert!(world.ecs().task_arns().is_empty());
}
