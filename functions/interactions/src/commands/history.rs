//! `/history`: what was played before, the latest first.

use shared::discord::response::Answer;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    cards::history_page(visit, 0).await
}
