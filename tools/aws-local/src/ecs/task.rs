//! One task, from its making to its end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::process::Process;
use super::request::Request;
use super::{Program, metadata};
use crate::machine;
use crate::template::TaskPlan;
use crate::wire::{ACCOUNT, REGION, ServiceError};

/// What a task is made from.
pub(super) struct Birth<'a> {
    pub(super) request: &'a Request,
    pub(super) family: &'a TaskPlan,
    pub(super) provider: &'a str,
    pub(super) environment: BTreeMap<String, String>,
}

/// Why a task stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StopReason {
    pub(super) code: &'static str,
    pub(super) reason: String,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    NeverRan,
    Exited(i32),
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) number: usize,
    pub(super) arn: String,
    pub(super) family: String,
    pub(super) container: String,
    pub(super) cluster: String,
    pub(super) provider: String,
    pub(super) started_by: Option<String>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) created_at: Timestamp,
    stop_timeout: Duration,
    process: Option<Process>,
    stop: Option<(StopReason, Instant)>,
    ended: Option<Ended>,
}

impl Task {
    pub(super) fn new(number: usize, birth: &Birth<'_>) -> Result<Self, ServiceError> {
        let cluster = birth.request.cluster().rsplit('/').next().unwrap_or_default();
        let id = machine::uuid().map_err(|error| ServiceError::internal(error.to_string()))?.replace('-', "");
        Ok(Self {
            number,
            arn: format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster}/{id}"),
            family: birth.family.family.clone(),
            container: birth.family.container.clone(),
            cluster: cluster.to_owned(),
            provider: birth.provider.to_owned(),
            started_by: birth.request.started_by.clone(),
            environment: birth.environment.clone(),
            created_at: machine::now(),
            stop_timeout: Duration::from_secs(birth.plan().stop_timeout_s.into()),
            process: None,
            stop: None,
            ended: None,
        })
    }

    /// A program that does not start is a container that cannot be made.
    pub(super) fn start(
        &mut self,
        program: &Program,
        birth: &Birth<'_>,
        server: SocketAddr,
    ) -> Result<(), ServiceError> {
        let mut env = birth.environment.clone();
        env.insert("ECS_CONTAINER_METADATA_URI_V4".to_owned(), metadata::address(server, &self.arn));
        let process = Process::spawn(program, &env);
        self.process = Some(process.map_err(|error| ServiceError::internal(error.to_string()))?);
        Ok(())
    }

    /// Asks it to end. The first reason stays.
    pub(super) fn stopping(&mut self, reason: StopReason) {
        if self.stop.is_none() && self.ended.is_none() {
            if let Some(process) = &self.process {
                process.terminate();
            }
            self.stop = Some((reason, Instant::now() + self.stop_timeout));
        }
    }

    /// Whether it has just ended. Called until it has.
    pub(super) fn look(&mut self) -> bool {
        self.ended = match &mut self.process {
            None => self.stop.is_some().then_some(Ended::NeverRan),
            Some(process) => {
                if self.stop.as_ref().is_some_and(|(_, kill_at)| Instant::now() >= *kill_at) {
                    process.kill();
                }
                process.exit_code().map(Ended::Exited)
            }
        };
        self.ended.is_some()
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.process.as_ref().filter(|_| self.ended.is_none()).map(Process::pid)
    }

    pub(super) fn logs(&self) -> Vec<String> {
        self.process.as_ref().map(Process::lines).unwrap_or_default()
    }

    pub(super) const fn exit_code(&self) -> Option<i32> {
        match self.ended {
            Some(Ended::Exited(code)) => Some(code),
            Some(Ended::NeverRan) | None => None,
        }
    }

    pub(super) fn desired_status(&self) -> &'static str {
        if self.stop.is_some() || self.ended.is_some() { "STOPPED" } else { "RUNNING" }
    }

    fn last_status(&self) -> &'static str {
        match (&self.ended, &self.process) {
            (Some(_), _) => "STOPPED",
            (None, Some(_)) => "RUNNING",
            (None, None) => "PROVISIONING",
        }
    }

    /// How it stopped: as it was asked to, or by itself.
    pub(super) fn stop_reason(&self) -> Option<StopReason> {
        let by_itself = || self.ended.is_some().then(StopReason::exited);
        self.stop.as_ref().map(|(reason, _)| reason.clone()).or_else(by_itself)
    }

    /// As the service describes it; the event of its end has the same shape.
    pub(super) fn to_json(&self) -> Value {
        let stop = self.stop_reason();
        let mut container = json!({
            "containerArn": format!("{}/container", self.arn), "taskArn": self.arn,
            "name": self.container, "lastStatus": self.last_status(),
        });
        if let Some(code) = self.exit_code() {
            container["exitCode"] = code.into();
        }
        let mut task = json!({
            "taskArn": self.arn,
            "clusterArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{}", self.cluster),
            "taskDefinitionArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{}:1", self.family),
            "group": format!("family:{}", self.family),
            "launchType": "FARGATE", "capacityProviderName": self.provider,
            "lastStatus": self.last_status(), "desiredStatus": self.desired_status(),
            "containers": [container],
        });
        if let Some(by) = &self.started_by {
            task["startedBy"] = by.as_str().into();
        }
        if let Some(stop) = stop {
            task["stopCode"] = stop.code.into();
            task["stoppedReason"] = stop.reason.into();
        }
        task
    }
}

impl StopReason {
    pub(super) const fn user(reason: String) -> Self {
        Self { code: "UserInitiated", reason }
    }

    pub(super) fn spot() -> Self {
        Self { code: "SpotInterruption", reason: "Your Spot Task was interrupted.".to_owned() }
    }

    pub(super) fn no_capacity() -> Self {
        let reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        Self { code: "TaskFailedToStart", reason: reason.to_owned() }
    }

    fn exited() -> Self {
        Self { code: "EssentialContainerExited", reason: "Essential container in task exited".to_owned() }
    }
}
