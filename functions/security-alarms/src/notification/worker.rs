//! A voice worker's task has stopped.
//!
//! That is planned when the worker ended by itself and well, or when somebody stopped it, which voice-supervisor and
//! containment do. When the machine is taken away (`SpotInterruption`, `TerminationNotice`) and the worker still ended
//! well, it has handed over: planned as well. Everything else is not.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};
use shared::domain::workers::TaskEnd;

use super::slug::slug;

/// The signals; none if it was planned, `None` if this is no such event.
pub(super) fn read(detail: &Value, at: Timestamp) -> Option<Vec<Signal>> {
    let end = TaskEnd::deserialize(detail).ok()?;
    if !end.has_come() || was_planned(&end) {
        return Some(Vec::new());
    }
    let code = end.code().unwrap_or("no stop code");
    let reason = end.reason().unwrap_or("no reason");
    let signal = Signal::new(Alert::WorkerStopped, Change::Fires, at).saying(&format!("{code}: {reason}"));
    Some(vec![match slug(code) {
        Some(label) => signal.about(label),
        None => signal,
    }])
}

fn was_planned(end: &TaskEnd) -> bool {
    match end.code() {
        Some("UserInitiated") => true,
        Some("EssentialContainerExited" | "SpotInterruption" | "TerminationNotice") => end.is_well(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stopped(code: &str, exit_codes: &[Option<i64>]) -> Option<Vec<String>> {
        let containers: Vec<Value> = exit_codes.iter().map(|code| json!({ "exitCode": code })).collect();
        let detail = json!({
            "taskArn": "arn:aws:ecs:eu-central-1:123456789012:task/timmybot-voice/1", "lastStatus": "STOPPED",
            "stopCode": code, "stoppedReason": "in words", "containers": containers,
        });
        let signals = read(&detail, Timestamp::UNIX_EPOCH)?;
        Some(
            signals
                .into_iter()
                .map(|signal| format!("{} {}", signal.label.unwrap(), signal.detail.unwrap()))
                .collect(),
        )
    }

    #[test]
    fn what_was_planned_is_no_signal() {
        for (code, exits) in [
            ("EssentialContainerExited", &[Some(0)][..]),
            ("UserInitiated", &[Some(0)]),
            ("UserInitiated", &[Some(137)]),
            ("SpotInterruption", &[Some(0)]),
            ("TerminationNotice", &[Some(0)]),
        ] {
            assert_eq!(stopped(code, exits), Some(vec![]), "{code}");
        }
    }

    #[test]
    fn everything_else_is_one_and_says_how_it_ended() {
        for (code, exits, label) in [
            ("EssentialContainerExited", &[Some(137)][..], "essentialcontainerexited"),
            ("EssentialContainerExited", &[], "essentialcontainerexited"),
            ("EssentialContainerExited", &[Some(0), None], "essentialcontainerexited"),
            ("SpotInterruption", &[Some(1)], "spotinterruption"),
            ("TaskFailedToStart", &[None], "taskfailedtostart"),
            ("SomethingNew", &[Some(0)], "somethingnew"),
        ] {
            assert_eq!(stopped(code, exits), Some(vec![format!("{label} {code}: in words")]));
        }
    }

    #[test]
    fn a_task_that_lives_is_no_signal_and_no_task_is_no_event() {
        assert_eq!(read(&json!({ "lastStatus": "RUNNING" }), Timestamp::UNIX_EPOCH), Some(vec![]));
        assert_eq!(read(&json!({ "lastStatus": 1 }), Timestamp::UNIX_EPOCH), None);
        let bare = read(&json!({ "lastStatus": "STOPPED" }), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(bare[0].detail.as_ref().unwrap().as_str(), "no stop code: no reason");
    }
}
