//! `/remove`: a track out of the queue. Whoever asked for it may, and those who may edit the queue.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, Outcome, Selection};
use shared::security::permissions::Permission;

use crate::commands::options::position;
use crate::music::{titled, untitled};
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let position = position(&command.options(), "position")?;
    let message = take_out(visit, Selection::Position(position)).await?;
    Ok(visit.say(&message))
}

/// Takes it out and says what it was.
pub(crate) async fn take_out(visit: &Visit<'_>, which: Selection) -> Result<Message, Refused> {
    let own = visit.unless(Permission::QueueEdit);
    // The entry's row leaves with the change, so its title is read before.
    let slot = match which {
        Selection::Position(position) => visit.queue()?.at(position).map(|slot| slot.entry),
        Selection::Entry(entry) => Some(entry),
        Selection::Range(..) | Selection::Of(_) => None,
    };
    let known = match slot {
        Some(entry) => visit.entries(&[entry]).await?,
        None => Vec::new(),
    };
    match visit.change_own(&Command::Remove(which), own).await?.outcome {
        Outcome::Removed { first, .. } => {
            let known = known.into_iter().find(|entry| entry.id == first);
            let title = known.map_or_else(untitled, |entry| titled(&entry.track));
            Ok(Message::Removed { title })
        }
        _ => Err(Refused::Unavailable),
    }
}
