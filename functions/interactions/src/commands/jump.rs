//! `/jump`: straight to a track of the queue.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, QueueRefusal};

use crate::commands::options::position;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let position = position(&command.options(), "position")?;
    let changed = visit.change(&Command::Jump { position }).await?;
    let title = visit.stepped_to(&changed).await?.ok_or(Refused::Queue(QueueRefusal::Empty))?;
    Ok(visit.say(&Message::Jumped { title }))
}
