//! Evidence of a raise that the alarms are about to make by themselves, put aside before they make it (SPEC T33: first
//! preserve evidence, then contain).
//!
//! Who raises fixes the time of the raise first. The evidence is kept under the name that this raise will have and noted as
//! its own, so that whoever follows the flag finds it done. A raise that never comes, since somebody was killed or faster,
//! leaves an object that nobody names, which does no harm. The flag waits for it so long and no longer; what could not be
//! had by then [`super::follow`] puts aside as soon as the flag is up.
//!
//! People move the flag themselves, and what they want is not held up: their evidence comes right after, before the first
//! step that touches the account.

use core::time::Duration;

use shared::domain::contained::{Contained, Kept, Raise};
use shared::domain::containment::{By, Level};
use shared::domain::incident::Incident;
use shared::store::StoreError;
use shared::telemetry::Telemetry;

use super::evidence::{self, Scene};
use super::plan::Need;
use crate::app::App;

/// So long the flag waits: it has to be up two seconds after the notification.
const WAIT: Duration = Duration::from_secs(1);

/// Puts evidence aside for a raise to `level` at the time `of.at`, unless the flag is that high already. `cause` is the
/// incident that it will be raised for. What fails is told to the log and holds nothing up.
pub(crate) async fn preserve(app: &App, level: Level, of: Raise, cause: &Incident, log: &Telemetry) {
    let kept = tokio::time::timeout(WAIT, Box::pin(once(app, level, of, cause, log))).await;
    if let Err(code) = kept.unwrap_or_else(|_| Err("timeout".to_owned())) {
        log.fault("contain.beforehand", &code);
    }
}

async fn once(app: &App, level: Level, of: Raise, cause: &Incident, log: &Telemetry) -> Result<(), String> {
    let code = |error: StoreError| error.code().to_owned();
    let (is_at, row) = tokio::join!(app.flags.level(), app.contain.done.read());
    let (is_at, row) = (is_at.map_err(code)?, row.map_err(code)?);
    if is_at >= level || row.contained.evidence_of(of).is_some() {
        return Ok(());
    }
    let seen = app.contain.survey(Need::of(level, &row.contained), log).await;
    let scene = Scene {
        app,
        of,
        by: By::Alarms,
        is_at,
        done: &row.contained,
        seen: &seen,
        cause: Some(cause),
        log,
        now: app.clock.now(),
        within: WAIT,
    };
    let name = Box::pin(evidence::keep(&scene)).await?;
    let next = Contained { evidence: Some(Kept { of, name }), ..row.contained.clone() };
    // If somebody else has written the row meanwhile, who follows finds the object there and notes it.
    app.contain.done.save(&row, next).await.map(drop).map_err(code)
}
