//! What comes as an alarm. Services of AWS write it, with names and reasons that others have chosen.

use jiff::Timestamp;
use security_alarms::notification::Names;
use security_alarms::would_hear;
use serde_json::{Value, json};
use shared::domain::incident::{Alert, Detail, Label, Signal};
use shared::event_source::EventSource;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:timmybot-alerts";
const NAMES: Names<'static> = Names { alert_topic: TOPIC, alarm_suffix: None, secret_prefix: "/timmybot" };
/// Who passes events on, and what they are called.
const BUS: [(&str, &str); 5] = [
    ("aws.ecs", "ECS Task State Change"),
    ("aws.secretsmanager", "AWS API Call via CloudTrail"),
    ("aws.guardduty", "GuardDuty Finding"),
    ("aws.securityhub", "Security Hub Findings - Imported"),
    ("aws.health", "AWS Health Event"),
];

/// One byte chooses the form: the message of a topic, a whole event, or the detail of an event of the bus. Promises: nothing
/// panics; what a topic says is never nothing, except of a night that went well; labels and details keep their limits,
/// no id is in them, and no time is to come.
pub(super) fn alarm_notification(data: &[u8]) {
    let ([form, text @ ..], Ok(now)) = (data, Timestamp::from_second(1_795_451_400)) else { return };
    let Ok(text) = str::from_utf8(text) else { return };
    let event = match *form {
        0 | 1 => published(text),
        2 => match serde_json::from_str(text) {
            Ok(event) => event,
            Err(_) => return,
        },
        other => {
            let (source, kind) = BUS[usize::from(other) % BUS.len()];
            let Ok(detail) = serde_json::from_str::<Value>(text) else { return };
            json!({ "source": source, "detail-type": kind, "time": "2026-11-23T16:00:00Z", "detail": detail })
        }
    };
    let source = EventSource::of(&event);
    let Ok(signals) = would_hear(event, NAMES, now) else {
        assert!(*form > 1, "a message of our topic is never unknown");
        return;
    };
    assert!(source.is_some(), "what has no envelope is heard by nobody");
    assert!(*form > 1 || !signals.is_empty() || text.contains("token_rotation"), "{text}");
    for signal in &signals {
        check(signal, now);
    }
}

fn published(message: &str) -> Value {
    let sns = json!({
        "TopicArn": TOPIC, "MessageId": "m", "Message": message, "Timestamp": "2026-11-23T16:00:00.000Z",
    });
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": sns }] })
}

fn check(signal: &Signal, now: Timestamp) {
    let label = signal.label.as_ref().map_or("", Label::as_str);
    let detail = signal.detail.as_ref().map_or("", Detail::as_str);
    assert!(label.len() <= Label::MAX && detail.chars().count() <= Detail::MAX);
    for text in [label, detail] {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        assert!(runs.map(str::len).max().unwrap_or_default() < 15, "an id in {text}");
        assert!(text.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{text:?}");
    }
    assert!(signal.at <= now, "{}", signal.at);
    assert!(signal.alert != Alert::Malformed || (label.is_empty() && detail.is_empty()), "{label} {detail}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_short_or_nonsense_is_harmless() {
        for data in
            [&b""[..], b"\0", b"\0{}", b"\x02{}", b"\x02[", b"\x03null", b"\x07{}", b"\x04\xff", b"\xffx"]
        {
            alarm_notification(data);
        }
    }

    #[test]
    fn an_id_would_be_seen() {
        let now = Timestamp::UNIX_EPOCH;
        let signal = Signal::new(Alert::Unknown, shared::domain::incident::Change::Fires, now);
        check(&signal.clone().saying("guild 175928847299117063"), now);
        assert!(std::panic::catch_unwind(|| check(&Signal { at: Timestamp::MAX, ..signal }, now)).is_err());
    }
}
