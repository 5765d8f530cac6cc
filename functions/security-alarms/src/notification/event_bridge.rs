//! What rules of `EventBridge` pass on: stopped tasks, touched secrets, the role for emergencies, findings.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};

use super::slug::slug;
use super::{break_glass, finding, malformed, secret, worker};

/// An event of the bus (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>). The detail is
/// untrusted until parsed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Bus {
    /// Who tells it, such as `aws.ecs`.
    pub source: String,
    /// What kind of news it is.
    pub detail_type: String,
    /// When it happened.
    #[serde(default)]
    pub time: Option<Timestamp>,
    /// The news.
    #[serde(default)]
    pub detail: Value,
}

/// The signals; none if it is as it should be. What no parser can read is malformed, what none is for is unknown.
pub(super) fn read(bus: &Bus, secret_prefix: &str, now: Timestamp) -> Vec<Signal> {
    // A time that is still to come would make all that follows old news.
    let at = bus.time.map_or(now, |time| time.min(now));
    let read = match (bus.source.as_str(), bus.detail_type.as_str()) {
        ("aws.ecs", "ECS Task State Change") => worker::read(&bus.detail, at),
        ("aws.secretsmanager", _) => secret::read(&bus.detail, secret_prefix, at),
        ("aws.sts", "AWS API Call via CloudTrail") => break_glass::read(&bus.detail, at),
        ("aws.guardduty", "GuardDuty Finding") => finding::guard_duty(&bus.detail, at),
        ("aws.securityhub", "Security Hub Findings - Imported") => finding::security_hub(&bus.detail, at),
        _ => return vec![unknown(bus, at)],
    };
    read.unwrap_or_else(|| vec![malformed(at)])
}

fn unknown(bus: &Bus, at: Timestamp) -> Signal {
    let signal = Signal::new(Alert::Unknown, Change::Fires, at);
    match slug(&format!("{} {}", bus.source, bus.detail_type)) {
        Some(label) => signal.about(label),
        None => signal,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T16:30:00Z".parse().unwrap()
    }

    fn bus(source: &str, kind: &str, time: &str) -> Bus {
        serde_json::from_value(json!({ "source": source, "detail-type": kind, "time": time, "detail": {} }))
            .unwrap()
    }

    #[test]
    fn what_nobody_has_named_is_unknown_by_its_name() {
        let event = bus("aws.health", "AWS Health Event", "2026-11-23T16:00:00Z");
        let signals = read(&event, "/timmybot", now());
        let [signal] = signals.as_slice() else { panic!("{signals:?}") };
        assert_eq!(signal.alert, Alert::Unknown);
        assert_eq!(signal.label.as_ref().unwrap().as_str(), "aws-health-aws-health-event");
        assert_eq!(signal.at, "2026-11-23T16:00:00Z".parse().unwrap());
    }

    #[test]
    fn what_should_be_known_and_does_not_read_is_malformed() {
        for (source, kind) in [
            ("aws.ecs", "ECS Task State Change"),
            ("aws.secretsmanager", "AWS API Call via CloudTrail"),
            ("aws.sts", "AWS API Call via CloudTrail"),
            ("aws.guardduty", "GuardDuty Finding"),
            ("aws.securityhub", "Security Hub Findings - Imported"),
        ] {
            let signals = read(&bus(source, kind, "2026-11-23T16:00:00Z"), "/timmybot", now());
            assert_eq!(signals, [malformed("2026-11-23T16:00:00Z".parse().unwrap())], "{source}");
        }
    }

    #[test]
    fn a_time_to_come_is_now() {
        let signals = read(&bus("aws.health", "x", "9000-01-01T00:00:00Z"), "/timmybot", now());
        assert_eq!(signals[0].at, now());
    }
}
