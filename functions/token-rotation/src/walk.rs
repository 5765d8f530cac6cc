//! One walk through what is due: page by page, a few links at a time, until it is over or our time is.

use core::time::Duration;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::linking::keeper::{Extent, Renewed};
use shared::store::StoreError;
use shared::store::links::Due;
use shared::telemetry::{StoreOperation, Telemetry};
use tokio::task::JoinSet;

use crate::app::{App, DeadLetter};
use crate::checkpoint::{Checkpoint, Counts};
use crate::pace::{CONCURRENCY, Pace, jitter};
use crate::summary;

/// What is left of our time when we stop: enough for what is under way.
const SPARE: SignedDuration = SignedDuration::from_secs(60);
/// A link that has failed so many nights in a row is put where somebody looks.
const DEAD_LETTER_AFTER: u32 = 5;

/// Why a run could not go on. It begins again where it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] StoreError),
    /// We could not invoke ourselves.
    #[error("the run cannot be continued: {code}")]
    Continue {
        /// For the log.
        code: String,
    },
    /// It has gone on for too long.
    #[error("the run has gone on for too many rounds")]
    Endless,
}

impl RunError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Index(error) => error.code(),
            Self::Continue { code } => code,
            Self::Endless => "too_many_rounds",
        }
    }
}

/// Walks on from a checkpoint; hands over to ourselves when the time is over, and sums up at the end.
pub(crate) async fn run(
    app: &App,
    mut checkpoint: Checkpoint,
    deadline: Timestamp,
    log: &Telemetry,
) -> Result<Counts, RunError> {
    let until = deadline.saturating_sub(SPARE).unwrap_or(Timestamp::MIN);
    let mut pace = Pace::default();
    while !checkpoint.is_over() {
        if app.clock.now() >= until {
            return go_on(app, checkpoint).await;
        }
        let found = app.links.due(checkpoint.part, checkpoint.until(), checkpoint.mark.as_ref()).await?;
        let (counts, left) = renew(app, &found.rows, checkpoint.extent(), &mut pace, until, log).await;
        if left {
            // What is done of this page is seen when it is walked through again.
            return go_on(app, checkpoint.within(counts)).await;
        }
        checkpoint = checkpoint.after(found.next, counts);
    }
    summary::tell(app, &checkpoint, log).await;
    Ok(checkpoint.counts)
}

async fn go_on(app: &App, checkpoint: Checkpoint) -> Result<Counts, RunError> {
    let counts = checkpoint.counts;
    let next = checkpoint.next_round().ok_or(RunError::Endless)?;
    app.invoke_self(&next).await.map_err(|code| RunError::Continue { code })?;
    Ok(counts)
}

/// Renews a page of links. The flag says whether some were left because the time was over.
async fn renew(
    app: &App,
    rows: &[Due],
    extent: Extent,
    pace: &mut Pace,
    until: Timestamp,
    log: &Telemetry,
) -> (Counts, bool) {
    let mut counts = Counts::default();
    let mut running = JoinSet::new();
    let mut rows = rows.iter().copied();
    loop {
        while running.len() < CONCURRENCY && app.clock.now() < until {
            let Some(due) = rows.next() else { break };
            if !pace.may_ask(due.provider, app.clock.now()) {
                counts.waiting = counts.waiting.saturating_add(1);
                continue;
            }
            let keeper = Arc::clone(&app.keeper);
            let wait = app.rng.u64().map_or(Duration::ZERO, jitter);
            running.spawn(async move {
                tokio::time::sleep(wait).await;
                (due, keeper.renew(due, extent).await)
            });
        }
        let Some(ended) = running.join_next().await else { break };
        match ended {
            Ok((due, renewed)) => counts += judge(app, due, renewed, pace, log).await,
            Err(_) => log.fault("rotation", "task"),
        }
    }
    (counts, rows.next().is_some())
}

/// What became of one link.
async fn judge(
    app: &App,
    due: Due,
    renewed: Result<Renewed, StoreError>,
    pace: &mut Pace,
    log: &Telemetry,
) -> Counts {
    let mut counts = Counts::default();
    match renewed {
        Ok(Renewed::Fresh) => counts.renewed = 1,
        Ok(Renewed::Lapsed) => counts.lapsed = 1,
        Ok(Renewed::Gone) => counts.gone = 1,
        Ok(Renewed::Later { code, after, failures }) => {
            counts.failed = 1;
            log.fault("rotation.refresh", &code);
            if let Some(wait) = after {
                pace.pause(due.provider, wait, app.clock.now());
            }
            if failures == DEAD_LETTER_AFTER {
                counts.dead_lettered = 1;
                let user = log.pseudonyms().user(due.user);
                let letter = DeadLetter::new(user, due.provider, &code, failures);
                if let Err(code) = app.put_aside(&letter).await {
                    log.fault("rotation.dead_letter", &code);
                }
            }
        }
        Err(error) => {
            counts.failed = 1;
            log.store_failed(StoreOperation::Write, &error);
        }
    }
    counts
}
