//! Follows the flag: read, put evidence aside if nobody has, plan, write the plan's notes, do its steps, write what is done.

use core::time::Duration;

use jiff::Timestamp;
use shared::domain::contained::{Contained, Kept, Raise};
use shared::domain::containment::{By, Containment, Level};
use shared::domain::incident::Incident;
use shared::store::StoreError;
use shared::store::containments::SeenContained;
use shared::telemetry::Telemetry;

use super::evidence::{self, Scene};
use super::plan::{Need, Plan, Step, plan, settle};
use crate::app::App;

/// How often it begins anew after somebody else moved the flag or the row. Whoever moved it gave an order of their own.
const TRIES: u32 = 4;
/// So long the first step waits for evidence.
const WAIT: Duration = Duration::from_secs(10);

/// How far the account follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    /// The level that the account is at.
    pub(crate) level: Level,
    /// The name of the evidence that there is of the flag's raise, whenever it was put aside.
    pub(crate) evidence: Option<String>,
    /// Whether all of it is done, the evidence included; otherwise it goes on at the next order or tick.
    pub(crate) done: bool,
}

/// It could not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account does not follow the flag: {code}")]
pub struct ContainError {
    code: String,
}

impl ContainError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A list could not be read to its end.
    pub(super) fn partial() -> Self {
        Self { code: "partial".to_owned() }
    }
}

impl From<StoreError> for ContainError {
    fn from(error: StoreError) -> Self {
        Self { code: error.code().to_owned() }
    }
}

/// What became of the steps.
enum Steps {
    /// These failed; the others are done.
    Tried(Vec<Step>),
    /// The flag was moved in between: what was planned is not wanted any more.
    Moved,
}

/// What became of the evidence.
enum Aside {
    /// It was put aside now.
    Now(Kept),
    /// It was put aside before, or there is nothing to tell.
    Before,
    /// It could not be had; the next order or tick tries again.
    Failed,
}

/// Makes the account follow the flag. `cause` is the incident that it was raised for, if there is one.
pub(crate) async fn follow(
    app: &App,
    cause: Option<&Incident>,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Followed, ContainError> {
    for _ in 0..TRIES {
        if let Some(followed) = Box::pin(once(app, cause, log, now)).await? {
            return Ok(followed);
        }
    }
    Err(ContainError { code: "contended".to_owned() })
}

/// `None`: somebody else was faster, and everything has to be read again.
async fn once(
    app: &App,
    cause: Option<&Incident>,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Option<Followed>, ContainError> {
    let (flag, seen_row) = tokio::join!(app.flags.read(), app.contain.done.read());
    let (flag, row) = (flag?, seen_row?);
    let desired = flag.level();
    if desired == Level::L0 && row.contained.is_calm() {
        return Ok(Some(Followed { level: desired, evidence: None, done: true }));
    }
    let seen = app.contain.survey(Need::of(desired, &row.contained), log).await;
    let raised = raise_of(&flag);
    let raise = raised.map(|(of, _)| of);
    let scene = raised.map(|(of, by)| Scene {
        app,
        of,
        by,
        is_at: desired,
        done: &row.contained,
        seen: &seen,
        cause,
        log,
        now,
        within: WAIT,
    });
    let kept = match &scene {
        Some(scene) => put_aside(scene).await,
        None => Aside::Before,
    };
    let row = match &kept {
        Aside::Now(kept) => {
            let next = Contained { evidence: Some(kept.clone()), ..row.contained.clone() };
            let Some(row) = app.contain.done.save(&row, next).await? else { return Ok(None) };
            row
        }
        Aside::Before | Aside::Failed => row,
    };
    let evidence = raise.and_then(|of| row.contained.evidence_of(of)).map(str::to_owned);
    let plan = plan(desired, raise, &row.contained, &seen);
    let Some(row) = note(app, row, &plan).await? else { return Ok(None) };
    let failed = match carry_out(app, desired, &plan, log).await? {
        Steps::Tried(failed) => failed,
        Steps::Moved => return Ok(None),
    };
    let next = settle(desired, &plan, &seen, &failed);
    let is_told = seen.tells(desired, &plan.noted);
    if next != row.contained && app.contain.done.save(&row, next).await?.is_none() {
        return Ok(None);
    }
    // Somebody may have been starting one more just then: it is over when there is none.
    let is_quiet = !plan.steps.iter().any(|step| matches!(step, Step::Stop { .. }));
    let done = failed.is_empty() && is_told && is_quiet && !matches!(kept, Aside::Failed);
    Ok(Some(Followed { level: desired, evidence, done }))
}

fn raise_of(flag: &Containment) -> Option<(Raise, By)> {
    let act = flag.raised()?.act();
    Some((Raise { level: flag.level().number(), at: act.at }, act.by))
}

/// Evidence that cannot be had holds nothing up.
async fn put_aside(scene: &Scene<'_>) -> Aside {
    if scene.done.evidence_of(scene.of).is_some() {
        return Aside::Before;
    }
    match evidence::keep(scene).await {
        Ok(name) => Aside::Now(Kept { of: scene.of, name }),
        Err(code) => {
            scene.log.fault("contain.evidence", &code);
            Aside::Failed
        }
    }
}

/// Writes how things were before the first step. It is written also when nothing is new, so that somebody who is about to
/// do the opposite notices.
async fn note(app: &App, row: SeenContained, plan: &Plan) -> Result<Option<SeenContained>, ContainError> {
    if plan.steps.is_empty() && plan.noted == row.contained {
        return Ok(Some(row));
    }
    Ok(app.contain.done.save(&row, plan.noted.clone()).await?)
}

/// Does what can be done: one that fails holds no other up.
async fn carry_out(app: &App, desired: Level, plan: &Plan, log: &Telemetry) -> Result<Steps, ContainError> {
    let mut failed = Vec::new();
    for step in &plan.steps {
        // To give back what was just taken away is worse than to be late with it.
        if step.gives_back() && app.flags.level().await? != desired {
            return Ok(Steps::Moved);
        }
        if let Err(code) = app.contain.carry_out(step).await {
            log.fault(step.kind(), &code);
            failed.push(step.clone());
        }
    }
    Ok(Steps::Tried(failed))
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
