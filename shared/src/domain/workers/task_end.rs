//! How a task of ECS is, as an event "ECS Task State Change" says it
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>).

use serde::Deserialize;

/// What such an event says of the end of its task. Nobody has checked its texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEnd {
    last_status: String,
    stop_code: Option<String>,
    stopped_reason: Option<String>,
    #[serde(default)]
    containers: Vec<Container>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    exit_code: Option<i64>,
}

impl TaskEnd {
    /// Whether it has come at all; a task that starts or runs has such events too.
    pub fn has_come(&self) -> bool {
        self.last_status == "STOPPED"
    }

    /// Of what kind it is, in the service's words.
    pub fn code(&self) -> Option<&str> {
        self.stop_code.as_deref()
    }

    /// Why, in words for people.
    pub fn reason(&self) -> Option<&str> {
        self.stopped_reason.as_deref()
    }

    /// Whether each container said itself that all is well. Of a container that never ran, nobody knows.
    pub fn is_well(&self) -> bool {
        !self.containers.is_empty() && self.containers.iter().all(|container| container.exit_code == Some(0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_event_says_is_read_and_the_rest_is_left() {
        let detail = json!({
            "taskArn": "arn:task", "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
            "stopCode": "UserInitiated", "stoppedReason": "in words", "containers": [{ "name": "voice" }],
        });
        let end = TaskEnd::deserialize(&detail).unwrap();
        assert!(end.has_come());
        assert_eq!((end.code(), end.reason()), (Some("UserInitiated"), Some("in words")));
        let bare = TaskEnd::deserialize(&json!({ "lastStatus": "RUNNING" })).unwrap();
        assert!(!bare.has_come());
        assert_eq!((bare.code(), bare.reason()), (None, None));
        assert!(TaskEnd::deserialize(&json!({ "lastStatus": 1 })).is_err());
        assert!(TaskEnd::deserialize(&json!({})).is_err());
    }

    #[test]
    fn it_is_well_when_each_container_says_so() {
        for (exit_codes, well) in [
            (&[Some(0)][..], true),
            (&[Some(0), Some(0)], true),
            (&[], false),
            (&[None], false),
            (&[Some(0), None], false),
            (&[Some(0), Some(137)], false),
        ] {
            let containers: Vec<_> = exit_codes.iter().map(|code| json!({ "exitCode": code })).collect();
            let end = json!({ "lastStatus": "STOPPED", "containers": containers });
            assert_eq!(TaskEnd::deserialize(&end).unwrap().is_well(), well, "{exit_codes:?}");
        }
    }
}
