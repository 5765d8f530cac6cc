//! `/pause`.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Command;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.change(&Command::Pause).await?;
    Ok(visit.say(&Message::Paused))
}
