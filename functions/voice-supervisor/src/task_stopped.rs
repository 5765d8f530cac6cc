//! `EventBridge`'s "ECS Task State Change" of a task that has stopped.

use serde::Deserialize;
use serde_json::Value;
use shared::domain::workers::{AttemptEnd, Cause, StartedBy, TaskEnd};

const SOURCE: &str = "aws.ecs";
const KIND: &str = "ECS Task State Change";

/// A task that has stopped. Who started it says which try it was; a task that we did not start is nobody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskStopped {
    task_arn: String,
    started_by: Option<StartedBy>,
    end: AttemptEnd,
    clean: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope {
    source: String,
    detail_type: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    task_arn: String,
    started_by: Option<String>,
    #[serde(flatten)]
    end: TaskEnd,
}

impl TaskStopped {
    /// `None` for what is no such event.
    pub(crate) fn parse(event: &Value) -> Option<Self> {
        let Envelope { source, detail_type, detail } = Envelope::deserialize(event).ok()?;
        let ours = source == SOURCE && detail_type == KIND && detail.end.has_come();
        ours.then(|| Self {
            started_by: detail.started_by.as_ref().and_then(|by| by.parse().ok()),
            end: attempt_end(&detail.end),
            clean: is_clean(&detail.end),
            task_arn: detail.task_arn,
        })
    }

    pub(crate) const fn started_by(&self) -> Option<StartedBy> {
        self.started_by
    }

    pub(crate) const fn end(&self) -> AttemptEnd {
        self.end
    }

    pub(crate) fn task_arn(&self) -> &str {
        &self.task_arn
    }

    pub(crate) fn cause(&self) -> Cause {
        Cause::Stopped { task_arn: self.task_arn.clone(), clean: self.clean }
    }
}

/// Capacity that is refused a moment later than `RunTask` answered.
fn attempt_end(end: &TaskEnd) -> AttemptEnd {
    let failed = end.code() == Some("TaskFailedToStart");
    let reason = end.reason().unwrap_or_default();
    if failed && is_no_capacity(reason) { AttemptEnd::NoCapacity } else { AttemptEnd::Stopped }
}

fn is_clean(end: &TaskEnd) -> bool {
    end.code() == Some("EssentialContainerExited") && end.is_well()
}

/// Fargate's words for having none, in answers and in events, and those of a placement that found no room.
pub(crate) fn is_no_capacity(reason: &str) -> bool {
    reason.contains("Capacity is unavailable") || reason.starts_with("RESOURCE:")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(code: &str, reason: &str, exit_code: Option<i64>) -> Value {
        json!({
            "version": "0", "source": SOURCE, "detail-type": KIND, "region": "eu-central-1",
            "detail": {
                "taskArn": "arn:task", "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "startedBy": "voice/0/5/2",
                "stopCode": code, "stoppedReason": reason,
                "containers": [{ "name": "voice", "exitCode": exit_code }],
            },
        })
    }

    fn parsed(code: &str, reason: &str, exit_code: Option<i64>) -> (AttemptEnd, bool) {
        let stopped = TaskStopped::parse(&event(code, reason, exit_code)).unwrap();
        (stopped.end, stopped.clean)
    }

    #[test]
    fn it_says_which_try_ended_and_how() {
        let stopped = TaskStopped::parse(&event("EssentialContainerExited", "", Some(1))).unwrap();
        assert_eq!(stopped.started_by(), "voice/0/5/2".parse().ok());
        assert_eq!(stopped.task_arn(), "arn:task");
        let none = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        assert_eq!(parsed("TaskFailedToStart", none, None), (AttemptEnd::NoCapacity, false));
        assert_eq!(
            parsed("TaskFailedToStart", "CannotPullContainerError", None),
            (AttemptEnd::Stopped, false)
        );
        assert_eq!(parsed("EssentialContainerExited", "", Some(0)), (AttemptEnd::Stopped, true));
        assert_eq!(parsed("EssentialContainerExited", "", Some(137)), (AttemptEnd::Stopped, false));
        assert_eq!(
            parsed("SpotInterruption", "Your Spot Task was interrupted.", Some(0)),
            (AttemptEnd::Stopped, false)
        );
    }

    #[test]
    fn what_is_no_stopped_task_is_refused_and_a_foreign_one_is_nobodys() {
        let mut running = event("x", "", None);
        running["detail"]["lastStatus"] = "RUNNING".into();
        assert_eq!(TaskStopped::parse(&running), None);
        let mut foreign = event("x", "", None);
        foreign["detail"]["startedBy"] = "an operator".into();
        assert_eq!(TaskStopped::parse(&foreign).and_then(|task| task.started_by()), None);
        foreign["source"] = "aws.batch".into();
        assert_eq!(TaskStopped::parse(&foreign), None);
    }
}
