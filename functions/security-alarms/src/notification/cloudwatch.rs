//! Notifications of `CloudWatch` alarms, as the service publishes them to SNS, of one metric and composite ones
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-notification-schemas.html>).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Label, Signal};

use super::slug::slug;

/// What starts the names of our alarms.
const OURS: &str = "TimmyBot-";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    alarm_name: String,
    new_state_value: State,
    new_state_reason: String,
    state_change_time: Timestamp,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Alarm,
    Ok,
    InsufficientData,
}

/// The signal; `None`: this is no notification of an alarm.
pub(super) fn read(message: &Value, suffix: Option<&str>, now: Timestamp) -> Option<Signal> {
    let read = Notification::deserialize(message).ok()?;
    let change = match read.new_state_value {
        State::Alarm => Change::Fires,
        State::Ok => Change::Clears,
        State::InsufficientData => Change::Blind,
    };
    // A time that is still to come would make all that follows old news.
    let at = read.state_change_time.min(now);
    let reason = without_arns(&read.new_state_reason);
    Some(match named(&read.alarm_name, suffix) {
        Some((alert, None)) => Signal::new(alert, change, at).saying(&reason),
        Some((alert, Some(label))) => Signal::new(alert, change, at).about(label).saying(&reason),
        None => unknown(&read.alarm_name, change, at).saying(&reason),
    })
}

/// `TimmyBot-{alarm}`, `TimmyBot-{alarm}-{label}`, and either with the stack's suffix behind it.
fn named(name: &str, suffix: Option<&str>) -> Option<(Alert, Option<Label>)> {
    let name = name.strip_prefix(OURS)?;
    let name = match suffix {
        Some(suffix) => name.strip_suffix(suffix)?.strip_suffix('-')?,
        None => name,
    };
    let (alarm, label) = match name.split_once('-') {
        Some((alarm, label)) => (alarm, Some(label.parse().ok()?)),
        None => (name, None),
    };
    let alert = Alert::ALL.into_iter().find(|alert| alert.rule().alarm == Some(alarm))?;
    Some((alert, label))
}

fn unknown(name: &str, change: Change, at: Timestamp) -> Signal {
    let signal = Signal::new(Alert::Unknown, change, at);
    match slug(name) {
        Some(label) => signal.about(label),
        None => signal,
    }
}

/// A composite alarm's reason names others by their ARNs, which say the account; their names are enough.
fn without_arns(reason: &str) -> String {
    let shorter = |word: &str| match word.strip_prefix("arn:").and_then(|arn| arn.rsplit(':').next()) {
        Some(name) => name.to_owned(),
        None => word.to_owned(),
    };
    reason.split(' ').map(shorter).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T16:30:00Z".parse().unwrap()
    }

    fn notification(name: &str, state: &str) -> Value {
        json!({
            "AlarmName": name, "NewStateValue": state, "OldStateValue": "OK",
            "NewStateReason": "Threshold Crossed: 1 datapoint [11.0 (23/11/26 16:00:00)] was greater than the threshold (10.0).",
            "StateChangeTime": "2026-11-23T16:05:30.123+0000",
        })
    }

    fn about(name: &str, suffix: Option<&str>) -> (Alert, Option<String>) {
        let signal = read(&notification(name, "ALARM"), suffix, now()).unwrap();
        (signal.alert, signal.label.map(|label| label.to_string()))
    }

    #[test]
    fn each_state_is_a_change_at_its_time() {
        for (state, change) in
            [("ALARM", Change::Fires), ("OK", Change::Clears), ("INSUFFICIENT_DATA", Change::Blind)]
        {
            let signal = read(&notification("TimmyBot-AuthFailures", state), None, now()).unwrap();
            assert_eq!((signal.alert, signal.change, signal.label), (Alert::AuthFailures, change, None));
            assert_eq!(signal.at.to_string(), "2026-11-23T16:05:30.123Z");
            assert!(signal.detail.unwrap().as_str().starts_with("Threshold Crossed: 1 datapoint [11.0"));
        }
    }

    #[test]
    fn every_alarm_of_the_table_is_found_by_its_name() {
        for alert in Alert::ALL {
            let Some(alarm) = alert.rule().alarm else { continue };
            let name = format!("TimmyBot-{alarm}");
            assert_eq!(about(&name, None), (alert, None));
            assert_eq!(about(&format!("{name}-webhooks-dlq"), None), (alert, Some("webhooks-dlq".into())));
            assert_eq!(about(&format!("{name}-dev"), Some("dev")), (alert, None));
            assert_eq!(about(&format!("{name}-api-dev"), Some("dev")), (alert, Some("api".into())));
        }
    }

    #[test]
    fn what_is_not_named_so_is_unknown_and_never_nothing() {
        for (name, suffix, label) in [
            ("TimmyBot-Surprise", None, Some("timmybot-surprise")),
            ("TimmyBot-authfailures", None, Some("timmybot-authfailures")),
            ("TimmyBot-AuthFailures-", None, Some("timmybot-authfailures")),
            ("TimmyBot-AuthFailures-API", None, Some("timmybot-authfailures-api")),
            ("TimmyBot-AuthFailures", Some("dev"), Some("timmybot-authfailures")),
            ("TimmyBot-AuthFailuresdev", Some("dev"), Some("timmybot-authfailuresdev")),
            ("AuthFailures", None, Some("authfailures")),
            ("", None, None),
            ("TimmyBot-Guild-175928847299117063", None, Some("timmybot-guild-id")),
        ] {
            assert_eq!(about(name, suffix), (Alert::Unknown, label.map(str::to_owned)), "{name}");
        }
    }

    #[test]
    fn a_composite_alarms_reason_says_names_and_no_account() {
        let mut message = notification("TimmyBot-UnderAttack", "ALARM");
        message["AlarmRule"] = r#"ALARM("TimmyBot-UnauthorizedAccess")"#.into();
        message["NewStateReason"] =
            "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:TimmyBot-UnauthorizedAccess transitioned to ALARM at \
             Monday 23 November, 2026 16:05:30 UTC"
                .into();
        let signal = read(&message, None, now()).unwrap();
        assert_eq!(signal.alert, Alert::UnderAttack);
        assert_eq!(
            signal.detail.unwrap().as_str(),
            "TimmyBot-UnauthorizedAccess transitioned to ALARM at Monday 23 November, 2026 16:05:30 UTC"
        );
    }

    #[test]
    fn a_time_to_come_is_now() {
        let mut message = notification("TimmyBot-AuthFailures", "ALARM");
        message["StateChangeTime"] = "9000-01-01T00:00:00.000+0000".into();
        assert_eq!(read(&message, None, now()).unwrap().at, now());
    }

    #[test]
    fn what_lacks_something_is_no_notification() {
        for (field, value) in [
            ("NewStateValue", json!("PANIC")),
            ("NewStateValue", json!(1)),
            ("StateChangeTime", json!("yesterday")),
            ("AlarmName", json!(null)),
            ("NewStateReason", json!([])),
        ] {
            let mut message = notification("TimmyBot-AuthFailures", "ALARM");
            message[field] = value;
            assert_eq!(read(&message, None, now()), None, "{message}");
        }
        for other in [json!(null), json!("x"), json!({}), json!([])] {
            assert_eq!(read(&other, None, now()), None);
        }
    }
}
