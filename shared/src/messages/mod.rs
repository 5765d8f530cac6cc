//! Messages between our functions; their schemas lie in `events/schemas/`. A message is a doorbell: it names rows and
//! carries no truth and no secret, so that losing, repeating or forging one does no harm; those that are no doorbell say so.

mod account_job;
mod accounts_revoked;
mod control;
mod doorbell;
mod hand_over;
mod privacy_request;
mod privacy_status;
mod reply_deadline;
mod restored;
mod retention_run;
#[cfg(test)]
mod schema;
mod start_check;
mod use_token;
mod version;
mod wake;
mod webhook_job;

pub use account_job::AccountJob;
pub use accounts_revoked::AccountsRevoked;
pub use control::{Control, Order};
pub use doorbell::Doorbell;
pub use hand_over::HandOver;
pub use privacy_request::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
pub use privacy_status::{PrivacyMessage, PrivacyStatus};
pub use reply_deadline::ReplyDeadline;
pub use restored::Restored;
pub use retention_run::RetentionRun;
pub use start_check::StartCheck;
pub use use_token::{Call, ChannelState, UseToken, Used};
pub use version::Version;
pub use wake::Wake;
pub use webhook_job::{Announcement, TwitchEvent, TwitchNotification, UNLINK_MAX, WebhookJob, WebhookTask};

/// A body that is not a message of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message of a version that we know")]
pub struct BadMessage;
