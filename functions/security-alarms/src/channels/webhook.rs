//! Somebody's own webhook, signed by Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>). Its body is documented
//! in `events/schemas/notice.json`.

use jiff::Timestamp;
use reqwest::{Method, Url};
use serde::Serialize;
use shared::domain::incident::{Alert, Detail, IncidentId, Kind, Label, Severity, Status};
use shared::security::webhook::SigningKey;

use super::facts::Facts;
use super::http::{NotTold, Sender, Way};

/// What is sent.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    incident: IncidentId,
    number: u64,
    alert: Alert,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a Label>,
    severity: Severity,
    status: Status,
    title: &'static str,
    advice: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter_measure: Option<&'static str>,
    opened_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review_by: Option<Timestamp>,
    count: u64,
    contained: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a Detail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<String>,
}

/// Posts it. Whoever gets it twice knows it by its id.
pub(super) async fn post(
    sender: &Sender,
    url: Url,
    key: &SigningKey,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<(), NotTold> {
    let body = body(facts);
    let headers = headers(key, &facts.notice().id(), now, &body);
    sender.send(Method::POST, url, Way::Anybodys, &headers, body).await.map(drop)
}

/// The headers: a retry has the id of the first try and the time of its own.
fn headers(key: &SigningKey, id: &str, now: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
    let at = now.as_second();
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", key.sign(id, at, body)),
    ]
}

fn body(facts: &Facts<'_>) -> Vec<u8> {
    let (notice, incident) = (facts.notice(), &facts.notice().incident);
    let rule = incident.alert.rule();
    let kind = if notice.kind == Kind::Test {
        "test".to_owned()
    } else {
        format!("incident.{}", notice.kind.as_str())
    };
    let body = Body {
        kind,
        timestamp: notice.at,
        data: Data {
            incident: incident.id,
            number: notice.number,
            alert: incident.alert,
            label: incident.label.as_ref(),
            severity: notice.severity(),
            status: incident.status,
            title: rule.title,
            advice: rule.advice,
            counter_measure: facts.counter_measure(),
            opened_at: incident.opened_at,
            due_at: incident.due_at,
            resolved_at: incident.resolved_at,
            review_by: incident.review_by,
            count: incident.count,
            contained: incident.contained.number(),
            detail: incident.detail.as_ref(),
            runbook: facts.runbook(),
        },
    };
    // Writing these types into memory cannot fail: their keys are strings and their numbers whole.
    serde_json::to_vec(&body).unwrap_or_default()
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
