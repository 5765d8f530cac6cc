//! `DescribeTasks`.

use serde_json::{Value, json};

use super::request::Request;
use super::{Ecs, error};
use crate::wire::ServiceError;

impl Ecs {
    /// Those that are not there are failures with the reason `MISSING`.
    pub(super) fn describe_tasks(&self, request: &Request) -> Result<Value, ServiceError> {
        if !(1..=100).contains(&request.tasks.len()) {
            return Err(error::invalid_parameter("Tasks cannot be empty and cannot exceed 100."));
        }
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for asked in &request.tasks {
            match self.arn_of(asked) {
                Some(arn) => found.push(arn),
                None => failures.push(json!({ "arn": asked, "reason": "MISSING" })),
            }
        }
        Ok(json!({ "tasks": self.lock().describe(&found), "failures": failures }))
    }
}
