//! `/join`: into the caller's voice channel. Discord does not say in the payload which that is, so a worker answers.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Command;
use shared::store::deferred::{Purpose, ReplyKind};

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    if visit.voice().is_none() {
        return Ok(visit.whisper(&Message::VoiceOff));
    }
    if !visit.owe(Purpose::Join, ReplyKind::Ephemeral).await? {
        return Err(Refused::Unavailable);
    }
    visit.change(&Command::Join).await?;
    visit.debt.deferral().ok_or(Refused::Unavailable)
}
