//! Somebody has called Secrets Manager about a secret of ours, as `CloudTrail` saw it
//! (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieve-ct-entries.html>). The rule in `template.yaml` leaves
//! out what our own functions do; what it passes on was done by hand, or by somebody who has no business there.
//!
//! Who it was stays in `CloudTrail`: here it is said what was done, and to which of our secrets by the first part of its name.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Label, Signal};

use super::slug::slug;
use super::trail::Call;

/// How many characters Secrets Manager puts behind a name in its ARN, with the `-`.
const RANDOM: usize = 7;
/// What the service itself does and tells of.
const AS_IT_SHOULD: [&str; 9] = [
    "RotationStarted",
    "RotationSucceeded",
    "TestRotationStarted",
    "TestRotationSucceeded",
    "ReplicationStarted",
    "ReplicationSucceeded",
    "StartSecretVersionDelete",
    "CancelSecretVersionDelete",
    "EndSecretVersionDelete",
];
const FAILED: [&str; 4] = ["RotationFailed", "RotationAbandoned", "TestRotationFailed", "ReplicationFailed"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trail {
    #[serde(flatten)]
    call: Call,
    request_parameters: Option<Parameters>,
    additional_event_data: Option<Data>,
}

/// `CreateSecret` says a name, everything else an id, which is a name or an ARN.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    secret_id: Option<String>,
    name: Option<String>,
}

/// What the service itself has done.
#[derive(Deserialize)]
struct Data {
    #[serde(rename = "SecretId")]
    secret_id: Option<String>,
}

/// The signals; none if the service did what it should, `None` if this is no such event.
pub(super) fn read(detail: &Value, prefix: &str, at: Timestamp) -> Option<Vec<Signal>> {
    let trail = Trail::deserialize(detail).ok()?;
    let which = trail.which(prefix);
    let fires = |alert, words: &str| {
        let signal = Signal::new(alert, Change::Fires, at).saying(words);
        vec![match which.clone() {
            Some(label) => signal.about(label),
            None => signal,
        }]
    };
    Some(match trail.call.event_name.as_str() {
        name if AS_IT_SHOULD.contains(&name) => Vec::new(),
        name if FAILED.contains(&name) => fires(Alert::RotationFailures, name),
        _ => fires(Alert::SecretTouched, &trail.call.words()),
    })
}

impl Trail {
    fn which(&self, prefix: &str) -> Option<Label> {
        let asked = self.request_parameters.as_ref();
        let done = self.additional_event_data.as_ref();
        let id = asked.and_then(|asked| asked.secret_id.as_deref().or(asked.name.as_deref()));
        let name = name(id.or(done.and_then(|data| data.secret_id.as_deref()))?);
        // The first part alone: below `users/` the second is somebody's.
        slug(name.strip_prefix(prefix)?.trim_start_matches('/').split('/').next()?)
    }
}

/// The name of a secret that is called by its name or its ARN.
fn name(id: &str) -> &str {
    match id.split_once(":secret:") {
        Some((_, full)) => full.get(..full.len().saturating_sub(RANDOM)).unwrap_or(full),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn called(name: &str, parameters: &Value) -> Value {
        json!({
            "eventSource": "secretsmanager.amazonaws.com", "eventName": name, "sourceIPAddress": "203.0.113.7",
            "userIdentity": { "type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/Admin/ada" },
            "requestParameters": parameters,
        })
    }

    fn told(detail: &Value) -> Vec<(Alert, Option<String>, String)> {
        let signals = read(detail, "/timmybot", Timestamp::UNIX_EPOCH).unwrap();
        let short = |signal: Signal| {
            (signal.alert, signal.label.map(|label| label.to_string()), signal.detail.unwrap().to_string())
        };
        signals.into_iter().map(short).collect()
    }

    #[test]
    fn which_secret_is_said_without_whose() {
        let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:/timmybot/log-key-AbCdEf";
        let users = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:/timmybot/users/80351110224678912-AbCdEf";
        for (id, label) in [
            ("/timmybot/bot-token", Some("bot-token")),
            (arn, Some("log-key")),
            (users, Some("users")),
            ("/timmybot/users/80351110224678912", Some("users")),
            ("/other/secret", None),
            (":secret:é", None),
        ] {
            let signals = told(&called("PutSecretValue", &json!({ "secretId": id })));
            let expected =
                (Alert::SecretTouched, label.map(str::to_owned), "PutSecretValue by AssumedRole".to_owned());
            assert_eq!(signals, [expected], "{id}");
        }
        let made = told(&called("CreateSecret", &json!({ "name": "/timmybot/channels/team" })));
        assert_eq!(made[0].1.as_deref(), Some("channels"));
    }

    #[test]
    fn who_was_refused_is_told_of_as_well() {
        let mut refused = called("DeleteSecret", &json!(null));
        refused["errorCode"] = "AccessDenied".into();
        refused["userIdentity"] = json!({ "type": "IAMUser", "userName": "mallory" });
        let words = "DeleteSecret by IAMUser, refused: AccessDenied".to_owned();
        assert_eq!(told(&refused), [(Alert::SecretTouched, None, words)]);
        refused["userIdentity"] = json!({});
        assert!(told(&refused)[0].2.contains("an unnamed caller"));
    }

    #[test]
    fn the_services_own_work_is_told_of_when_it_failed() {
        let arn = "arn:aws:secretsmanager:x:1:secret:/timmybot/jwt-keys-AbCdEf";
        let done = |name: &str| {
            json!({
                "eventType": "AwsServiceEvent", "eventName": name, "userIdentity": { "invokedBy": "secretsmanager.amazonaws.com" },
                "additionalEventData": { "SecretId": arn },
            })
        };
        for name in ["RotationStarted", "RotationSucceeded", "EndSecretVersionDelete"] {
            assert_eq!(told(&done(name)), []);
        }
        let failed = (Alert::RotationFailures, Some("jwt-keys".to_owned()), "RotationFailed".to_owned());
        assert_eq!(told(&done("RotationFailed")), [failed]);
    }

    #[test]
    fn what_has_no_name_is_no_event() {
        for detail in [json!(null), json!({}), json!({ "eventName": 1 })] {
            assert_eq!(read(&detail, "/timmybot", Timestamp::UNIX_EPOCH), None);
        }
    }
}
