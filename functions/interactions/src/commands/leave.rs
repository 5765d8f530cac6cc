//! `/leave`: out of the voice channel. What plays waits, and the queue stays.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Command;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    if visit.voice().is_none() {
        return Ok(visit.whisper(&Message::VoiceOff));
    }
    visit.change(&Command::Leave).await?;
    Ok(visit.say(&Message::Left))
}
