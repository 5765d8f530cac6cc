//! Findings: `GuardDuty`'s
//! (<https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>) and those that Security Hub
//! gathers. From severity 7 of 10 (70 of 100) on one is urgent at once; below it is told of as an unknown alarm.
//!
//! Titles and descriptions name addresses and people, so only the type and the severity go on; the rest is read in the console.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};

use super::slug::slug;

/// From here on both services call a finding "high".
const HIGH: f64 = 7.0;
/// Security Hub sends at most this many in one event.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Finding {
    #[serde(rename = "type")]
    kind: String,
    severity: f64,
}

#[derive(Deserialize)]
struct Hub {
    findings: Vec<HubFinding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HubFinding {
    severity: HubSeverity,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    record_state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HubSeverity {
    normalized: f64,
}

/// The signal; `None`: this is no finding.
pub(super) fn guard_duty(detail: &Value, at: Timestamp) -> Option<Vec<Signal>> {
    let Finding { kind, severity } = Finding::deserialize(detail).ok()?;
    Some(vec![signal(&kind, severity, at)])
}

/// The signals; `None`: this is no event of Security Hub's. Findings that were archived are over.
pub(super) fn security_hub(detail: &Value, at: Timestamp) -> Option<Vec<Signal>> {
    let hub = Hub::deserialize(detail).ok().filter(|hub| !hub.findings.is_empty())?;
    let current = hub.findings.iter().filter(|one| one.record_state.as_deref() != Some("ARCHIVED"));
    let read = |one: &HubFinding| {
        let kind = one.types.first().map_or("Security Hub", String::as_str);
        signal(kind, one.severity.normalized / 10.0, at)
    };
    Some(current.take(MOST).map(read).collect())
}

fn signal(kind: &str, severity: f64, at: Timestamp) -> Signal {
    let alert = if severity >= HIGH { Alert::Finding } else { Alert::Unknown };
    let signal = Signal::new(alert, Change::Fires, at).saying(&format!("{kind}, severity {severity}"));
    match slug(kind) {
        Some(label) => signal.about(label),
        None => signal,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn guard_duty_of(severity: &Value) -> Option<(Alert, String, String)> {
        let detail = json!({
            "type": "UnauthorizedAccess:IAMUser/TorIPCaller", "severity": severity,
            "title": "The user ada called from 203.0.113.7", "accountId": "123456789012",
        });
        let signal = guard_duty(&detail, Timestamp::UNIX_EPOCH)?.pop()?;
        Some((signal.alert, signal.label.unwrap().to_string(), signal.detail.unwrap().to_string()))
    }

    #[test]
    fn a_high_finding_is_urgent_and_a_lower_one_is_told_of() {
        for (severity, alert, said) in [
            (json!(7), Alert::Finding, "7"),
            (json!(8.9), Alert::Finding, "8.9"),
            (json!(6.9), Alert::Unknown, "6.9"),
            (json!(2), Alert::Unknown, "2"),
        ] {
            let (label, said) = (
                "unauthorizedaccess-iamuser-toripcaller".to_owned(),
                format!("UnauthorizedAccess:IAMUser/TorIPCaller, severity {said}"),
            );
            assert_eq!(guard_duty_of(&severity), Some((alert, label, said)));
        }
        assert_eq!(guard_duty_of(&json!("high")), None);
    }

    #[test]
    fn each_current_finding_of_the_hub_is_a_signal() {
        let one = |normalized: u8, state: &str| {
            json!({
                "Severity": { "Normalized": normalized, "Label": "x" }, "RecordState": state,
                "Types": ["TTPs/Initial Access/IAMUser-AnomalousBehavior"],
            })
        };
        let findings = json!({ "findings": [one(70, "ACTIVE"), one(40, "ACTIVE"), one(90, "ARCHIVED")] });
        let alerts: Vec<Alert> = security_hub(&findings, Timestamp::UNIX_EPOCH)
            .unwrap()
            .into_iter()
            .map(|signal| signal.alert)
            .collect();
        assert_eq!(alerts, [Alert::Finding, Alert::Unknown]);
        for other in [json!({}), json!({ "findings": [] }), json!({ "findings": [{}] })] {
            assert_eq!(security_hub(&other, Timestamp::UNIX_EPOCH), None);
        }
    }
}
