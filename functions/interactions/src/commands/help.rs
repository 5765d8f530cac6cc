//! `/help`: what the bot can do, by topic.

use shared::discord::cards::TOPICS;
use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let topic = command.options().optional_string("topic").map_err(Refused::Option)?;
    let found = topic.and_then(|topic| TOPICS.iter().position(|(name, _)| *name == topic));
    cards::help(visit, u32::try_from(found.unwrap_or(0)).unwrap_or(0))
}
