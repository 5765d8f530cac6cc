//! Tasks on Fargate: the only place in the project that starts and stops them.

use core::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_ecs::Client;
use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::operation::run_task::{RunTaskError, RunTaskOutput};
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, ContainerOverride, KeyValuePair,
    NetworkConfiguration, PropagateTags, TaskOverride,
};
use shared::aws::code;
use shared::domain::workers::{Attempt, StartedBy};

use crate::task_stopped::is_no_capacity;

/// The container's name in the task definition.
const CONTAINER: &str = "voice";
/// `RunTask` takes a second or two; the function has 10.
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(6);

/// Where and as what a worker runs.
#[derive(Clone, Debug)]
pub struct Placement {
    /// `ECS_CLUSTER`: name or ARN.
    pub cluster: String,
    /// `VOICE_TASK_DEFINITION`: the ARN with its revision, so that a deployment changes both at once.
    pub task_definition: String,
    /// `VOICE_SUBNETS`: public ones; a NAT gateway would cost money while nobody listens.
    pub subnets: Vec<String>,
    /// `VOICE_SECURITY_GROUP`: lets nobody in.
    pub security_group: String,
    /// `TABLE_PREFIX`, which keeps the tokens of two stacks apart.
    pub prefix: String,
}

/// What came of asking for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Launched {
    /// There is one.
    Task(String),
    /// No capacity.
    NoCapacity,
    /// This try got a task before that has stopped, or its token belongs to another request: the template changed in
    /// between. The next try may.
    Spent,
}

/// ECS failed. The task may or may not have been made; the same token finds out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed: {code}")]
pub struct TaskError {
    pub(crate) operation: &'static str,
    pub(crate) code: String,
}

/// The voice tasks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    client: Client,
    placement: Placement,
}

impl Tasks {
    pub(crate) fn new(sdk: &SdkConfig, placement: Placement) -> Self {
        let timeouts = sdk.timeout_config().map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder);
        let timeouts = timeouts.operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let config = aws_sdk_ecs::config::Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), placement }
    }

    /// Asks for the try's task. Asking again gets the same one.
    pub(crate) async fn run(&self, attempt: &Attempt) -> Result<Launched, TaskError> {
        let strategy = CapacityProviderStrategyItem::builder()
            .capacity_provider(attempt.capacity.provider())
            .weight(1)
            .build()
            .map_err(|_| construction())?;
        let sent = self
            .client
            .run_task()
            .cluster(&self.placement.cluster)
            .task_definition(&self.placement.task_definition)
            .capacity_provider_strategy(strategy)
            .network_configuration(self.network()?)
            .overrides(overrides(attempt))
            .enable_execute_command(false)
            .propagate_tags(PropagateTags::TaskDefinition)
            .started_by(StartedBy::from(attempt).to_string())
            .client_token(attempt.client_token(&self.placement.prefix).as_str())
            .send()
            .await;
        launched(sent)
    }

    /// Stops a task that a later try replaces. One that has stopped already is no error.
    pub(crate) async fn stop(&self, task_arn: &str) -> Result<(), TaskError> {
        let stop = self.client.stop_task().cluster(&self.placement.cluster).task(task_arn);
        let sent = stop.reason("Replaced by a later try to start a worker").send().await;
        sent.map(drop).map_err(|error| TaskError { operation: "ecs.stop_task", code: code(&error) })
    }

    /// A public address, since there is no NAT gateway; nothing listens at it.
    fn network(&self) -> Result<NetworkConfiguration, TaskError> {
        let vpc = AwsVpcConfiguration::builder()
            .set_subnets(Some(self.placement.subnets.clone()))
            .security_groups(&self.placement.security_group)
            .assign_public_ip(AssignPublicIp::Enabled)
            .build()
            .map_err(|_| construction())?;
        Ok(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
    }
}

/// The shard is all that differs between workers.
fn overrides(attempt: &Attempt) -> TaskOverride {
    let shard = KeyValuePair::builder().name("SHARD_ID").value(attempt.shard.to_string()).build();
    let container = ContainerOverride::builder().name(CONTAINER).environment(shard).build();
    TaskOverride::builder().container_overrides(container).build()
}

fn launched<R>(sent: Result<RunTaskOutput, SdkError<RunTaskError, R>>) -> Result<Launched, TaskError> {
    let failed = |code: String| TaskError { operation: "ecs.run_task", code };
    let output = match sent {
        Ok(output) => output,
        Err(error) if error.as_service_error().is_some_and(RunTaskError::is_conflict_exception) => {
            return Ok(Launched::Spent);
        }
        Err(error) => return Err(failed(code(&error))),
    };
    if let Some(task) = output.tasks().first() {
        let arn = task.task_arn().ok_or_else(construction)?;
        let stopped = task.last_status() == Some("STOPPED");
        return Ok(if stopped { Launched::Spent } else { Launched::Task(arn.to_owned()) });
    }
    let reason = output.failures().first().and_then(|failure| failure.reason()).unwrap_or("no reason");
    if is_no_capacity(reason) { Ok(Launched::NoCapacity) } else { Err(failed(reason.to_owned())) }
}

fn construction() -> TaskError {
    TaskError { operation: "ecs.run_task", code: "construction".to_owned() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Failure, Task};

    use super::*;

    fn answer(output: RunTaskOutput) -> Result<Launched, TaskError> {
        launched(Ok::<_, SdkError<RunTaskError, ()>>(output))
    }

    fn failure(reason: &str) -> Result<Launched, TaskError> {
        answer(RunTaskOutput::builder().failures(Failure::builder().reason(reason).build()).build())
    }

    #[test]
    fn no_capacity_has_two_spellings_and_other_failures_are_errors() {
        assert_eq!(failure("RESOURCE:MEMORY"), Ok(Launched::NoCapacity));
        assert_eq!(
            failure("Capacity is unavailable at this time. Please try again later"),
            Ok(Launched::NoCapacity)
        );
        assert!(failure("ACCESS_DENIED").is_err_and(|error| error.code == "ACCESS_DENIED"));
        assert!(answer(RunTaskOutput::builder().build()).is_err());
    }

    #[test]
    fn a_task_that_has_stopped_already_spends_its_try() {
        let task = |status| {
            let task = Task::builder().task_arn("arn").last_status(status).build();
            answer(RunTaskOutput::builder().tasks(task).build())
        };
        assert_eq!(task("PROVISIONING"), Ok(Launched::Task("arn".to_owned())));
        assert_eq!(task("STOPPED"), Ok(Launched::Spent));
    }
}
