//! `/voteskip`: a vote to skip what plays. Who listens, and so how many votes are enough, only a worker sees.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::QueueRefusal;
use shared::store::deferred::{Purpose, ReplyKind};

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let Some(voice) = visit.voice() else { return Ok(visit.whisper(&Message::VoiceOff)) };
    let now = visit.queue()?.now().ok_or(Refused::Queue(QueueRefusal::NothingPlaying))?;
    let purpose = Purpose::VoteSkip { run: now.run, entry: now.slot.entry };
    if !visit.owe(purpose, ReplyKind::Public).await? {
        return Err(Refused::Unavailable);
    }
    let cast = voice.votes.cast(visit.guild()?, now.run, visit.caller.user(), visit.now).await;
    visit.wrote(cast)?;
    visit.debt.made();
    visit.tell_worker(visit.queue()?).await;
    visit.debt.deferral().ok_or(Refused::Unavailable)
}
