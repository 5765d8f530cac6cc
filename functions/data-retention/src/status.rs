//! Somebody asks how far their request is (SPEC P1 `/privacy status`). The row of the reply says which one; they are told
//! once. A link is made when they ask and at no other time; whoever reads along a quarter of an hour later has nothing.

use core::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;
use shared::discord::cards::{Tone, download, notice, receipt};
use shared::discord::escape::Escaped;
use shared::discord::response::Card;
use shared::discord::rest::{AttachedFile, RestError};
use shared::discord::words::{Message, Moment, Words};
use shared::exports::ExportsError;
use shared::ids::UserId;
use shared::messages::{AccountJob, PrivacyRequestId, PrivacyStatus};
use shared::privacy::{Case, CaseState, DataSubject, ErasureStep};
use shared::store::StoreError;
use shared::store::deferred::{Claim, DeferredReply, Purpose};
use shared::telemetry::Telemetry;

use crate::app::App;

/// How long a link is good.
const LINK: Duration = Duration::from_mins(10);
/// What the downloaded file is called.
const FILE: &str = "timmybot-data.zip";
/// What the receipt is called.
const RECEIPT: &str = "erasure-receipt.txt";
/// Discord may hear from us before it has our deferral: it knows no such reply then, for a moment.
const EARLY: u32 = 10;
const EARLY_WAIT: Duration = Duration::from_millis(300);

/// Why they could not be told. The message comes again, or the reply ends at its deadline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StatusError {
    /// A table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No link could be made.
    #[error(transparent)]
    Link(#[from] ExportsError),
    /// Discord does not answer, or what is to be said cannot be written down.
    #[error("they could not be told: {code}")]
    Untold {
        /// For the log.
        code: String,
    },
    /// Another delivery is answering; if it dies, this one goes on.
    #[error("another delivery has the claim")]
    Busy,
}

impl StatusError {
    /// What may be logged.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Link(error) => error.code(),
            Self::Untold { code } => code,
            Self::Busy => "busy",
        }
    }

    fn untold(code: impl Into<String>) -> Self {
        Self::Untold { code: code.into() }
    }
}

/// What they see.
struct Said {
    card: Card,
    /// The receipt that comes with it.
    receipt: Option<String>,
}

/// Looks, and answers.
pub(crate) async fn run(
    app: &App,
    asked: &PrivacyStatus,
    log: &Telemetry,
    now: Timestamp,
) -> Result<(), StatusError> {
    let (tenant, id) = (AccountJob::tenant(asked.user()), asked.interaction_id());
    let Some(reply) = app.replies.read(&tenant, id, now).await? else { return Ok(()) };
    let Purpose::PrivacyStatus { request } = reply.purpose() else {
        log.fault("privacy.status", "purpose");
        return Ok(());
    };
    let case = find(app, reply.caller(), *request, now).await?;
    let said = said(app, case.as_ref(), reply.locale(), now).await?;
    match app.replies.claim(&tenant, id, app.clock.now()).await? {
        Claim::Mine(claimed) => {
            tell(app, claimed.reply(), &said).await?;
            app.replies.finish(&claimed).await?;
            Ok(())
        }
        Claim::Ended | Claim::Missing => Ok(()),
        Claim::Busy => Err(StatusError::Busy),
    }
}

/// The one that they name, else their last. Nobody finds another's.
async fn find(
    app: &App,
    user: UserId,
    request: Option<PrivacyRequestId>,
    now: Timestamp,
) -> Result<Option<Case>, StoreError> {
    let subject = DataSubject::User(user);
    match request {
        Some(request) => app.tombstones.case(subject, request, now).await,
        None => Ok(app.tombstones.cases(subject, now).await?.into_iter().next()),
    }
}

async fn said(app: &App, case: Option<&Case>, locale: &str, now: Timestamp) -> Result<Said, StatusError> {
    let words = Words::for_locale(Some(locale), None);
    match case.map(|case| &case.state) {
        Some(CaseState::Exported { key, until }) if *until > now && !is_erased(app, case, now).await? => {
            let link = app.exports.link(key, FILE, now, LINK).await?;
            let address = String::from_utf8_lossy(link.expose());
            let dead = now.saturating_add(LINK).unwrap_or(*until);
            Ok(Said { card: download(words, &address, dead, *until), receipt: None })
        }
        Some(CaseState::Erased { at, receipt: text }) => {
            Ok(Said { card: receipt(words, *at, RECEIPT), receipt: Some(text.clone()) })
        }
        state => {
            let (tone, message) = plain(state);
            Ok(Said { card: notice(words, tone, &message), receipt: None })
        }
    }
}

/// Whether they had themselves erased since: what was gathered before is deleted then, whatever its case says.
async fn is_erased(app: &App, case: Option<&Case>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(case) = case else { return Ok(false) };
    let at = app.tombstones.tombstone(case.subject, now).await?;
    Ok(at.is_some_and(|at| at >= case.asked_at))
}

/// What needs one sentence.
fn plain(state: Option<&CaseState>) -> (Tone, Message) {
    match state {
        None => (Tone::Refusal, Message::PrivacyNoRequest),
        Some(CaseState::Exporting(_)) => (Tone::Calm, Message::PrivacyGathering),
        Some(CaseState::Exported { .. }) => (Tone::Refusal, Message::PrivacyExportGone),
        Some(CaseState::Refused { instead }) => {
            (Tone::Refusal, Message::PrivacyExportTaken { request: Escaped::new(&instead.to_string()) })
        }
        Some(CaseState::Failed { .. }) => (Tone::Error, Message::PrivacyExportFailed),
        Some(CaseState::Erasing(erasing)) => (Tone::Calm, step(erasing.step)),
        Some(CaseState::Erased { at, .. }) => (Tone::Good, Message::PrivacyErased { at: Moment(*at) }),
    }
}

const fn step(step: ErasureStep) -> Message {
    match step {
        ErasureStep::Tombstone => Message::PrivacyErasingBegun,
        ErasureStep::Revoke { .. } => Message::PrivacyErasingServices,
        ErasureStep::Secret | ErasureStep::Sweep | ErasureStep::SweepAgain => Message::PrivacyErasingStores,
        ErasureStep::Settle { until } => Message::PrivacyErasingSettles { until: Moment(until) },
        ErasureStep::Receipt => Message::PrivacyErasingReceipt,
    }
}

async fn tell(app: &App, reply: &DeferredReply, said: &Said) -> Result<(), StatusError> {
    let body = String::from_utf8(said.card.message_body()).ok();
    let body = body.and_then(|body| RawValue::from_string(body).ok());
    let body = body.ok_or_else(|| StatusError::untold("card"))?;
    for _ in 0..EARLY {
        match edit(app, reply, &body, said.receipt.as_deref()).await {
            Ok(()) => return Ok(()),
            Err(RestError::Gone) => tokio::time::sleep(EARLY_WAIT).await,
            Err(error) => return Err(StatusError::untold(error.code())),
        }
    }
    // Nobody can be told any more.
    Ok(())
}

async fn edit(
    app: &App,
    reply: &DeferredReply,
    body: &RawValue,
    receipt: Option<&str>,
) -> Result<(), RestError> {
    let (application, token) = (reply.application(), reply.token());
    let Some(receipt) = receipt else { return app.discord.edit_original(application, token, &body).await };
    let file =
        AttachedFile { name: RECEIPT, media_type: "text/plain; charset=utf-8", bytes: receipt.as_bytes() };
    app.discord.edit_original_with(application, token, &body, file).await
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
