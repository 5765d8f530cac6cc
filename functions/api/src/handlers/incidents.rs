//! Incidents (SPEC T32 to T34): what goes on and what has been, with what happened in between. They are only read here;
//! people take and close them from the card in Discord.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use shared::domain::incident::{By, Detail, Entry, Incident, IncidentId, Label};
use shared::http_error::HttpError;

use crate::reply::Reply;
use crate::visit::{Visit, not_found};

/// How many incidents a page has, unless the request says otherwise, and at most.
const LIMIT: usize = 50;
const LIMIT_MAX: usize = 100;

/// An incident.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IncidentView {
    id: String,
    /// What people call it.
    short: String,
    /// Which alarm, finding or event it is of; its runbook has the same name.
    alert: &'static str,
    title: &'static str,
    /// The function, queue or the like that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// `P0` to `P3`, the most urgent first.
    severity: &'static str,
    /// `open`, `acknowledged` or `resolved`.
    status: &'static str,
    #[schemars(with = "String", extend("format" = "date-time"))]
    opened_at: Timestamp,
    /// Until when somebody has to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    resolved_at: Option<Timestamp>,
    /// Until when somebody has to review it: it is over, and nobody has yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    review_by: Option<Timestamp>,
    /// Nobody is told of it until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    silenced_until: Option<Timestamp>,
    /// How often it has fired.
    count: u64,
    /// How far the bot was contained because of it, 0 to 5.
    contained: u8,
    /// What the cause last said of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// A page of incidents.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Incidents {
    /// The latest first.
    incidents: Vec<IncidentView>,
    /// Where the next page begins: `before` of the next request.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An incident with its timeline.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IncidentRecord {
    incident: IncidentView,
    /// What to do first.
    advice: &'static str,
    /// What happened, the first first.
    timeline: Vec<EntryView>,
}

/// A line of the timeline.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EntryView {
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    /// What happened, in a word.
    what: String,
    /// More about it: a count, an instant, a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// Who did it, as a pseudonym; absent if nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

pub(crate) async fn list(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let limit = visit.query("limit")?.map_or(Ok(LIMIT), |text| {
        let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
        limit.ok_or_else(|| HttpError::field("limit", "1 to 100"))
    })?;
    let bad = |_| HttpError::field("before", "`next` of the page before");
    let before = visit.query("before")?.map(|text| text.parse::<IncidentId>().map_err(bad)).transpose()?;
    let mut found = match visit.query("status")?.as_deref() {
        None | Some("open") => open(visit, before).await?,
        // One more than is shown says whether there is another page.
        Some("all") => visit.read(visit.app.incidents.recent(limit + 1, before, visit.now).await)?,
        Some(_) => return Err(HttpError::field("status", "open or all")),
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Reply::ok(&Incidents { incidents: found.iter().map(shown).collect(), next }))
}

/// Those that go on, the latest first.
async fn open(visit: &Visit<'_>, before: Option<IncidentId>) -> Result<Vec<Incident>, HttpError> {
    let mut open = visit.read(visit.app.incidents.open().await)?;
    open.retain(|incident| before.is_none_or(|before| incident.id < before));
    open.sort_by_key(|incident| core::cmp::Reverse(incident.id));
    Ok(open)
}

pub(crate) async fn look(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let id: IncidentId = visit.place("incident")?;
    let seen = visit.read(visit.app.incidents.by_id(id, visit.now).await)?;
    let incident = seen.ok_or_else(|| not_found("incident"))?.incident;
    Ok(Reply::ok(&IncidentRecord {
        advice: incident.alert.rule().advice,
        timeline: incident.timeline.iter().map(entry).collect(),
        incident: shown(&incident),
    }))
}

fn shown(incident: &Incident) -> IncidentView {
    IncidentView {
        id: incident.id.to_string(),
        short: incident.id.short(),
        alert: incident.alert.slug(),
        title: incident.alert.rule().title,
        label: incident.label.as_ref().map(Label::as_str).map(str::to_owned),
        severity: incident.severity.as_str(),
        status: incident.status.as_str(),
        opened_at: incident.opened_at,
        due_at: incident.due_at,
        resolved_at: incident.resolved_at,
        review_by: incident.review_by,
        silenced_until: incident.silenced_until,
        count: incident.count,
        contained: incident.contained.number(),
        detail: incident.detail.as_ref().map(Detail::as_str).map(str::to_owned),
    }
}

/// A happening is a word, or a word with a value.
fn entry(entry: &Entry) -> EntryView {
    // Our own type: words, numbers, instants.
    let (what, value) = match serde_json::to_value(&entry.what).unwrap_or_default() {
        Value::Object(fields) => fields
            .into_iter()
            .next()
            .map_or_else(|| (String::new(), None), |(what, value)| (what, Some(value))),
        other => (other.as_str().unwrap_or_default().to_owned(), None),
    };
    let by = match &entry.by {
        By::Person(pseudonym) => Some(pseudonym.clone()),
        By::Itself => None,
    };
    EntryView { at: entry.at, what, value, by }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::domain::incident::{Happening, Severity};

    use super::*;

    #[test]
    fn a_line_of_the_timeline_is_a_word_and_perhaps_a_value() {
        let at: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let said = |what, by| serde_json::to_value(entry(&Entry { at, what, by })).unwrap();
        let person = By::Person("admin_k1_00".to_owned());
        assert_eq!(said(Happening::Opened, By::Itself), json!({ "at": at, "what": "opened" }));
        assert_eq!(
            said(Happening::Acknowledged, person),
            json!({ "at": at, "what": "acknowledged", "by": "admin_k1_00" })
        );
        for (what, name, value) in [
            (Happening::Fired(7), "fired", json!(7)),
            (Happening::Escalated(Severity::P0), "escalated", json!("P0")),
            (Happening::Silenced(at), "silenced", json!(at)),
            (Happening::ReviewBy(at), "review_by", json!(at)),
        ] {
            assert_eq!(said(what, By::Itself), json!({ "at": at, "what": name, "value": value }));
        }
    }
}
