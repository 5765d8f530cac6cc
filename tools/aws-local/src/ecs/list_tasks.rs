//! `ListTasks`.

use serde_json::{Value, json};

use super::Ecs;
use super::request::Request;
use super::task::Task;

impl Ecs {
    /// Running ones unless asked otherwise; by family and by who started them.
    pub(super) fn list_tasks(&self, request: &Request) -> Value {
        let desired = request.desired_status.as_deref().unwrap_or("RUNNING");
        let wanted = |task: &&Task| {
            let family = request.family.as_ref().is_none_or(|family| *family == task.family);
            let by = request.started_by.as_ref().is_none_or(|by| Some(by) == task.started_by.as_ref());
            family && by && task.desired_status() == desired
        };
        let state = self.lock();
        let arns: Vec<&str> = state.tasks.values().filter(wanted).map(|task| task.arn.as_str()).collect();
        json!({ "taskArns": arns })
    }
}
