//! `/nowplaying`: the player card.

use shared::discord::response::Answer;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    cards::player(visit, visit.queue()?).await
}
