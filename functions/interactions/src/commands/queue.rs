//! `/queue`: what plays and what waits, ten at a time.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;

use crate::cards;
use crate::commands::options::page;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    if visit.queue()?.total() == 0 {
        return Ok(visit.whisper(&Message::QueueEmpty));
    }
    cards::queue_page(visit, page(&command.options())?).await
}
