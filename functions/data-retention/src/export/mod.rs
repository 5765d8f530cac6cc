//! Somebody is given what is stored about them (SPEC T31): one archive, once a day.
//!
//! What was begun and is not complete is nothing: whoever is killed is followed by the same message, which begins anew. After
//! [`TRIES`] it is given up, and they may ask again. Who has themselves erased meanwhile has nothing gathered any more:
//! that is looked at last, after the archive is in its place, so one of the two always sees the other.

mod archive;
mod gather;
mod readable;
mod readme;
mod view;

use core::time::Duration;

use jiff::{SignedDuration, Timestamp};
use shared::exports::{EXPORT_DAYS, ExportsError};
use shared::messages::{PrivacyRequest, PrivacyRequestId};
use shared::privacy::{Case, CaseState, DataSubject, Exporting};
use shared::queues::Delay;
use shared::store::StoreError;
use shared::store::tombstones::{ExportTurn, OpenCase};
use shared::telemetry::Telemetry;
use shared::vault::VaultError;

use crate::app::App;
use crate::cases;
use crate::next::Next;
use archive::{Archive, ArchiveError};

/// So often an export is begun.
const TRIES: u32 = 5;
/// Before the second try; then it doubles.
const WAIT: Duration = Duration::from_secs(30);

/// Why an export cannot be made now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExportError {
    /// A table does not answer, or holds what does not read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Secrets do not.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The archive cannot be written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What lies in the bucket cannot be deleted.
    #[error(transparent)]
    Bucket(#[from] ExportsError),
}

impl ExportError {
    /// What may be logged.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Bucket(error) => error.code(),
        }
    }
}

/// What came of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gathered {
    /// It lies in the bucket.
    All,
    /// Its subject was erased after they asked.
    Erased,
}

/// The key of a request's object.
pub(crate) fn object(request: PrivacyRequestId) -> String {
    format!("exports/{request}.zip")
}

/// Does what a request asks for, once.
pub(crate) async fn run(
    app: &App,
    request: &PrivacyRequest,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Next, ExportError> {
    let open = app.tombstones.open(Case::of(request, now)).await?;
    let CaseState::Exporting(Exporting { tries }) = open.case.state else { return Ok(Next::Done) };
    if let ExportTurn::Taken(instead) = app.tombstones.take_turn(open.case.subject, open.case.id, now).await?
    {
        return end(app, &open, CaseState::Refused { instead }).await;
    }
    if tries >= TRIES {
        return give_up(app, &open, log).await;
    }
    let tries = tries + 1;
    let begun = with(&open.case, CaseState::Exporting(Exporting { tries }));
    // Somebody else is further. Of two that begin in the same moment both gather, and one object comes of it.
    let Some(open) = cases::save(app, &open, begun).await? else { return Ok(Next::Done) };
    match Box::pin(attempt(app, &open.case)).await {
        Ok(Gathered::All) => {
            note(log, "privacy_exported", &open.case);
            ready(app, &open).await
        }
        Ok(Gathered::Erased) => give_up(app, &open, log).await,
        Err(error) => {
            log.fault("privacy.export", error.code());
            Ok(Next::Later(wait(tries)))
        }
    }
}

async fn attempt(app: &App, case: &Case) -> Result<Gathered, ExportError> {
    if is_erased(app, case).await? {
        return Ok(Gathered::Erased);
    }
    let key = object(case.id);
    let mut archive = Archive::begin(&app.exports, &key, app.clock.now()).await?;
    if let Err(error) = gather::gather(app, case.subject, &mut archive).await {
        archive.abort().await;
        return Err(error);
    }
    archive.finish().await?;
    // Only now: an erasure that begins after this finds the object.
    Ok(if is_erased(app, case).await? { Gathered::Erased } else { Gathered::All })
}

/// It lies there for a week, unless it was given up meanwhile by another delivery, which has found nothing to delete then.
async fn ready(app: &App, open: &OpenCase) -> Result<Next, ExportError> {
    let week = SignedDuration::from_hours(24 * EXPORT_DAYS);
    let until = app.clock.now().saturating_add(week).unwrap_or(Timestamp::MAX);
    let (subject, id) = (open.case.subject, open.case.id);
    let exported = CaseState::Exported { key: object(id), until };
    if app.tombstones.save(open, with(&open.case, exported)).await?.is_none() {
        let now = app.tombstones.case(subject, id, app.clock.now()).await?;
        if now.is_none_or(|case| matches!(case.state, CaseState::Failed { .. })) {
            app.exports.delete_all_versions(&object(id)).await?;
        }
    }
    Ok(Next::Done)
}

/// Whether its subject was erased after they asked for this.
async fn is_erased(app: &App, case: &Case) -> Result<bool, StoreError> {
    let at = app.tombstones.tombstone(case.subject, app.clock.now()).await?;
    Ok(at.is_some_and(|at| at >= case.asked_at))
}

/// Nothing of it stays, and it does not count as the day's.
async fn give_up(app: &App, open: &OpenCase, log: &Telemetry) -> Result<Next, ExportError> {
    app.exports.delete_all_versions(&object(open.case.id)).await?;
    app.tombstones.return_turn(open.case.subject, open.case.id).await?;
    note(log, "privacy_export_given_up", &open.case);
    end(app, open, CaseState::Failed { at: app.clock.now() }).await
}

/// Of whom by a pseudonym, and nothing of what there was.
fn note(log: &Telemetry, what: &'static str, case: &Case) {
    let who = match case.subject {
        DataSubject::User(user) => log.pseudonyms().user(user),
        DataSubject::Guild(guild) => log.pseudonyms().guild(guild),
    };
    log.note(what, &[("subject", who.into()), ("kind", case.subject.kind().as_str().into())]);
}

/// If somebody else has gone on with it meanwhile, it is theirs to end.
async fn end(app: &App, open: &OpenCase, state: CaseState) -> Result<Next, ExportError> {
    app.tombstones.save(open, with(&open.case, state)).await?;
    Ok(Next::Done)
}

fn with(case: &Case, state: CaseState) -> Case {
    Case { state, ..case.clone() }
}

/// 30 s, a minute, 2, 4.
fn wait(tries: u32) -> Delay {
    let seconds = WAIT.saturating_mul(1 << tries.saturating_sub(1).min(5));
    Delay::try_from(seconds).unwrap_or(Delay::LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_each_time_and_never_longer_than_a_queue_can() {
        assert_eq!([1, 2, 3, 4].map(|tries| wait(tries).seconds()), [30, 60, 120, 240]);
        assert_eq!(wait(u32::MAX), Delay::LONGEST);
    }
}
