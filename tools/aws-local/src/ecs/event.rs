//! The event that `EventBridge` sends when a task has stopped
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>).

use serde_json::{Value, json};

use super::task::Task;
use crate::machine::{self, NoEntropy};
use crate::wire::{ACCOUNT, REGION};

pub(super) fn stopped(task: &Task) -> Result<Value, NoEntropy> {
    let now = machine::now().to_string();
    let mut detail = task.to_json();
    detail["createdAt"] = task.created_at.to_string().into();
    detail["stoppedAt"] = now.clone().into();
    detail["updatedAt"] = now.clone().into();
    detail["version"] = 5.into();
    Ok(json!({
        "version": "0",
        "id": machine::uuid()?,
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": now,
        "region": REGION,
        "resources": [task.arn],
        "detail": detail,
    }))
}
