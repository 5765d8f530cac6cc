//! `/privacy`: what is stored today; taking it along and deleting it come with the data-retention function.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let message = match command.subcommand() {
        Some("what") => Message::PrivacyWhat,
        Some("export") => Message::LaterExport,
        Some("delete") => Message::LaterDelete,
        Some("status") => Message::LaterPrivacyStatus,
        _ => return Err(Refused::UnknownCommand),
    };
    Ok(visit.whisper(&message))
}
