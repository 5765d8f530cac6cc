//! `/queue`: what plays and what waits, ten at a time.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;

use crate::cards;
use crate::commands::options::in_range;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let page = command.options().optional_integer("page").map_err(Refused::Option)?.unwrap_or(1);
    let page: u32 = in_range(page, 1, 1000)?;
    cards::queue_page(visit, page - 1).await
}
