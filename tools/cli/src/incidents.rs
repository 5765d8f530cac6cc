//! `timmy incidents`: what goes on, what has been, and one with all that happened in it (SPEC T32 to T34); from the table
//! itself, so it also works while nothing else does. `--reviewed` says that somebody has reviewed one.
//!
//! While a local stack runs here, it is the one that is meant; else the AWS account that the environment names.

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::domain::incident::{By, Detail, Happening, Incident, IncidentId, Label, Status};
use shared::store::Db;
use shared::store::incidents::IncidentStore;

use crate::lockdown::Place;
use crate::{review, say};

/// How many of the latest are looked through.
const LATEST: usize = 50;

/// What is looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct Incidents {
    /// One with its timeline: its id, or what people call it (I-4fa2c1).
    id: Option<String>,
    /// Also the latest that are over.
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Say that it has been reviewed since its end.
    #[arg(long, requires = "id", conflicts_with = "json")]
    reviewed: bool,
    #[command(flatten)]
    place: Place,
}

impl Incidents {
    /// Looks and says it.
    pub(crate) async fn run(&self, now: Timestamp) -> Result<()> {
        let sdk = self.place.stack.sdk();
        let store = IncidentStore::new(Db::new(shared::store::client(&sdk), &self.place.stack.table_prefix));
        let said = match &self.id {
            Some(id) if self.reviewed => self.review(&sdk, &store, id, now).await?,
            _ => self.said(&store, now).await?,
        };
        say::line(&said);
        Ok(())
    }

    async fn review(
        &self,
        sdk: &SdkConfig,
        store: &IncidentStore,
        id: &str,
        now: Timestamp,
    ) -> Result<String> {
        let incident = find(store, id, now).await?;
        if incident.is_open() {
            bail!("it goes on: it is reviewed when it is over");
        }
        if incident.review_by.is_none() {
            bail!("nobody has to review it, or somebody has");
        }
        review::order(&self.place.door(sdk, now).await?, incident.id).await?;
        Ok(format!("{} is reviewed; its timeline says so in a moment.", incident.id.short()))
    }

    async fn said(&self, store: &IncidentStore, now: Timestamp) -> Result<String> {
        if let Some(id) = &self.id {
            let incident = find(store, id, now).await?;
            return Ok(if self.json { serde_json::to_string_pretty(&incident)? } else { record(&incident) });
        }
        let found = if self.all { everything(store, now).await? } else { waiting(store, now).await? };
        Ok(if self.json { serde_json::to_string_pretty(&found)? } else { list(&found, self.all) })
    }
}

/// Those that go on, the most urgent first.
pub(crate) async fn open(store: &IncidentStore) -> Result<Vec<Incident>> {
    let mut open = store.open().await.context("reading the open incidents")?;
    open.sort_by_key(|incident| (incident.severity, core::cmp::Reverse(incident.id)));
    Ok(open)
}

/// Those that go on, then those of the latest that somebody should have reviewed by now.
async fn waiting(store: &IncidentStore, now: Timestamp) -> Result<Vec<Incident>> {
    let mut all = everything(store, now).await?;
    all.retain(|incident| incident.is_open() || incident.is_review_overdue(now));
    Ok(all)
}

/// Those that go on, then the latest others.
async fn everything(store: &IncidentStore, now: Timestamp) -> Result<Vec<Incident>> {
    let mut all = open(store).await?;
    let latest = store.recent(LATEST, None, now).await.context("reading the latest incidents")?;
    let over: Vec<_> = latest.into_iter().filter(|one| all.iter().all(|known| known.id != one.id)).collect();
    all.extend(over);
    Ok(all)
}

/// By its id, or by its short one if it goes on or is among the latest.
async fn find(store: &IncidentStore, id: &str, now: Timestamp) -> Result<Incident> {
    if let Ok(id) = id.parse::<IncidentId>() {
        let seen = store.by_id(id, now).await.context("reading the incident")?;
        return Ok(seen.context("there is no such incident")?.incident);
    }
    let all = everything(store, now).await?;
    let named = all.into_iter().find(|incident| incident.id.short().eq_ignore_ascii_case(id));
    named.context("none of the latest incidents is called that: give its whole id")
}

