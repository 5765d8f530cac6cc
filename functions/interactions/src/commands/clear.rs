//! `/clear`: everything that waits goes, after a question; it cannot be undone.

use shared::discord::cards::Question;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, Outcome, QueueRefusal};
use shared::security::permissions::EditQueue;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.authorize::<EditQueue>()?;
    match visit.queue()?.len() {
        0 => Err(Refused::Queue(QueueRefusal::Empty)),
        count => cards::confirm(visit, Question::Clear(count as u64)),
    }
}

/// The question was answered with yes.
pub(crate) async fn confirmed(visit: &Visit<'_>) -> Result<Message, Refused> {
    visit.authorize::<EditQueue>()?;
    match visit.change(&Command::Clear).await?.outcome {
        Outcome::Cleared { count } => Ok(Message::Cleared { count: count as u64 }),
        _ => Err(Refused::Unavailable),
    }
}
