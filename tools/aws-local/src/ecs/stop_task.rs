//! `StopTask`, and how tasks end.

use std::time::Duration;

use serde_json::{Value, json};

use super::request::Request;
use super::task::StopReason;
use super::{Ecs, error, event};
use crate::wire::ServiceError;

/// How often a task is looked at.
const LOOK: Duration = Duration::from_millis(10);

impl Ecs {
    /// SIGTERM, and SIGKILL when the stop timeout has passed. A task that has stopped stays so.
    pub(super) fn stop_task(&self, request: &Request) -> Result<Value, ServiceError> {
        let arn = self.arn_of(request.task.as_deref().unwrap_or_default()).ok_or_else(error::no_such_task)?;
        let reason = request.reason.clone().unwrap_or_else(|| "Task stopped by user".to_owned());
        self.stop(&arn, &StopReason::user(reason));
        let tasks = self.lock().describe(&[arn]);
        Ok(json!({ "task": tasks.first() }))
    }

    pub(super) fn stop(&self, arn: &str, reason: &StopReason) {
        if let Some(task) = self.lock().tasks.get_mut(arn) {
            task.stopping(reason.clone());
        }
    }

    /// By ARN or by the id at its end.
    pub(super) fn arn_of(&self, asked: &str) -> Option<String> {
        let state = self.lock();
        let ends = |arn: &&String| arn.rsplit('/').next() == Some(asked);
        state.tasks.keys().find(|arn| *arn == asked || ends(arn)).cloned()
    }

    /// A thread looks after the task until it has stopped; it ends with the stack.
    pub(super) fn watch(&self, arn: &str) -> Result<(), ServiceError> {
        let (weak, arn) = (std::sync::Arc::downgrade(&self.0), arn.to_owned());
        let watch = move || {
            while let Some(inner) = weak.upgrade() {
                if Self(inner).look(&arn) {
                    return;
                }
                std::thread::sleep(LOOK);
            }
        };
        let spawned = std::thread::Builder::new().name("ecs-task".to_owned()).spawn(watch);
        spawned.map(drop).map_err(|error| ServiceError::internal(error.to_string()))
    }

    /// Whether it has stopped. The listener hears of it outside the lock, since it may ask us about the task.
    fn look(&self, arn: &str) -> bool {
        let mut state = self.lock();
        let Some(task) = state.tasks.get_mut(arn) else { return true };
        if !task.look() {
            return false;
        }
        let event = event::stopped(task);
        let listener = state.on_stopped.clone();
        drop(state);
        if let (Some(listener), Ok(event)) = (listener, event) {
            listener(event);
        }
        true
    }
}
