//! Somebody has asked for the role for emergencies (SPEC T14), as `CloudTrail` saw it
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>). The rule in `template.yaml` passes on
//! nothing else of STS. An attempt that was refused is told of as well: whoever has lost the second factor tries, too.

use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};

use super::trail::Call;

/// The signal; `None` if this is no such event.
pub(super) fn read(detail: &Value, at: Timestamp) -> Option<Vec<Signal>> {
    let call = Call::deserialize(detail).ok()?;
    (call.event_name == "AssumeRole")
        .then(|| vec![Signal::new(Alert::BreakGlass, Change::Fires, at).saying(&call.words())])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_session_is_told_of_and_an_attempt_too() {
        let mut detail =
            json!({ "eventName": "AssumeRole", "userIdentity": { "type": "IAMUser", "userName": "ada" } });
        for (error, words) in [
            (Value::Null, "AssumeRole by IAMUser"),
            (json!("AccessDenied"), "AssumeRole by IAMUser, refused: AccessDenied"),
        ] {
            detail["errorCode"] = error;
            let signal = Signal::new(Alert::BreakGlass, Change::Fires, Timestamp::UNIX_EPOCH).saying(words);
            assert_eq!(read(&detail, Timestamp::UNIX_EPOCH), Some(vec![signal]));
        }
    }

    #[test]
    fn nothing_else_of_sts_is_one() {
        for detail in [json!(null), json!({}), json!({ "eventName": "GetCallerIdentity" })] {
            assert_eq!(read(&detail, Timestamp::UNIX_EPOCH), None);
        }
    }
}
