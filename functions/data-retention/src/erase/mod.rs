//! The end of what we hold about somebody (SPEC T30), step by step. How far it is stands in a row that is saved after each
//! step and each page: killed anywhere, the same message goes on from there, and does again at most what is done twice with
//! the same end. Of two at once, who saves second leaves it to the other.

mod plan;
mod report;
mod revoke;
mod sweep;

use jiff::{SignedDuration, Timestamp};
use shared::linking::NotUnlinked;
use shared::messages::PrivacyRequest;
use shared::privacy::{Case, CaseState, Erasing, ErasureStep};
use shared::queues::Delay;
use shared::security::erasure_receipt::ErasureReceipt;
use shared::signing::SigningError;
use shared::store::StoreError;
use shared::telemetry::Telemetry;

use self::plan::Todo;
use crate::app::App;
use crate::cases;
use crate::next::Next;
use crate::sources::NotForgotten;

/// What is left of our time when we stop: enough for the longest step, which asks services.
const SPARE: SignedDuration = SignedDuration::from_secs(60);

/// Why an erasure could not go on. It goes on where it is when the message comes again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EraseError {
    /// How far it is could not be read or written.
    #[error("{0}")]
    Case(StoreError),
    /// Something could not be erased.
    #[error(transparent)]
    Data(#[from] NotForgotten),
    /// Nobody knows what services have to be told.
    #[error(transparent)]
    Tokens(#[from] NotUnlinked),
    /// There is no signature.
    #[error(transparent)]
    Receipt(#[from] SigningError),
}

impl EraseError {
    /// What failed.
    pub(crate) const fn what(&self) -> &'static str {
        match self {
            Self::Case(_) => "erase.case",
            Self::Data(_) => "erase.data",
            Self::Tokens(_) => "erase.tokens",
            Self::Receipt(_) => "erase.receipt",
        }
    }

    /// How.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Case(error) => error.code(),
            Self::Data(error) => error.code(),
            Self::Tokens(NotUnlinked::Unavailable { code }) => code,
            Self::Tokens(NotUnlinked::NotRevoked { code }) => code,
            Self::Tokens(NotUnlinked::NotLinked) => "not_linked",
            Self::Receipt(error) => error.code(),
        }
    }
}

/// Goes on with a request, as far as the time until `deadline` allows.
pub(crate) async fn run(
    app: &App,
    request: &PrivacyRequest,
    deadline: Timestamp,
    log: &Telemetry,
) -> Result<Next, EraseError> {
    let until = deadline.saturating_sub(SPARE).unwrap_or(Timestamp::MIN);
    let case = Case::of(request, app.clock.now());
    let mut open = app.tombstones.open(case).await.map_err(EraseError::Case)?;
    loop {
        let now = app.clock.now();
        // Another request of the same id would have another state, and is none of ours.
        let CaseState::Erasing(erasing) = &open.case.state else { return Ok(Next::Done) };
        let todo = match plan::todo(erasing.step, now) {
            Todo::Wait { until } => return Ok(Next::Later(Delay::until(until, now))),
            _ if now >= until => return Ok(Next::Later(Delay::NONE)),
            todo => todo,
        };
        let state = act(app, &open.case, erasing.clone(), todo, log, now).await?;
        let next = Case { state, ..open.case.clone() };
        match cases::save(app, &open, next).await.map_err(EraseError::Case)? {
            Some(saved) => open = saved,
            None => return Ok(Next::Done),
        }
        if open.case.is_over() {
            report::erased(log, &open.case);
        }
    }
}

async fn act(
    app: &App,
    case: &Case,
    mut erasing: Erasing,
    todo: Todo,
    log: &Telemetry,
    now: Timestamp,
) -> Result<CaseState, EraseError> {
    match todo {
        Todo::Bury => {
            app.tombstones.bury(case.subject, now).await.map_err(EraseError::Case)?;
            erasing.step = plan::after_burial(case.subject);
        }
        Todo::Tell => erasing = revoke::tell(app, case, erasing, log, now).await?,
        Todo::DropSecret => {
            erasing = sweep::secret(app, case.subject, erasing, now).await?;
            erasing.step = ErasureStep::Sweep;
        }
        Todo::Sweep => {
            erasing = sweep::page(app, case.subject, erasing, now).await?;
            if erasing.walk.is_none() {
                erasing.step = plan::after_sweep(erasing.step, now, app.config.settle);
            }
        }
        Todo::TellLate => erasing = revoke::tell_late(app, case.subject, erasing, log, now).await?,
        Todo::Sign => return sign(app, case, erasing, now).await,
        Todo::Wait { .. } => {}
    }
    Ok(CaseState::Erasing(erasing))
}

async fn sign(app: &App, case: &Case, erasing: Erasing, now: Timestamp) -> Result<CaseState, EraseError> {
    let receipt = ErasureReceipt {
        request: case.id,
        subject: case.subject.kind(),
        asked_at: case.asked_at,
        erased_at: now,
        counts: erasing.counts,
        revocations: erasing.revocations,
    };
    let note = app.signer.sign(receipt.text()).await?;
    Ok(CaseState::Erased { at: now, receipt: note.to_string() })
}