/// A line each.
pub(crate) fn list(incidents: &[Incident], all: bool) -> String {
    if incidents.is_empty() {
        return if all {
            "There was never an incident.".to_owned()
        } else {
            "No incident is open.".to_owned()
        };
    }
    incidents.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(incident: &Incident) -> String {
    let often = if incident.count > 1 { format!(", {} times", incident.count) } else { String::new() };
    let quiet = incident.silenced_until.filter(|_| incident.is_open());
    let quiet = quiet.map(|until| format!(", silent until {}", instant(until))).unwrap_or_default();
    let review = incident.review_by.map(|by| format!(", review by {}", date(by))).unwrap_or_default();
    format!(
        "{}  {}  {:<12}  {}, since {}{often}{quiet}{review}",
        incident.severity,
        incident.id.short(),
        status(incident.status),
        title(incident),
        instant(incident.opened_at),
    )
}

fn title(incident: &Incident) -> String {
    let about = incident.label.as_ref().map(Label::as_str).map(|label| format!(" ({label})"));
    format!("{}{}", incident.alert.rule().title, about.unwrap_or_default())
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Acknowledged => "in hand",
        Status::Resolved => "over",
    }
}

/// One as a page: what it is, what to do, what happened.
fn record(incident: &Incident) -> String {
    let rule = incident.alert.rule();
    let mut lines = vec![
        format!("{} {}, {}", incident.severity, title(incident), status(incident.status)),
        format!("{} ({})", incident.id.short(), incident.id),
    ];
    lines.extend(incident.detail.as_ref().map(Detail::as_str).map(str::to_owned));
    if incident.is_open() {
        lines.push(format!("What to do: {}", rule.advice));
        lines.push(format!("Runbook: docs/runbooks/{}.md", rule.slug));
        lines.extend(incident.due_at.map(|due| format!("Somebody has to answer by {}.", instant(due))));
    }
    lines.extend(incident.review_by.map(|by| {
        let id = incident.id.short();
        format!("Somebody has to review it by {}, and then: timmy incidents {id} --reviewed", date(by))
    }));
    lines.push(String::new());
    lines.extend(incident.timeline.iter().map(|entry| {
        let by = match &entry.by {
            By::Person(pseudonym) => format!(", by {pseudonym}"),
            By::Itself => String::new(),
        };
        format!("{}  {}{by}", instant(entry.at), happening(&entry.what))
    }));
    lines.join("\n")
}

fn happening(what: &Happening) -> String {
    match what {
        Happening::Opened => "began".to_owned(),
        Happening::Reopened => "came back".to_owned(),
        Happening::Fired(count) => format!("fired, {count} times by then"),
        Happening::Blind => "cannot be told any more".to_owned(),
        Happening::Cleared => "the cause has gone".to_owned(),
        Happening::Acknowledged => "taken".to_owned(),
        Happening::Resolved => "closed".to_owned(),
        Happening::ReviewBy(by) => format!("to be reviewed by {}", date(*by)),
        Happening::Reviewed => "reviewed".to_owned(),
        Happening::Silenced(until) => format!("silenced until {}", instant(*until)),
        Happening::Escalated(severity) => format!("nobody answered in time; now {severity}"),
        Happening::Contained(level) => format!("the bot was contained to L{level}"),
        Happening::Evidence(name) => format!("evidence was put aside as {name}"),
        Happening::Restored => "the bot runs again".to_owned(),
        Happening::Told(1) => "1 channel was told".to_owned(),
        Happening::Told(channels) => format!("{channels} channels were told"),
        Happening::Untold(channel) => format!("the channel {channel} could not be told"),
    }
}

/// The day, in UTC.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// To the second, in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
#[path = "incidents_tests.rs"]
mod tests;
