//! `/seek`: another place in the present track.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::{Message, Span};
use shared::domain::queue::{Command, QueueRefusal};

use crate::commands::options::time;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let at = time(command.options().string("time").map_err(Refused::Option)?)?;
    let current = visit.queue()?.now().ok_or(Refused::Queue(QueueRefusal::NothingPlaying))?.slot.entry;
    check_length(visit, current, at).await?;
    let command = Command::Seek { position_ms: u64::from(at) * 1000, expect: Some(current) };
    visit.change(&command).await?;
    Ok(visit.say(&Message::Seeked { at: Span(at) }))
}

async fn check_length(
    visit: &Visit<'_>,
    entry: shared::domain::queue::EntryId,
    at: u32,
) -> Result<(), Refused> {
    let known = visit.entries(&[entry]).await?;
    match known.first().and_then(|entry| entry.track.duration_s()) {
        Some(length) if at >= length => Err(Refused::Because(Message::SeekPast { length: Span(length) })),
        _ => Ok(()),
    }
}
