//! `/move`: a track to another place in the queue.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, Outcome};
use shared::security::permissions::EditQueue;

use crate::commands::options::position;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    visit.authorize::<EditQueue>()?;
    let options = command.options();
    let (from, to) = (position(&options, "from")?, position(&options, "to")?);
    match visit.change(&Command::Move { from, to }).await?.outcome {
        Outcome::Moved { entry, to } => {
            let title = visit.title(entry).await?;
            Ok(visit.say(&Message::Moved { title, position: to as u64 }))
        }
        _ => Err(Refused::Unavailable),
    }
}
