//! What a user waits for in Discord. The row says what; the work may be done again, the reply is given once.

use core::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;
use shared::discord::cards::{Tone, notice};
use shared::discord::rest::RestError;
use shared::discord::words::{Message, Words};
use shared::messages::AccountJob;
use shared::store::StoreError;
use shared::store::deferred::{Claim, DeferredReply, Purpose};
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::{channel, import, unlink};

/// Discord may hear from us before it has our deferral: it knows no such reply then, for a moment.
const EARLY: u32 = 10;
const EARLY_WAIT: Duration = Duration::from_millis(300);

/// Why a job has to come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Something that we need is not there. What was done is done.
    #[error("the job cannot be done now: {code}")]
    Unavailable {
        /// For the log.
        code: String,
    },
    /// Another delivery is answering; if it dies, this one goes on.
    #[error("another delivery has the claim")]
    Busy,
}

impl JobError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable { code } => code,
            Self::Busy => "busy",
        }
    }

    pub(crate) fn unavailable(code: &str) -> Self {
        Self::Unavailable { code: code.to_owned() }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::unavailable(error.code())
    }
}

/// What is said in the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) tone: Tone,
    pub(crate) message: Message,
}

impl Said {
    pub(crate) const fn good(message: Message) -> Self {
        Self { tone: Tone::Good, message }
    }

    pub(crate) const fn refusal(message: Message) -> Self {
        Self { tone: Tone::Refusal, message }
    }
}

/// Does what the row asks for, and answers.
pub(crate) async fn run(app: &App, job: AccountJob, log: &Telemetry, now: Timestamp) -> Result<(), JobError> {
    let (tenant, id) = (AccountJob::tenant(job.user()), job.interaction_id());
    let Some(reply) = app.replies.read(&tenant, id, now).await? else { return Ok(()) };
    let said = match reply.purpose() {
        Purpose::Unlink { provider } => unlink::run(app, reply.caller(), *provider, log, now).await?,
        Purpose::Import { guild, address, name } => {
            let wanted = import::Wanted { guild: *guild, address, name: name.as_ref() };
            import::run(app, reply.caller(), wanted, log, now).await?
        }
        Purpose::Channel { guild, on } => channel::run(app, reply.caller(), *guild, *on, log, now).await?,
        // A worker's, in a row that is none of its guild's, or data-retention's: we are not asked about such a row.
        Purpose::Play { .. } | Purpose::Join | Purpose::VoteSkip { .. } | Purpose::PrivacyStatus { .. } => {
            return Ok(());
        }
    };
    match app.replies.claim(&tenant, id, app.clock().now()).await? {
        Claim::Mine(claimed) => {
            tell(app, claimed.reply(), &said).await?;
            app.replies.finish(&claimed).await?;
            Ok(())
        }
        Claim::Ended | Claim::Missing => Ok(()),
        Claim::Busy => Err(JobError::Busy),
    }
}

async fn tell(app: &App, reply: &DeferredReply, said: &Said) -> Result<(), JobError> {
    let words = Words::for_locale(Some(reply.locale()), None);
    let body = String::from_utf8(notice(words, said.tone, &said.message).message_body());
    let body = body.ok().and_then(|body| RawValue::from_string(body).ok());
    let body = body.ok_or_else(|| JobError::unavailable("card"))?;
    for _ in 0..EARLY {
        match app.discord.edit_original(reply.application(), reply.token(), &body).await {
            Ok(()) => return Ok(()),
            Err(RestError::Gone) => tokio::time::sleep(EARLY_WAIT).await,
            Err(error) => return Err(JobError::unavailable(&error.code())),
        }
    }
    // Nobody can be told any more.
    Ok(())
}
