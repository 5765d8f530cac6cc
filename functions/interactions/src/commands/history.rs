//! `/history`: what was played before, the latest first.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;

use crate::cards;
use crate::commands::options::page;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    cards::history_page(visit, page(&command.options())?).await
}
