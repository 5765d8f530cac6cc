//! ECS: tasks on Fargate as child processes of ours.
//!
//! Emulated: `RunTask` with its idempotency, `StopTask`, `DescribeTasks`, `ListTasks`, the end of a task with the event
//! that `EventBridge` sends, the metadata that a task reads about itself, and refusals for want of capacity. A task runs as
//! soon as it is asked for. Not emulated: services, and everything about images.

mod describe_tasks;
mod error;
mod event;
mod list_tasks;
mod metadata;
mod process;
mod request;
mod run_task;
mod stop_task;
mod task;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Request as HttpRequest, Response};
use serde_json::Value;

use crate::fault::Faults;
use crate::template::{ClusterPlan, TaskPlan};
use crate::wire::{self, ServiceError, answer};
use request::Request;
use run_task::Remembered;
use task::{StopReason, Task};

/// The service takes requests of at most 64 KiB of overrides; this leaves room for the rest.
const MAX_REQUEST: usize = 256 * 1024;

/// What a task of a family runs here.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub binary: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment; what a `RunTask` overrides goes before it.
    pub env: BTreeMap<String, String>,
    /// Where what it writes is kept as well, one task after the other.
    pub log: Option<PathBuf>,
}

/// How capacity is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// In the answer of `RunTask`.
    AtOnce,
    /// The task is made, and stops before it ran.
    Later,
}

/// What is called with each task that has stopped: the event as `EventBridge` sends it.
pub type OnStopped = Arc<dyn Fn(Value) + Send + Sync>;

/// The tasks of a stack. Dropping it kills them. Cheap to clone.
#[derive(Clone)]
pub struct Ecs(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    clusters: Vec<ClusterPlan>,
    families: Vec<TaskPlan>,
    state: Mutex<State>,
    faults: Faults,
}

#[derive(Default)]
struct State {
    programs: BTreeMap<String, Program>,
    tasks: BTreeMap<String, Task>,
    tokens: BTreeMap<String, Remembered>,
    refusals: Vec<(String, Refusal, u32)>,
    on_stopped: Option<OnStopped>,
}

impl Ecs {
    pub(crate) fn new(clusters: &[ClusterPlan], families: &[TaskPlan], address: SocketAddr) -> Self {
        let state = Mutex::default();
        let (clusters, families) = (clusters.to_vec(), families.to_vec());
        Self(Arc::new(Inner { address, clusters, families, state, faults: Faults::default() }))
    }

    /// Says what tasks of a family run. Without a program they stay as they are until they are stopped.
    pub fn program(&self, family: &str, program: Program) {
        self.lock().programs.insert(family.to_owned(), program);
    }

    /// Calls `listener` with the event of each task that stops from now on.
    pub fn on_stopped(&self, listener: OnStopped) {
        self.lock().on_stopped = Some(listener);
    }

    /// The next `times` tasks on a capacity provider, such as `FARGATE_SPOT`, get none.
    pub fn refuse(&self, provider: &str, refusal: Refusal, times: u32) {
        self.lock().refusals.push((provider.to_owned(), refusal, times));
    }

    /// Refuses a capacity provider nothing from now on.
    pub fn admit(&self, provider: &str) {
        self.lock().refusals.retain(|(name, _, _)| name != provider);
    }

    /// Takes a task's capacity back, as Spot does: SIGTERM, and SIGKILL after its stop timeout.
    pub fn interrupt(&self, task_arn: &str) {
        self.stop(task_arn, &StopReason::spot());
    }

    /// The process of a task, while it runs.
    pub fn pid(&self, task_arn: &str) -> Option<u32> {
        self.lock().tasks.get(task_arn).and_then(Task::pid)
    }

    /// The ARNs of all tasks, oldest first, stopped ones included.
    pub fn task_arns(&self) -> Vec<String> {
        let state = self.lock();
        let mut tasks: Vec<&Task> = state.tasks.values().collect();
        tasks.sort_by_key(|task| task.number);
        tasks.into_iter().map(|task| task.arn.clone()).collect()
    }

    /// A task as `DescribeTasks` has it.
    pub fn described(&self, task_arn: &str) -> Option<Value> {
        self.lock().tasks.get(task_arn).map(Task::to_json)
    }

    /// What `RunTask` said about a task's environment.
    pub fn environment(&self, task_arn: &str) -> Option<BTreeMap<String, String>> {
        self.lock().tasks.get(task_arn).map(|task| task.environment.clone())
    }

    /// What a task has written so far, line by line.
    pub fn logs(&self, task_arn: &str) -> Vec<String> {
        self.lock().tasks.get(task_arn).map(Task::logs).unwrap_or_default()
    }

    /// The faults in force.
    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Answers one call.
    pub(crate) async fn call(&self, operation: &str, request: HttpRequest<Body>) -> Response<Body> {
        let too_long = || error::invalid_parameter("The request is too large.");
        let request = wire::request::<Request>(request.into_body(), MAX_REQUEST, too_long).await;
        let act = || self.dispatch(operation, &request?);
        let result = self.0.faults.take(operation).around(act, &error::WORDS).await;
        answer("com.amazonaws.ecs", "1.1", result)
    }

    fn dispatch(&self, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        self.know_cluster(request.cluster())?;
        match operation {
            "RunTask" => self.run_task(request),
            "StopTask" => self.stop_task(request),
            "DescribeTasks" => self.describe_tasks(request),
            "ListTasks" => Ok(self.list_tasks(request)),
            other => {
                Err(ServiceError::client("UnsupportedFeatureException", format!("{other} is not emulated")))
            }
        }
    }

    /// By name or by ARN.
    fn know_cluster(&self, asked: &str) -> Result<(), ServiceError> {
        let name = asked.rsplit('/').next().unwrap_or_default();
        let known = self.0.clusters.iter().any(|cluster| cluster.name == name);
        if known { Ok(()) } else { Err(error::no_such_cluster()) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Ecs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ecs").field("tasks", &self.lock().tasks.keys()).finish_non_exhaustive()
    }
}
