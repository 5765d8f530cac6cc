//! A call of one of AWS's APIs as `CloudTrail` saw it
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>), as far as it
//! is told on: who it was stays in `CloudTrail`.

use serde::Deserialize;

/// What was called, by what kind of caller, and whether it was refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Call {
    /// The action, such as `AssumeRole`.
    pub(super) event_name: String,
    #[serde(default)]
    user_identity: Identity,
    error_code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Identity {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Call {
    /// It, in a few words.
    pub(super) fn words(&self) -> String {
        let by = self.user_identity.kind.as_deref().unwrap_or("an unnamed caller");
        let refused = self.error_code.as_deref().map(|code| format!(", refused: {code}"));
        format!("{} by {by}{}", self.event_name, refused.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn words(call: Value) -> String {
        serde_json::from_value::<Call>(call).unwrap().words()
    }

    #[test]
    fn who_it_was_is_not_said() {
        let by = json!({ "type": "IAMUser", "userName": "mallory", "arn": "arn:aws:iam::123456789012:user/mallory" });
        assert_eq!(words(json!({ "eventName": "AssumeRole", "userIdentity": by })), "AssumeRole by IAMUser");
        let refused = json!({ "eventName": "AssumeRole", "userIdentity": by, "errorCode": "AccessDenied" });
        assert_eq!(words(refused), "AssumeRole by IAMUser, refused: AccessDenied");
    }

    #[test]
    fn a_caller_may_have_no_kind() {
        for by in [json!({}), json!({ "type": null }), json!({ "invokedBy": "secretsmanager.amazonaws.com" })]
        {
            let call = json!({ "eventName": "DeleteSecret", "userIdentity": by });
            assert_eq!(words(call), "DeleteSecret by an unnamed caller");
        }
        assert_eq!(words(json!({ "eventName": "DeleteSecret" })), "DeleteSecret by an unnamed caller");
    }

    #[test]
    fn a_call_has_a_name() {
        for call in [json!(null), json!({}), json!({ "eventName": 1 })] {
            assert!(serde_json::from_value::<Call>(call).is_err());
        }
    }
}
