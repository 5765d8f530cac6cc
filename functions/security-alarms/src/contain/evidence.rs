//! What is put aside before anything is touched (SPEC T33): one object, locked, with what people need to find out later
//! what happened: what was open, what ran, until when each table can be restored, and which logs to export.
//!
//! It holds names of ours, counts and times; people in it are pseudonyms. What cannot be had is `null`, with a line in the
//! log: evidence with a hole is better than none, and none does not hold containment up.

use core::time::Duration;
use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use shared::aws_code::code;
use shared::domain::contained::{Contained, Raise};
use shared::domain::containment::{By, Level};
use shared::domain::incident::Incident;
use shared::store::Table;
use shared::telemetry::Telemetry;

use super::Clients;
use super::plan::{Need, Seen};
use crate::app::App;

/// Tables asked about at once.
const AT_ONCE: usize = 6;
/// How far back the logs are that belong to it.
const LOGS_BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// Until when a table can be restored.
#[derive(Clone, Debug, Serialize)]
struct Restorable {
    earliest: Option<i64>,
    latest: Option<i64>,
}

/// What there is to tell.
pub(super) struct Scene<'a> {
    pub(super) app: &'a App,
    /// The raise that it is evidence of.
    pub(super) of: Raise,
    /// Who raises.
    pub(super) by: By,
    /// How far the flag is up now; below the raise, if that is still to come.
    pub(super) is_at: Level,
    pub(super) done: &'a Contained,
    pub(super) seen: &'a Seen,
    pub(super) cause: Option<&'a Incident>,
    pub(super) log: &'a Telemetry,
    pub(super) now: Timestamp,
    /// All of it together may take so long; then containment goes on without.
    pub(super) within: Duration,
}

/// Puts it aside, once a raise. The name, or why not.
pub(super) async fn keep(scene: &Scene<'_>) -> Result<String, String> {
    let of = scene.of;
    let name = format!("containment/{}-L{}.json", of.at.as_millisecond(), of.level);
    let kept = async {
        let text = Box::pin(gather(scene)).await.to_string();
        scene.app.evidence.keep(&name, &text).await.map_err(|error| error.code().to_owned())
    };
    match tokio::time::timeout(scene.within, kept).await {
        Ok(Ok(_)) => Ok(name),
        Ok(Err(code)) => Err(code),
        Err(_) => Err("timeout".to_owned()),
    }
}

async fn gather(scene: &Scene<'_>) -> Value {
    let Scene { app, of, by, is_at, done, seen, cause, log, now, within } = *scene;
    let clients = &app.contain;
    let (open, tables, rest) = tokio::join!(
        Box::pin(app.incidents.open()),
        Box::pin(clients.restorable(within / 2)),
        clients.not_yet_seen(of, done, log)
    );
    let open = open.inspect_err(|error| log.fault("contain.incidents", error.code())).ok();
    json!({
        "type": "containment-evidence",
        "version": 1,
        "at": now,
        "flag": {
            "level": of.level,
            "raised_at": of.at,
            "raised_by": who(by, log),
            "level_now": is_at.number(),
        },
        "cause": cause.map(|incident| incident.id),
        "incidents": open,
        "tables": tables,
        "logs": logs(clients, of, now),
        "rules": seen.rules.as_ref().or(rest.rules.as_ref()),
        "mappings": seen.mappings.as_ref().or(rest.mappings.as_ref()),
        "concurrency": seen.concurrency.as_ref().or(rest.concurrency.as_ref()),
        "tasks": seen.tasks.as_ref().or(rest.tasks.as_ref()),
        "prior": done.prior,
    })
}

fn who(by: By, log: &Telemetry) -> String {
    match by {
        By::Alarms => By::Alarms.to_string(),
        By::Person(user) => log.pseudonyms().admin(user).as_str().to_owned(),
    }
}

/// What `aws logs create-export-task` takes: people run it, since it takes long and costs.
fn logs(clients: &Clients, of: Raise, now: Timestamp) -> Value {
    let from = of.at.saturating_sub(LOGS_BEFORE).unwrap_or(Timestamp::MIN).as_millisecond();
    let groups = clients.names.functions().map(|function| format!("/aws/lambda/{function}"));
    let groups: Vec<String> = groups.chain([clients.names.voice_log_group()]).collect();
    json!({ "groups": groups, "from": from, "to": now.as_millisecond() })
}

impl Clients {
    /// What the level itself did not need to look at.
    async fn not_yet_seen(&self, of: Raise, done: &Contained, log: &Telemetry) -> Seen {
        let level = Level::try_from(of.level);
        let had = level.map(|level| Need::of(level, done)).ok();
        let had = |part: fn(Need) -> bool| had.is_some_and(part);
        let need = Need {
            rules: !had(|need| need.rules),
            mappings: !had(|need| need.mappings),
            concurrency: !had(|need| need.concurrency),
            tasks: !had(|need| need.tasks),
            secrets: false,
            keys: false,
        };
        self.survey(need, log).await
    }

    /// Until when each table can be restored, by its name; `null` where it cannot or nobody says in time. They are many and
    /// asked one by one, of a service that answers ten times a second; who looks later can still ask for weeks.
    async fn restorable(&self, within: Duration) -> BTreeMap<&'static str, Option<Restorable>> {
        let asked = stream::iter(Table::ALL).map(|table| async move {
            let name = format!("{}{}", self.names.start(), table.suffix());
            (table.suffix(), self.restorable_until(&name).await.ok().flatten())
        });
        let in_time = asked.buffer_unordered(AT_ONCE).take_until(tokio::time::sleep(within));
        let mut known: BTreeMap<_, _> = in_time.collect().await;
        for table in Table::ALL {
            known.entry(table.suffix()).or_default();
        }
        known
    }

    async fn restorable_until(&self, table: &str) -> Result<Option<Restorable>, String> {
        let said = self.tables.describe_continuous_backups().table_name(table).send().await;
        let said = said.map_err(|error| code(&error))?.continuous_backups_description;
        let Some(about) = said.and_then(|about| about.point_in_time_recovery_description) else {
            return Ok(None);
        };
        let seconds = |at: Option<aws_sdk_dynamodb::primitives::DateTime>| at.map(|at| at.secs());
        Ok(Some(Restorable {
            earliest: seconds(about.earliest_restorable_date_time),
            latest: seconds(about.latest_restorable_date_time),
        }))
    }
}
